/** Where and when figures were taken: without it they say nothing. */
import { cpus, release, totalmem } from 'node:os';

/** One line: the command, the day, and the machine. */
export function describeRun(words: readonly string[]): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const model = processors[0]?.model.trim() ?? 'unknown';
  return [
    `npm run bench -- ${words.join(' ')}`,
    new Date().toISOString().slice(0, 10),
    `${processors.length} x ${model}, ${memory}, Linux ${release()}, Node.js ${process.version}`,
  ].join('; ');
}
