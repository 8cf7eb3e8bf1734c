/** Values of options that are more than a number, a name, a size or a time. */
import type { Result } from '../core/result.ts';
import type { DaemonAddress } from './options.ts';

/** `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`. */
export function parseDaemonAddress(text: string): Result<DaemonAddress> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || port === 0 || (port ?? 0) > 65_535) {
    return { ok: false, reason: `--daemon ${text}: expected HOST or HOST:PORT` };
  }
  return { ok: true, value: { host: match[1] ?? match[2]!, port } };
}
