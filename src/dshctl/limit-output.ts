/** Start-up files of a login shell may print without end: this process is not to hold all of it. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** More than any answer, and than what is printed on purpose. */
export const OUTPUT_BYTES_MAX = 8 * 2 ** 20;

/** Kills a program that says more than OUTPUT_BYTES_MAX on stdout and stderr. */
export function limitOutput(child: ChildProcessWithoutNullStreams, onExcess: () => void): void {
  let bytes = 0;
  function count(piece: Buffer): void {
    bytes += piece.byteLength;
    if (bytes <= OUTPUT_BYTES_MAX) return;
    onExcess();
    cutOff(child);
  }
  child.stdout.on('data', count);
  child.stderr.on('data', count);
}

/** Kills it, and waits for nobody who holds its output as well, such as the ProxyCommand of an ssh. */
export function cutOff(child: ChildProcessWithoutNullStreams): void {
  child.kill('SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
}
