/**
 * Pipes for the output of commands.
 *
 * Node's spawn gives a child Unix sockets, and a command can tell: /dev/stdout cannot be opened,
 * and a writer whose reader is gone gets ECONNRESET or a bare EPIPE in place of SIGPIPE. Node
 * cannot call pipe(2). But a named pipe whose name has been removed is nearly the same, and
 * mkfifo(1) makes many at once.
 *
 * It is not used for stdin: /dev/stdin opened when the input has ended would wait for a writer for
 * ever, where a socket refuses at once.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two descriptors, both blocking and closed on exec. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** Hands out pipes, which are then the caller's to close. Throws what the system said. */
export type PipeSource = () => Pipe;

/** Enough for 24 commands: one call of mkfifo takes some milliseconds. */
const BATCH = 48;

export function createPipeSource(): PipeSource {
  const spare: Pipe[] = [];

  function refill(): void {
    const folder = mkdtempSync(join(tmpdir(), 'dshexec-'));
    try {
      const paths = Array.from({ length: BATCH }, (_, index) => join(folder, String(index)));
      execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'pipe' });
      for (const path of paths) spare.push(openPipe(path));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  return () => {
    if (spare.length === 0) refill();
    return spare.pop()!;
  };
}

export function closePipe(pipe: Pipe): void {
  closeSync(pipe.readEnd);
  closeSync(pipe.writeEnd);
}

function openPipe(path: string): Pipe {
  // Opening one end waits for somebody at the other; opening both at once does not.
  const both = openSync(path, 'r+');
  const pipe = { readEnd: openSync(path, 'r'), writeEnd: openSync(path, 'w') };
  closeSync(both);
  return pipe;
}
