/** Asks the core for the best node on behalf of those who connect to the TCP port. */
import type { DaemonEvent } from '../core/daemon.ts';
import { noWishes } from '../core/judge.ts';
import type { ControlReply } from '../core/wire/control.ts';

/** The client number of the port; the connections of the local socket start at 1. */
export const BEST_PORT_CLIENT = 0;

export interface BestQueue {
  ask(): Promise<ControlReply>;
  /** Takes the core's answer to an earlier question. */
  settle(reply: ControlReply): void;
}

export function createBestQueue(feed: (event: DaemonEvent) => void): BestQueue {
  const waiting = new Map<number, (reply: ControlReply) => void>();
  let lastId = 0;
  return {
    ask() {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        const request = { op: 'best', id, wishes: noWishes } as const;
        feed({ type: 'request', client: BEST_PORT_CLIENT, request });
      });
    },
    settle(reply) {
      if (!('id' in reply)) return;
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    },
  };
}
