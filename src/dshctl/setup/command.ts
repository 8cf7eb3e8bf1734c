/** `dshctl setup`: makes a cluster of this host and others, from nothing. */
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { createCommand, exitStatuses, failure } from '../command.ts';
import type { Patient } from '../doctor/ask-node.ts';
import { examine } from '../doctor/examine.ts';
import { checks } from '../doctor/checks/index.ts';
import { describeFindings } from '../doctor/report.ts';
import { print } from '../output.ts';
import { createProgress } from '../progress.ts';
import { readDeadlineMs, readShell, shellOptions } from '../shell-options.ts';
import { nodesOf } from './cluster-text.ts';
import { ownRoot } from './package.ts';
import { type Result, setUp } from './run.ts';

/** Put in by the build. */
declare const DSH_VERSION: string;

export const command = createCommand({
  options: [
    { name: 'name', value: 'NODE', help: 'what this host is called (host name)' },
    { name: 'dry-run', short: 'n', help: 'look at all hosts, and say what would be done' },
    ...shellOptions,
  ],
  wordsMin: 1,
  wordsMax: Infinity,
  notes: `Makes a cluster of this host and the others, or adds them to the one there
is: by ssh it installs this dsh, writes cluster file and key, starts dshd, and
has doctor look. As root for all users, else for you alone. Safe to repeat.`,
  async run({ values, words }) {
    const shell = readShell(values);
    const deadlineMs = readDeadlineMs(values, 120_000);
    const conf = process.getuid!() === 0 ? '/etc/dsh' : `${homedir()}/.config/dsh`;
    const cluster = readIfThere(`${conf}/cluster`);
    const patients = listPatients(words, values.name ?? findOwnName(cluster), cluster);
    const progress = createProgress();
    const run = { patients, shell, deadlineMs, root: ownRoot(), version: DSH_VERSION };
    const outcome = await setUp({
      ...run,
      cluster,
      key: readIfThere(`${conf}/key`) || makeKey(),
      isDryRun: values['dry-run'],
      onProgress: (line) => progress.show(line),
    });
    progress.clear();
    print(describeResults(outcome.results));
    const isDone = outcome.results.every((result) => result.isDone);
    const status = isDone ? exitStatuses.done : exitStatuses.failed;
    if (values['dry-run']) return status;

    const done = outcome.results.filter((result) => result.isDone).map(({ name }) => name);
    const present = patients.filter(({ name }) => done.includes(name));
    const findings = await examine({
      ...run,
      patients: present,
      directory: process.cwd(),
      onProgress: (seen, all) => progress.show(`doctor looks at ${all} nodes: ${seen} done`),
    });
    progress.clear();
    print(describeFindings(findings, present.length, checks.length));
    return status;
  },
});

/** This host first, then those that are named, then the others of the cluster. */
function listPatients(words: readonly string[], own: string, cluster: string): readonly Patient[] {
  const patients = new Map<string, Patient>([[own, { name: own, destination: own, isHere: true }]]);
  const known = cluster === '' ? [] : nodesOf(cluster);
  for (const destination of words) {
    const name = destination.replace(/^.*@/, '');
    if (/^-|^$|\s/.test(destination)) {
      throw failure(`'${destination}': expected HOST or USER@HOST`, exitStatuses.misuse);
    }
    if (!patients.has(name)) patients.set(name, { name, destination, isHere: false });
  }
  for (const { name, destination } of known) {
    if (!patients.has(name)) patients.set(name, { name, destination, isHere: false });
  }
  return [...patients.values()];
}

/** As the cluster file calls this host, else as it calls itself. */
function findOwnName(cluster: string): string {
  const short = (name: string): string => name.split('.')[0]!;
  const nodes = cluster === '' ? [] : nodesOf(cluster);
  const known =
    nodes.find(({ name }) => name === hostname()) ??
    nodes.find(({ name }) => short(name) === short(hostname()));
  return known?.name ?? hostname();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw failure(`cannot read ${path}: ${code}`, exitStatuses.failed);
  }
}

/** As `dshd keygen` makes it. */
function makeKey(): string {
  return `${randomInt(1, 256)} ${randomBytes(32).toString('hex')}\n`;
}

function describeResults(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map(
    ({ name, isDone, text }) => `${name.padEnd(width)}  ${isDone ? '' : 'FAILED: '}${text}\n`,
  );
  return lines.join('');
}
