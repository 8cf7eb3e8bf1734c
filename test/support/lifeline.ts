import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

/**
 * A named pipe that processes of a test hold open for writing (`sleep 1000 >PATH`): `opened` comes
 * when the first has it open, `closed` when the last is gone, with what they wrote.
 */
export interface Lifeline {
  readonly path: string;
  readonly opened: Promise<void>;
  readonly closed: Promise<string>;
}

let count = 0;

export function createLifeline(folder: string): Lifeline {
  count += 1;
  const path = join(folder, `lifeline-${count}`);
  execFileSync('mkfifo', ['-m', '666', path]);
  // Its opening waits for a writer.
  const stream = createReadStream(path, 'utf8');
  let text = '';
  stream.on('data', (piece) => {
    text += piece.toString();
  });
  return {
    path,
    opened: new Promise((resolve) => stream.once('open', () => resolve())),
    closed: new Promise((resolve) => stream.once('close', () => resolve(text))),
  };
}
