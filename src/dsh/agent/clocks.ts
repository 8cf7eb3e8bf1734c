/**
 * Warns of clocks that mislead make, which compares times of files: once in a session.
 *
 * On NFS the server stamps files, so its clock counts, and those of the nodes do not. Each command's
 * runner tells the newest stamp on what that command has changed. It was made while the command ran,
 * so a stamp that is outside of that time says how wrong the server's clock is at least. On other
 * file systems the nodes stamp, and the daemon knows how far their clocks are apart.
 */
import { SKEW_MS_MAX } from '../../core/skew.ts';
import { decodeCommand } from '../../core/wire/command.ts';
import type { Request } from '../../core/wire/request.ts';
import { createFirstTime } from './first-time.ts';

export interface Clocks {
  /**
   * The warning that a command's node deserves, if any. `skewMs` is its clock less ours, where the
   * daemon finds that it misleads.
   */
  explainNode(request: Request, node: string, skewMs: number | undefined): string | undefined;
  /** Likewise for the file server; all in ms since 1970, and the command ran within `span`. */
  explainServer(request: Request, stampMs: number, span: TimeSpan): string | undefined;
}

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export function createClocks(): Clocks {
  const isFirstIn = createFirstTime();

  function explain(session: number, clock: string, apartMs: number): string | undefined {
    if (Math.abs(apartMs) <= SKEW_MS_MAX || !isFirstIn(session)) return undefined;
    const direction = apartMs > 0 ? 'ahead of' : 'behind';
    return (
      `${clock} is ${(Math.abs(apartMs) / 1000).toFixed(1)} s ${direction} this one's, ` +
      'and make compares times: set the clocks'
    );
  }

  return {
    explainNode(request, node, skewMs) {
      // A command is read only where clocks are wrong.
      if (skewMs === undefined || isOnNfs(request)) return undefined;
      return explain(request.session, `the clock of ${node}`, skewMs);
    },
    explainServer({ session }, stampMs, { fromMs, toMs }) {
      const apartMs = Math.max(stampMs - toMs, 0) + Math.min(stampMs - fromMs, 0);
      return explain(session, 'the clock of the file server', apartMs);
    },
  };
}

function isOnNfs(request: Request): boolean {
  const command = decodeCommand(request.command);
  return command.ok && (command.value.coherence?.directoryInode ?? 0) !== 0;
}
