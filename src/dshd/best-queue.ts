/**
 * Asks the core for the best node on behalf of those who connect to the TCP port. Those who come in
 * the same turn of the event loop, or while others wait for their answer, are asked for together: one
 * round of probes and one reservation a node serve them all. So the busier the port, the less each
 * question costs, and who comes alone waits for nobody.
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
  let asked: readonly Resolve[] = [];
  let waiting: Resolve[] = [];
  let lastId = 0;

  function flush(): void {
    if (asked.length > 0 || waiting.length === 0) return;
    lastId += 1;
    asked = waiting.splice(0, PLACE_COUNT_MAX);
    const request = { op: 'best', id: lastId, wishes: noWishes, count: asked.length } as const;
    feed({ type: 'request', client: BEST_PORT_CLIENT, request });
  }

  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(flush);
      }),
    settle(reply) {
      if (!('id' in reply) || reply.id !== lastId) return;
      const nodes = reply.op === 'bests' ? reply.nodes : [];
      const group = asked;
      asked = [];
      for (const [index, resolve] of group.entries()) resolve(nodes[index]);
      // Not at once: the core is still in the step that gave this answer.
      setImmediate(flush);
    },
  };
}
