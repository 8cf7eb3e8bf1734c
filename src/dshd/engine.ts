/** Turns the core: one event at a time, effects carried out at once, one timer for what is due. */
import {
  createDaemonState,
  type DaemonOptions,
  type Effect,
  isInUse,
} from '../core/daemon-state.ts';
import { type DaemonEvent, knownNodes, nextWakeup, step } from '../core/daemon.ts';
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

export interface EngineOptions extends DaemonOptions {
  perform(effect: Effect): void;
  /** Somebody has asked after a time in which nobody did. */
  onUse(): void;
}

export function createEngine({ perform, onUse, ...options }: EngineOptions): Engine {
  const state = createDaemonState(options, performance.now());
  let wasInUse = false;
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let closed = false;
  let past: History | undefined;

  function feed(event: DaemonEvent): void {
    if (closed) return;
    const nowMs = performance.now();
    const effects = step(state, event, nowMs, Math.random);
    // The client first: to send a datagram takes as long as all that the core did.
    for (const effect of effects) if (effect.type === 'reply') perform(effect);
    for (const effect of effects) if (effect.type !== 'reply') perform(effect);
    const isUsed = isInUse(state, nowMs);
    if (isUsed && !wasInUse) onUse();
    wasInUse = isUsed;
    // Too early a wakeup does no harm, and is cheaper than a timer set anew for each choice.
    const wakeupMs = nextWakeup(state);
    if (wakeupMs >= dueMs) return;
    dueMs = wakeupMs;
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
