/** `dshexec --serve`: the resident runner, at the far end of a channel. `bin/dshexec` starts it. */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { exitStatuses } from '../core/outcome.ts';
import { RUNNER_PREAMBLE } from '../core/wire/frame.ts';
import { createProcessGroups } from './process-groups.ts';
import { createRunner } from './runner.ts';

declare const DSH_VERSION: string;

const [word, ...rest] = process.argv.slice(2);
if (word === '--serve' && rest.length === 0) serve();
else if (word === '--version' && rest.length === 0) {
  process.stdout.write(`dshexec ${DSH_VERSION}\n`);
} else {
  complain(`expected --serve or --version, got '${process.argv.slice(2).join(' ')}'`);
}

function serve(): void {
  const groups = createProcessGroups();
  // Whatever ends this program, an error of its own included, ends with it all that it started.
  process.on('exit', groups.killAll);
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => process.exit());
  }
  const output = openOutput();
  output.write(RUNNER_PREAMBLE);
  createRunner(process.stdin, output, groups, (error) => {
    if (error !== undefined) complain(error);
    // At once: an agent that is gone may already have another node run the same commands again,
    // and a compiler that is given time to clean up removes the output file of the other one.
    process.exit();
  });
}

/** Node writes to a pipe on `process.stdout` synchronously: a slow link would stall every job. */
function openOutput(): Writable {
  const status = fstatSync(1);
  if (!status.isFIFO() && !status.isSocket()) return process.stdout;
  return new Socket({ fd: 1, readable: false, writable: true });
}

function complain(text: string): void {
  process.stderr.write(`dshexec: ${text}\n`);
  process.exitCode = exitStatuses.notStarted;
}
