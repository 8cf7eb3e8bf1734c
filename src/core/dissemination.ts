/**
 * How the nodes know of each other: each tick a daemon states its own record to its peers, and at
 * once when its load has moved by a whole job. A node silent for maxloops ticks is dropped.
 */
import { countReservedJobs } from './client-jobs.ts';
import { type Context, type DaemonState, TICK_MS } from './daemon-state.ts';
import { endOrigin, foldSettled, reconcile } from './ledger.ts';
import { ownLoad, ownRecord } from './own-record.ts';
import { sendPacket } from './send.ts';
import { dropSilent, mergeRecord } from './table.ts';
import type { NodeRecord } from './wire/packet.ts';

/** To how many peers a tick goes; up to 33 nodes, that is the full mesh of the original. */
export const FAN_OUT_MAX = 32;
/** Ticks are spread by this share, so that the nodes do not all speak at once. */
const JITTER = 0.1;
const PUSH_PAUSE_MS = 50;
/** A load that moved by this much is news. */
const PUSH_LOAD = 1;

export function disseminate(context: Context): void {
  const { state, nowMs, random } = context;
  if (nowMs >= state.nextTickMs) {
    state.nextTickMs = nowMs + TICK_MS * (1 - JITTER + 2 * JITTER * random());
    sendStates(context);
    forget(context);
  } else if (state.nextPushMs !== undefined && nowMs >= state.nextPushMs) {
    sendStates(context);
  }
}

/** Schedules a push if the load has moved; to be called at the end of each step. */
export function watchLoad({ state, nowMs }: Context): void {
  if (state.nextPushMs !== undefined) return;
  if (Math.abs(ownLoad(state) - state.lastSentLoad) < PUSH_LOAD) return;
  state.nextPushMs = Math.max(nowMs, state.lastSentMs + PUSH_PAUSE_MS);
}

/** A STATE packet: the sender's record, and how many of its jobs run here. */
export function takeState(
  context: Context,
  sender: number,
  epoch: number,
  records: readonly NodeRecord[],
  liveJobs: number,
): void {
  const own = records[0];
  if (own?.id !== sender) return;
  if (!takeRecord(context, own, epoch)) return;
  reconcile(context.state.ledger, sender, liveJobs, context.nowMs, TICK_MS);
}

/** Merges what a node says of itself. False: it is no newer than what is known. */
export function takeRecord(context: Context, record: NodeRecord, epoch: number): boolean {
  const { state, nowMs } = context;
  const result = mergeRecord(state.table, record, epoch, nowMs);
  if (result === 'restarted') endOrigin(state.ledger, record.id, nowMs);
  return result !== 'known';
}

function sendStates(context: Context): void {
  const { state, nowMs } = context;
  state.nextPushMs = undefined;
  state.lastSentMs = nowMs;
  state.lastSentLoad = ownLoad(state);
  state.sequence += 1;
  const records = [ownRecord(state, nowMs)];
  const reserved = countReservedJobs(state.jobs);
  for (const peer of nextPeers(context)) {
    const liveJobs = reserved.get(peer) ?? 0;
    sendPacket(context, peer, { type: 'state', liveJobs, records });
  }
}

/** Walks a shuffled round of the peers, so that each is told in turn. */
function nextPeers({ state, random }: Context): number[] {
  const { peers } = state.cluster;
  if (peers.length <= FAN_OUT_MAX) return peers.map(({ id }) => id);
  const chosen = new Set<number>();
  while (chosen.size < FAN_OUT_MAX) {
    if (state.round.length === 0)
      state.round = shuffle(
        peers.map(({ id }) => id),
        random,
      );
    chosen.add(state.round.pop()!);
  }
  return [...chosen];
}

function forget({ state, nowMs }: Context): void {
  for (const id of dropSilent(state.table, nowMs, memberMs(state))) {
    endOrigin(state.ledger, id, nowMs);
  }
  foldSettled(state.ledger, state.estimate.sampledMs);
  for (const [job, { untilMs }] of state.promised) {
    if (untilMs <= nowMs) state.promised.delete(job);
  }
}

function memberMs(state: DaemonState): number {
  return state.maxLoops * TICK_MS;
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
  return items;
}
