/** Turns the core: one event at a time, effects carried out at once, one timer for what is due. */
import { createDaemonState, type DaemonOptions, type Effect } from '../core/daemon-state.ts';
import { type DaemonEvent, isInUse, knownNodes, nextWakeup, step } from '../core/daemon.ts';
import { createHistory, type History, noteHistory, tellHistory } from '../core/history.ts';
import type { NodeView } from '../core/wire/control.ts';
import type { HistoryAnswer } from '../core/wire/web-api.ts';

export interface Engine {
  feed(event: DaemonEvent): void;
  knownNodes(): NodeView[];
  /** Whether somebody has asked for a node, here or from elsewhere, or a job runs. */
  isInUse(): boolean;
  /** Adds a tick to the history, which begins with the first. */
  noteHistory(): void;
  /** Of a node, or of the whole cluster; undefined: there is no such node. */
  tellHistory(node: string | undefined): HistoryAnswer | undefined;
  close(): void;
}

export function createEngine(options: DaemonOptions, perform: (effect: Effect) => void): Engine {
  const state = createDaemonState(options, performance.now());
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let closed = false;
  let past: History | undefined;

  function feed(event: DaemonEvent): void {
    if (closed) return;
    for (const effect of step(state, event, performance.now(), Math.random)) perform(effect);
    // Most packets change nothing of it.
    if (nextWakeup(state) === dueMs) return;
    dueMs = nextWakeup(state);
    clearTimeout(timer);
    // A millisecond more: timers may fire early, and an early wakeup would only be repeated.
    timer = setTimeout(wake, Math.max(0, dueMs - performance.now()) + 1);
  }

  function wake(): void {
    dueMs = Infinity;
    feed({ type: 'wakeup' });
  }

  /** Follows the cluster file. */
  function history(): History {
    if (past?.roster !== state.roster) past = createHistory(state.roster, performance.now(), past);
    return past;
  }

  return {
    feed,
    isInUse: () => isInUse(state, performance.now()),
    knownNodes: () => knownNodes(state, performance.now()),
    noteHistory: () => noteHistory(history(), state, performance.now()),
    tellHistory: (node) => tellHistory(history(), node, performance.now()),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
