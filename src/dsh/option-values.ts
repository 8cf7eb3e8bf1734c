/** Values of options that are more than a number, a name, a size or a time. */
import { parseDurationMs } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import type { DaemonAddress } from './options.ts';

/** @param name of the option or variable; without `text` the value is `absent`. */
export function readDuration(
  name: string,
  text: string | undefined,
  absent: number,
): Result<number> {
  const ms = text === undefined ? absent : parseDurationMs(text);
  if (ms !== undefined) return { ok: true, value: ms };
  const expected = 'expected seconds such as 5 or 1.5, or 2m, 1h, up to 24d';
  return { ok: false, reason: `${name} ${toText(text!)}: ${expected}` };
}

/** `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`. */
export function parseDaemonAddress(text: string): Result<DaemonAddress> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || port === 0 || (port ?? 0) > 65_535) {
    return { ok: false, reason: `--daemon ${text}: expected HOST or HOST:PORT` };
  }
  return { ok: true, value: { host: match[1] ?? match[2]!, port } };
}
