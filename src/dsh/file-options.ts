/** The options that are about the command's files. Words and paths are byte strings. */
import { posix } from 'node:path';
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
  const files = [...values.send, ...values.fetch, ...values.base];
  const wrong = files.find((file) => !isBelow(file) || toText(file).includes('\uFFFD'));
  if (wrong !== undefined) {
    const expected = isBelow(wrong) ? 'a name in UTF-8' : 'a path below the current directory';
    return { ok: false, reason: `'${toText(wrong)}' cannot be copied: expected ${expected}` };
  }
  const { send, fetch, base, cleanup } = values;
  const paths = { send: send.map(simplify), fetch: fetch.map(simplify), base: base.map(simplify) };
  if (files.length > 0) return { ok: true, value: { ...paths, cleanup } };
  if (!cleanup) return { ok: true, value: undefined };
  return { ok: false, reason: '--cleanup removes what --send and --fetch name; give one' };
}

function isBelow(file: string): boolean {
  return file !== '' && !file.startsWith('/') && !file.split('/').includes('..');
}

/** `./a//b/./c` is `a/b/c`: to rsync some of these signs mean more. */
function simplify(file: string): string {
  return posix.normalize(file);
}
