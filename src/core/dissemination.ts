/**
 * How the nodes know of each other: each tick a daemon states its own record to its peers, with the
 * freshest it knows of others where not all are told, and at once when its load has moved by a whole
 * job. A node silent for long is dropped; nothing is ever sent about the dead.
 */
import { notePlacements, updateRate } from './arrival-rate.ts';
import { listStatements } from './client-jobs.ts';
import { type Context, type DaemonState, isInUse, TICK_MS, wallClockMs } from './daemon-state.ts';
import { seekTable } from './hello.ts';
import { endOrigin } from './ledger.ts';
import { nextSequence, ownLoad, ownRecord } from './own-record.ts';
import { drawPeers } from './peers.ts';
import { reconcile } from './reconcile.ts';
import { pickRelays } from './relays.ts';
import { MULTICAST, sendPacket } from './send.ts';
import { noteSkew } from './skew.ts';
import { copyRecords, dropSilent, mergeRecord } from './table.ts';
import { fanOut, memberMs, noteLateness, relayCount } from './thresholds.ts';
import { JOBS_UNSTATED, type StateBody } from './wire/packet.ts';
import {
  encodeRecord,
  type NodeRecord,
  RECORD_BYTES,
  recordId,
  recordPlacements,
} from './wire/record.ts';

/** Ticks are spread by this share, so that the nodes do not all speak at once. */
const JITTER = 0.1;
const PUSH_PAUSE_MS = 50;
/** A job that was given out or has ended is news, ... */
const PUSH_CPUS = 1;
/**
 * ... and so is a measured load that moved by two, by a quarter of the CPUs, and by a quarter of
 * itself, but not before a third of a tick, and only while somebody asks for nodes. The run queue of a busy machine swings by one all the
 * time, and pushing that took four times the packets of the ticks (33 daemons, 2 CPUs, 2026).
 */
const PUSH_LOAD = 2;
const PUSH_SHARE = 0.25;
const PUSH_LOAD_PAUSE_MS = TICK_MS / 3;

export function disseminate(context: Context): void {
  const { state, nowMs, random } = context;
  if (nowMs >= state.nextTickMs) {
    noteLateness(state, nowMs - state.nextTickMs);
    state.nextTickMs = nowMs + TICK_MS * (1 - JITTER + 2 * JITTER * random());
    updateRate(state.arrivals, nowMs);
    sendStates(context, relayCount(state));
    seekTable(context);
    forget(context);
  } else if (state.nextPushMs !== undefined && nowMs >= state.nextPushMs) {
    // News is short: what others said can wait for the tick.
    sendStates(context, 0);
  }
}

/** Schedules a push if there is news of this node; to be called at the end of each step. */
export function watchLoad({ state, nowMs }: Context): void {
  if (state.nextPushMs !== undefined) return;
  if (Math.abs(cpusGivenOut(state) - state.lastSentCpus) >= PUSH_CPUS) {
    state.nextPushMs = Math.max(nowMs, state.lastSentMs + PUSH_PAUSE_MS);
  } else if (nowMs - state.lastSentMs >= PUSH_LOAD_PAUSE_MS && isInUse(state, nowMs)) {
    const load = ownLoad(state);
    const share = PUSH_SHARE * Math.max(state.measurement.cpus, load);
    if (Math.abs(load - state.lastSentLoad) >= Math.max(PUSH_LOAD, share)) state.nextPushMs = nowMs;
  }
}

function cpusGivenOut({ ledger }: DaemonState): number {
  return ledger.liveCpus + ledger.cpusHeld;
}

/** A STATE packet: the sender's record, how many of its jobs run here, and what it heard of others. */
export function takeState(context: Context, slot: number, body: StateBody): void {
  const { state, nowMs } = context;
  const { id } = state.roster.nodes[slot]!;
  const { records, liveJobs, clock, version } = body;
  if (recordId(records, 0) !== id) return;
  takeRecordBytes(context, slot, records, 0, true);
  // It was heard from itself: whatever kept its answers away is over.
  state.silences.delete(slot);
  state.table.versions[slot] = version;
  // Modulo 2^32: so far apart, 24 days, no two clocks are.
  noteSkew(state.table, slot, (clock - Math.floor(wallClockMs(context))) | 0);
  if (liveJobs !== JOBS_UNSTATED) {
    state.statedMs.set(id, nowMs);
    reconcile(state.ledger, id, body, nowMs, TICK_MS);
    if (liveJobs === 0) state.statedMs.delete(id);
  }
  mergeRelayed(context, records, RECORD_BYTES);
}

/** Merges what a node says of itself in an answer. */
export function takeRecord(context: Context, slot: number, record: NodeRecord): void {
  takeRecordBytes(context, slot, encodeRecord(record), 0);
  context.state.silences.delete(slot);
}

/** Merges the records from `at` on. A node that this daemon's cluster does not name is left out. */
export function mergeRelayed(context: Context, records: Uint8Array, at: number): void {
  const { slotOfId } = context.state.roster;
  for (let next = at; next < records.byteLength; next += RECORD_BYTES) {
    const slot = slotOfId.get(recordId(records, next));
    if (slot !== undefined && slot !== context.state.selfSlot) {
      takeRecordBytes(context, slot, records, next);
    }
  }
}

function takeRecordBytes(
  context: Context,
  slot: number,
  bytes: Uint8Array,
  at: number,
  isLatest = false,
): void {
  const { table, arrivals } = context.state;
  const isKnown = table.known[slot] === 1;
  const before = recordPlacements(table.records, slot * RECORD_BYTES);
  if (!mergeRecord(table, slot, bytes, at, context.nowMs, isLatest)) return;
  if (isKnown) notePlacements(arrivals, before, recordPlacements(bytes, at));
}

function sendStates(context: Context, relayed: number): void {
  const { state, nowMs } = context;
  state.nextPushMs = undefined;
  state.lastSentMs = nowMs;
  state.lastSentLoad = ownLoad(state);
  state.lastSentCpus = cpusGivenOut(state);
  nextSequence(context);
  const own = encodeRecord(ownRecord(state, nowMs));
  const records = addRelays(context, own, relayed);
  const sender = { clock: Math.floor(wallClockMs(context)) >>> 0, version: state.version };
  const statements = listStatements(state.jobs);
  const unstated = { type: 'state', liveJobs: JOBS_UNSTATED, jobsHash: 0, ...sender } as const;
  if (state.multicast) sendPacket(context, MULTICAST, { ...unstated, records: own });
  const told = new Set(drawPeers(context, fanOut(state)));
  for (const slot of told) {
    const { id } = state.roster.nodes[slot]!;
    const { liveJobs, jobsHash } = statements.get(id) ?? { liveJobs: 0, jobsHash: 0 };
    sendPacket(context, id, { type: 'state', liveJobs, jobsHash, ...sender, records });
  }
  // A node where jobs of ours run hears of them each tick, or it would take them for over.
  for (const [id, statement] of statements) {
    const slot = state.roster.slotOfId.get(id);
    if (slot === undefined || slot === state.selfSlot || told.has(slot)) continue;
    sendPacket(context, id, { type: 'state', ...statement, ...sender, records: own });
  }
}

function addRelays({ state, nowMs }: Context, own: Uint8Array, count: number): Uint8Array {
  const relays = pickRelays(state, count, nowMs);
  if (relays.length === 0) return own;
  const records = new Uint8Array((1 + relays.length) * RECORD_BYTES);
  records.set(own);
  copyRecords(state.table, relays, records.subarray(RECORD_BYTES), nowMs);
  return records;
}

function forget({ state, nowMs }: Context): void {
  state.freshness.packets.fill(0);
  const silentMs = memberMs(state);
  for (const slot of dropSilent(state.table, nowMs, silentMs)) {
    endOrigin(state.ledger, state.roster.nodes[slot]!.id, nowMs);
  }
  // A dispatcher states its jobs each tick, however large the cluster.
  const jobsMs = state.maxLoops * TICK_MS * (1 + state.health);
  for (const [id, statedMs] of state.statedMs) {
    if (nowMs - statedMs <= jobsMs) continue;
    state.statedMs.delete(id);
    endOrigin(state.ledger, id, nowMs);
  }
  for (const [job, { untilMs }] of state.promised) {
    if (untilMs <= nowMs) state.promised.delete(job);
  }
}
