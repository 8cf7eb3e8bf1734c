/** `dshctl doctor`: what is wrong with the cluster, and what to do about it. */
import { createCommand, exitStatuses } from '../command.ts';
import { jsonOption } from '../json-option.ts';
import { print, printJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { readDeadlineMs, readShell, shellOptions } from '../shell-options.ts';
import { checks } from './checks/index.ts';
import { examine } from './examine.ts';
import { findPatients } from './patients.ts';
import { describeFindings } from './report.ts';

/** Put in by the build. */
declare const DSH_VERSION: string;

export const command = createCommand({
  options: [
    { name: 'directory', short: 'C', value: 'DIR', help: 'to be the same on all nodes (.)' },
    { name: 'file', short: 'f', value: 'FILE', help: 'the cluster file, where no dshd runs here' },
    ...shellOptions,
    jsonOption,
  ],
  wordsMin: 0,
  wordsMax: Infinity,
  notes: `Looks at this node and the others, or those named, by ssh, and changes nothing:
a file is written in DIR on each node, and removed. Exit status 1: findings.`,
  async run({ values, words }) {
    const shell = readShell(values);
    const deadlineMs = readDeadlineMs(values);
    const patients = await findPatients(words, values.file);
    const progress = createProgress();
    const findings = await examine({
      patients,
      shell,
      deadlineMs,
      directory: values.directory ?? process.cwd(),
      version: DSH_VERSION,
      onProgress: (done, all) => progress.show(`looking at ${all} nodes: ${done} done`),
    });
    progress.clear();
    const names = patients.map(({ name }) => name);
    if (values.json) printJson({ nodes: names, checks: checks.map(({ name }) => name), findings });
    else print(describeFindings(findings, names.length, checks.length));
    return findings.length === 0 ? exitStatuses.done : exitStatuses.failed;
  },
});
