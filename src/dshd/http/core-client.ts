/** Asks the core on behalf of HTTP clients. It answers such questions within the same step. */
import type { DaemonEvent } from '../../core/daemon.ts';
import type { ControlReply, ControlRequest } from '../../core/wire/control.ts';

/** The client number of all that comes over HTTP; the connections of the local socket start at 1. */
export const HTTP_CLIENT = -1;

export type Question =
  | { readonly op: 'nodes' | 'jobs' | 'counters' }
  | { readonly op: 'explain'; readonly job: number };

export interface CoreClient {
  ask(question: Question): ControlReply;
  settle(reply: ControlReply): void;
}

export function createCoreClient(feed: (event: DaemonEvent) => void): CoreClient {
  let answer: ControlReply | undefined;
  return {
    ask(question) {
      answer = undefined;
      const request: ControlRequest = { ...question, id: 0 };
      feed({ type: 'request', client: HTTP_CLIENT, request });
      return answer ?? { op: 'error', reason: 'the daemon is about to end' };
    },
    settle(reply) {
      answer = reply;
    },
  };
}
