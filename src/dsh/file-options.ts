/** The options that are about the command's files. Words and paths are byte strings. */
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import { readDuration } from './option-values.ts';

/** Files for a node that does not share the directory; paths below it, as byte strings. */
export interface TransferOptions {
  readonly send: readonly string[];
  readonly fetch: readonly string[];
  readonly base: readonly string[];
  readonly cleanup: boolean;
}

/** Whether files are to be the same on both nodes; `auto`: on network file systems. */
export type CoherenceWish = 'auto' | 'on' | 'off';

export function readCoherence(
  text: string | undefined,
  given: string | undefined,
): Result<CoherenceWish> {
  const wish = text ?? given ?? 'auto';
  if (wish === 'auto' || wish === 'on' || wish === 'off') return { ok: true, value: wish };
  const name = text === undefined ? 'DSH_COHERENCE' : '--coherence';
  return { ok: false, reason: `${name} ${toText(wish)}: expected auto, on or off` };
}

/** An NFS client believes for 60 s at most what it has seen (acregmax, acdirmax). */
const COHERENCE_MS = 60_000;

export function readCoherenceTimeout(
  text: string | undefined,
  given: string | undefined,
): Result<number> {
  if (text !== undefined) return readDuration('--coherence-timeout', text, COHERENCE_MS);
  return readDuration('DSH_COHERENCE_TIMEOUT', given, COHERENCE_MS);
}

/** Only paths below the directory: others would be written over there, and removed. */
export function readTransfer(values: TransferOptions): Result<TransferOptions | undefined> {
  const { send, fetch, base, cleanup } = values;
  for (const file of [...send, ...fetch, ...base]) {
    if (file !== '' && !file.startsWith('/') && !file.split('/').includes('..')) continue;
    const reason = `'${toText(file)}' cannot be copied: expected a path below the current directory`;
    return { ok: false, reason };
  }
  const isWanted = send.length + fetch.length + base.length > 0;
  if (isWanted) return { ok: true, value: { send, fetch, base, cleanup } };
  if (!cleanup) return { ok: true, value: undefined };
  return { ok: false, reason: '--cleanup removes what --send and --fetch name; give one' };
}
