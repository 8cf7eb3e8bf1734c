/**
 * A remote shell that loses its connection at a given point in a command's life:
 *
 *     node cutting-shell.mjs POINT FLAG SHELL… HOST COMMAND
 *
 * runs SHELL, passes on what both sides say, and at POINT kills it and ends as ssh does. It does so
 * while the file FLAG exists, which it removes: the connections after that are left alone. Where the
 * command is to have run, it waits for what that writes: the file `log` beside FLAG.
 */
import { spawn } from 'node:child_process';
import { rmSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The frame that is never passed on: who sends it, and its number in core/wire/frame.ts. */
const points = {
  'before START': { from: 'agent', type: 3 },
  'before STARTED': { from: 'runner', type: 6, hasRun: true },
  'before the end': { from: 'runner', type: 8 },
};
const PREAMBLE = '\0dsh-runner-1\n';
const HEADER_BYTES = 9;
const LOOK_AGAIN_MS = 10;

const [point, flag, program, ...words] = process.argv.slice(2);
const isCutting = existsSync(flag);
const shell = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
shell.on('exit', (status, signal) => process.exit(signal ? 255 : status));
shell.stdin.on('error', () => {});
process.stdout.on('error', () => {});
relay('agent', process.stdin, shell.stdin, '');
relay('runner', shell.stdout, process.stdout, PREAMBLE);

/** Passes on bytes up to the end of `start`, and after that whole frames. */
function relay(from, input, output, start) {
  let held = Buffer.alloc(0);
  let hasStarted = start === '';
  input.on('data', (piece) => {
    held = Buffer.concat([held, piece]);
    const at = hasStarted ? 0 : held.indexOf(start) + start.length;
    if (at < start.length && !hasStarted) return;
    if (!hasStarted) pass(at);
    hasStarted = true;
    while (held.length >= HEADER_BYTES && held.length >= HEADER_BYTES + held.readUInt32BE(0)) {
      if (isCutting && from === points[point].from && held[8] === points[point].type) return cut();
      pass(HEADER_BYTES + held.readUInt32BE(0));
    }
  });
  input.on('end', () => output.end());

  function pass(bytes) {
    output.write(held.subarray(0, bytes));
    held = held.subarray(bytes);
  }
}

function cut() {
  // The end of the connection kills the command, which may not have come so far.
  if (points[point].hasRun && !existsSync(join(dirname(flag), 'log'))) {
    setTimeout(cut, LOOK_AGAIN_MS);
    return;
  }
  rmSync(flag, { force: true });
  shell.kill('SIGKILL');
  process.exit(255);
}
