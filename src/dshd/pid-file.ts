/** The pid file: written once all is set up, removed at the end. */
import { rmSync, writeFileSync } from 'node:fs';
import { describeError } from './setup-error.ts';

/** Throws an Error of one line. */
export function writePidFile(path: string): { close(): void } {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw new Error(`cannot write pid file ${path}: ${describeError(error)}`, { cause: error });
  }
  return { close: () => rmSync(path, { force: true }) };
}
