/**
 * One daemon in virtual time: the core's state machine, its timer, its clocks and its clients. It
 * can be killed, started again, and held up as a busy machine holds up a process.
 */
import type { Cluster } from '../core/cluster.ts';
import type { DaemonState, Effect, Measurement } from '../core/daemon-state.ts';
import type { DaemonEvent } from '../core/daemon.ts';
import type { Policy } from '../core/policy.ts';
import type { Authenticator } from '../core/wire/authentication.ts';
import type { ControlReply, ControlRequest } from '../core/wire/control.ts';
import { NO_VERSION } from '../core/wire/version.ts';
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
  readonly authenticator?: Authenticator | undefined;
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
  /** Has it do what time has made due; too early a wakeup does no harm. */
  wake(): void;
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
/** One in so many is taken while the daemon is not in use. */
const IDLE_SAMPLES = 5;
/** dshd's timer fires up to a millisecond late. */
const TIMER_LATE_MS = 1;
export const START_OF_2026_MS = 1_767_225_600_000;

export function createDaemon(setup: DaemonSetup): Daemon {
  const { agenda } = setup;
  const instance: Instance = {
    setup,
    clockOffsetMs: Math.floor(setup.random() * 1e8),
    wallOffsetMs: 0,
    lastEpoch: 0,
    state: undefined,
    plannedMs: Infinity,
    stalledUntilMs: 0,
    skippedSamples: 0,
    backlog: [],
    waiting: new Map(),
    lastId: 0,
    daemon: {
      node: setup.cluster.self,
      observe: undefined,
      state: () => instance.state,
      localMs: () => agenda.nowMs() + instance.clockOffsetMs,
      stepClock: (ms) => void (instance.wallOffsetMs += ms),
      stalledUntilMs: () => instance.stalledUntilMs,
      start: () => start(instance),
      kill: () => kill(instance),
      stall(ms) {
        if (!instance.state || isStalled(instance)) return;
        instance.stalledUntilMs = agenda.nowMs() + ms;
        agenda.at(instance.stalledUntilMs, () => catchUp(instance));
      },
      wake: () => feed(instance, { type: 'wakeup' }),
      datagram: (from, bytes) => feed(instance, { type: 'datagram', from, bytes }),
      measure: () => measure(instance),
      openClient: (client) => feed(instance, { type: 'client-opened', client }),
      closeClient: (client) => feed(instance, { type: 'client-closed', client }),
      ask(client, question, answered) {
        if (!instance.state) {
          answered(undefined);
          return;
        }
        instance.lastId += 1;
        instance.waiting.set(instance.lastId, answered);
        const request = { ...question, id: instance.lastId };
        feed(instance, { type: 'request', client, request });
      },
      tell: (client, request) => feed(instance, { type: 'request', client, request }),
    },
  };
  return instance.daemon;
}

interface Instance {
  readonly setup: DaemonSetup;
  readonly daemon: Daemon;
  /** Of the monotonic clock, which starts anywhere, and of the wall's. */
  readonly clockOffsetMs: number;
  wallOffsetMs: number;
  lastEpoch: number;
  state: DaemonState | undefined;
  /** When the next wakeup is planned. */
  plannedMs: number;
  stalledUntilMs: number;
  skippedSamples: number;
  /** What came while it was held up. */
  backlog: DaemonEvent[];
  /** Questions that are out, by id. */
  waiting: Map<number, (reply: ControlReply | undefined) => void>;
  lastId: number;
}

function start(instance: Instance): void {
  const { core, cluster, policy, maxLoops, sample, authenticator } = instance.setup;
  // As dshd does: the wall's time, but never below an earlier start's.
  instance.lastEpoch = Math.max(instance.lastEpoch + 1, wallMs(instance));
  const options = {
    epoch: instance.lastEpoch,
    cluster,
    policy,
    maxLoops,
    measurement: sample(),
    version: NO_VERSION,
    ...(authenticator && { authenticator }),
  };
  instance.state = core.createDaemonState(options, instance.daemon.localMs());
  feed(instance, { type: 'client-opened', client: AGENT });
}

function wallMs({ setup, wallOffsetMs }: Instance): number {
  return Math.round(START_OF_2026_MS + setup.agenda.nowMs() + wallOffsetMs);
}

function kill(instance: Instance): void {
  const cutOff = [...instance.waiting.values()];
  instance.state = undefined;
  instance.plannedMs = Infinity;
  instance.stalledUntilMs = 0;
  instance.backlog = [];
  instance.waiting.clear();
  for (const answered of cutOff) answered(undefined);
}

/** As dshd does: five times a second, or once while nobody wants to know. */
function measure(instance: Instance): void {
  const { state, setup, daemon } = instance;
  const measurement = setup.sample();
  // An interval timer that is late fires once, and reads what is then.
  if (!state || isStalled(instance)) return;
  instance.skippedSamples += 1;
  const isIdle = !setup.core.isInUse(state, daemon.localMs());
  if (isIdle && instance.skippedSamples < IDLE_SAMPLES) return;
  instance.skippedSamples = 0;
  feed(instance, { type: 'measured', measurement, clockMs: wallMs(instance) });
}

function isStalled({ setup, stalledUntilMs }: Instance): boolean {
  return stalledUntilMs > setup.agenda.nowMs();
}

function catchUp(instance: Instance): void {
  if (!instance.state || isStalled(instance)) return;
  const events = instance.backlog;
  instance.backlog = [];
  // The timer comes first: libuv runs timers before it polls.
  feed(instance, { type: 'wakeup' });
  for (const event of events) feed(instance, event);
}

function feed(instance: Instance, event: DaemonEvent): void {
  const { state, daemon, setup, backlog } = instance;
  if (!state) return;
  if (isStalled(instance)) {
    if (event.type !== 'datagram' || backlog.length < BACKLOG_MAX) backlog.push(event);
    return;
  }
  const localMs = daemon.localMs();
  const effects = setup.core.step(state, event, localMs, setup.random);
  if (!setup.pushes) state.nextPushMs = undefined;
  daemon.observe?.(daemon, event, effects, localMs);
  for (const effect of effects) perform(instance, effect);
  planWakeup(instance);
}

function perform({ setup, waiting }: Instance, effect: Effect): void {
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

function planWakeup(instance: Instance): void {
  const { state, setup, clockOffsetMs, daemon } = instance;
  if (!state) return;
  const dueMs = setup.core.nextWakeup(state) - clockOffsetMs + TIMER_LATE_MS;
  if (dueMs >= instance.plannedMs) return;
  instance.plannedMs = dueMs;
  setup.agenda.at(dueMs, () => {
    // An earlier wakeup was planned since, and has gone by.
    if (instance.plannedMs !== dueMs) return;
    instance.plannedMs = Infinity;
    if (!instance.state) return;
    if (setup.core.nextWakeup(instance.state) <= daemon.localMs())
      feed(instance, { type: 'wakeup' });
    else planWakeup(instance);
  });
}
