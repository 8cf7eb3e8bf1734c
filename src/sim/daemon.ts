/**
 * One daemon in virtual time: the core's state machine, its timer, its clocks and its clients. It
 * can be killed, started again, and held up as a busy machine holds up a process.
 */
import type { Cluster } from '../core/cluster.ts';
import type { DaemonState, Effect, Measurement } from '../core/daemon-state.ts';
import type { DaemonEvent } from '../core/daemon.ts';
import type { Policy } from '../core/policy.ts';
import type { ControlReply, ControlRequest } from '../core/wire/control.ts';
import type { Agenda } from './agenda.ts';
import type * as shippedCore from './core.ts';
import type { Random } from './random.ts';

export type Core = typeof shippedCore;

export interface DaemonSetup {
  readonly core: Core;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly cluster: Cluster;
  readonly policy: Policy;
  readonly maxLoops: number;
  /** False: the core's pushes on change are called off before they are sent. */
  readonly pushes: boolean;
  sample(): Measurement;
  send(to: number, bytes: Uint8Array): void;
}

/** Sees each step: for traces and for those who check. `localMs` is the daemon's own clock. */
export type StepObserver = (
  daemon: Daemon,
  event: DaemonEvent,
  effects: readonly Effect[],
  localMs: number,
) => void;

export interface Daemon {
  readonly node: Cluster['self'];
  /** Undefined: it does not run. */
  state(): DaemonState | undefined;
  start(): void;
  kill(): void;
  /** It handles nothing for so long; what comes meanwhile waits. */
  stall(ms: number): void;
  /** Until when it is, or was last, held up. */
  stalledUntilMs(): number;
  datagram(from: number | undefined, bytes: Uint8Array): void;
  measure(): void;
  openClient(client: number): void;
  closeClient(client: number): void;
  /** Asks for a node; undefined: the daemon died before it answered. */
  ask(client: number, request: Question, answered: (reply: ControlReply | undefined) => void): void;
  tell(client: number, request: ControlRequest): void;
  /** The daemon's monotonic clock, which starts anywhere. */
  localMs(): number;
  /** Moves the clock on the wall. */
  stepClock(ms: number): void;
  observe: StepObserver | undefined;
}

export type Question =
  Extract<ControlRequest, { readonly op: 'place' | 'best' }> extends infer R
    ? R extends unknown
      ? Omit<R, 'id'>
      : never
    : never;

/** The user's agent: connected as long as the daemon runs. */
export const AGENT = 1;

/** What the kernel keeps for a socket that is not read: net.core.rmem_default over a skb's size. */
const BACKLOG_MAX = 256;
/** dshd's timer fires up to a millisecond late. */
const TIMER_LATE_MS = 1;
const START_OF_2026_MS = 1_767_225_600_000;

export function createDaemon(setup: DaemonSetup): Daemon {
  const { core, agenda, random } = setup;
  const clockOffsetMs = Math.floor(random() * 1e8);
  let wallOffsetMs = 0;
  let lastEpoch = 0;
  let state: DaemonState | undefined;
  let plannedMs = Infinity;
  let stalledUntilMs = 0;
  let backlog: DaemonEvent[] = [];
  let waiting = new Map<number, (reply: ControlReply | undefined) => void>();
  let lastId = 0;

  const daemon: Daemon = {
    node: setup.cluster.self,
    observe: undefined,
    state: () => state,
    localMs: () => agenda.nowMs() + clockOffsetMs,
    stepClock: (ms) => void (wallOffsetMs += ms),
    stalledUntilMs: () => stalledUntilMs,
    start() {
      // As dshd does: the wall's time, but never below an earlier start's.
      lastEpoch = Math.max(
        lastEpoch + 1,
        Math.round(START_OF_2026_MS + agenda.nowMs() + wallOffsetMs),
      );
      const { cluster, policy, maxLoops } = setup;
      const options = { epoch: lastEpoch, cluster, policy, maxLoops, measurement: setup.sample() };
      state = core.createDaemonState(options, daemon.localMs());
      feed({ type: 'client-opened', client: AGENT });
    },
    kill() {
      state = undefined;
      plannedMs = Infinity;
      stalledUntilMs = 0;
      backlog = [];
      const cutOff = [...waiting.values()];
      waiting = new Map();
      for (const answered of cutOff) answered(undefined);
    },
    stall(ms) {
      if (!state || stalledUntilMs > agenda.nowMs()) return;
      stalledUntilMs = agenda.nowMs() + ms;
      agenda.at(stalledUntilMs, catchUp);
    },
    datagram: (from, bytes) => feed({ type: 'datagram', from, bytes }),
    measure() {
      // An interval timer that is late fires once, and reads what is then.
      if (state && !isStalled()) feed({ type: 'measured', measurement: setup.sample() });
    },
    openClient: (client) => feed({ type: 'client-opened', client }),
    closeClient: (client) => feed({ type: 'client-closed', client }),
    ask(client, request, answered) {
      if (!state) {
        answered(undefined);
        return;
      }
      lastId += 1;
      waiting.set(lastId, answered);
      feed({ type: 'request', client, request: { ...request, id: lastId } });
    },
    tell: (client, request) => feed({ type: 'request', client, request }),
  };

  function isStalled(): boolean {
    return stalledUntilMs > agenda.nowMs();
  }

  function feed(event: DaemonEvent): void {
    if (!state) return;
    if (isStalled()) {
      if (event.type !== 'datagram' || backlog.length < BACKLOG_MAX) backlog.push(event);
      return;
    }
    const localMs = daemon.localMs();
    const effects = core.step(state, event, localMs, random);
    if (!setup.pushes) state.nextPushMs = undefined;
    daemon.observe?.(daemon, event, effects, localMs);
    for (const effect of effects) perform(effect);
    planWakeup();
  }

  function perform(effect: Effect): void {
    if (effect.type === 'send') {
      setup.send(effect.to, effect.bytes);
      return;
    }
    const { id } = effect.reply;
    const answered = id === undefined ? undefined : waiting.get(id);
    if (!answered) return;
    waiting.delete(id!);
    answered(effect.reply);
  }

  function planWakeup(): void {
    if (!state) return;
    const dueMs = core.nextWakeup(state) - clockOffsetMs + TIMER_LATE_MS;
    if (dueMs >= plannedMs) return;
    plannedMs = dueMs;
    agenda.at(dueMs, () => {
      // An earlier wakeup was planned since, and has gone by.
      if (plannedMs !== dueMs) return;
      plannedMs = Infinity;
      if (state && core.nextWakeup(state) <= daemon.localMs()) feed({ type: 'wakeup' });
      else planWakeup();
    });
  }

  function catchUp(): void {
    if (!state) return;
    const events = backlog;
    backlog = [];
    // The timer comes first: libuv runs timers before it polls.
    feed({ type: 'wakeup' });
    for (const event of events) feed(event);
  }

  return daemon;
}
