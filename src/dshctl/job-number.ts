import { exitStatuses, failure } from './command.ts';

/** A word that names a job, by the number that `dshctl jobs` shows. */
export function readJobNumber(word: string): number {
  if (/^[0-9]{1,15}$/.test(word)) return Number(word);
  throw failure(`'${word}': expected a job's number, as in dshctl jobs`, exitStatuses.misuse);
}
