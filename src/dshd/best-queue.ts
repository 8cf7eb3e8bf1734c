/**
 * Asks the core for the best node on behalf of those who connect to the TCP port. Those who come in
 * the same turn of the event loop are asked for together: one round of probes and one reservation a
 * node serve them all.
 */
import type { DaemonEvent } from '../core/daemon.ts';
import {
  type ControlReply,
  type NodeView,
  noWishes,
  PLACE_COUNT_MAX,
} from '../core/wire/control.ts';

/** The client number of the port; the connections of the local socket start at 1. */
export const BEST_PORT_CLIENT = 0;

export interface BestQueue {
  /** Undefined: no node can be chosen. */
  ask(): Promise<NodeView | undefined>;
  /** Takes the core's answer to an earlier question. */
  settle(reply: ControlReply): void;
}

type Resolve = (node: NodeView | undefined) => void;

export function createBestQueue(feed: (event: DaemonEvent) => void): BestQueue {
  const asked = new Map<number, readonly Resolve[]>();
  let waiting: Resolve[] = [];
  let lastId = 0;

  function flush(): void {
    while (waiting.length > 0) {
      lastId += 1;
      const id = lastId;
      const group = waiting.splice(0, PLACE_COUNT_MAX);
      asked.set(id, group);
      const request = { op: 'best', id, wishes: noWishes, count: group.length } as const;
      feed({ type: 'request', client: BEST_PORT_CLIENT, request });
    }
  }

  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(flush);
      }),
    settle(reply) {
      if (!('id' in reply) || reply.id === undefined) return;
      const nodes = reply.op === 'bests' ? reply.nodes : [];
      for (const [index, resolve] of (asked.get(reply.id) ?? []).entries()) resolve(nodes[index]);
      asked.delete(reply.id);
    },
  };
}
