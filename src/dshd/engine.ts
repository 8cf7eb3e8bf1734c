/** Turns the core: one event at a time, effects carried out at once, one timer for what is due. */
import { createDaemonState, type DaemonOptions, type Effect } from '../core/daemon-state.ts';
import { type DaemonEvent, knownNodes, nextWakeup, step } from '../core/daemon.ts';
import type { NodeView } from '../core/wire/control.ts';

export interface Engine {
  feed(event: DaemonEvent): void;
  knownNodes(): NodeView[];
  close(): void;
}

export function createEngine(options: DaemonOptions, perform: (effect: Effect) => void): Engine {
  const state = createDaemonState(options, performance.now());
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function feed(event: DaemonEvent): void {
    if (closed) return;
    for (const effect of step(state, event, performance.now(), Math.random)) perform(effect);
    clearTimeout(timer);
    // A millisecond more: timers may fire early, and an early wakeup would only be repeated.
    const waitMs = Math.max(0, nextWakeup(state) - performance.now()) + 1;
    timer = setTimeout(feed, waitMs, { type: 'wakeup' });
  }

  return {
    feed,
    knownNodes: () => knownNodes(state, performance.now()),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
