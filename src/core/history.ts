/**
 * Load and memory of every node over the last hour, from what the table holds anyway.
 *
 * Each tick is added up, and a point is the mean of a step of ticks. A point takes six bytes a node, and
 * the steps grow longer with the cluster, so the history takes 80 kB with 33 nodes, and less than 4 MB
 * with ten thousand.
 */
import type { Roster } from './cluster.ts';
import { type DaemonState, TICK_MS } from './daemon-state.ts';
import { ownRecord } from './own-record.ts';
import { ageOf } from './table.ts';
import { usableMs } from './thresholds.ts';
import type { HistoryAnswer } from './wire/web-api.ts';
import {
  RECORD_BYTES,
  recordCpus,
  recordFreeBytes,
  recordLoad,
  recordTotalBytes,
} from './wire/record.ts';

/** An hour. */
const TICKS_MAX = 2400;
const POINTS_MAX = 400;
const POINTS_MIN = 60;
/** Points of all nodes together. */
const ROWS_MAX = 400_000;

export interface History {
  readonly roster: Roster;
  readonly points: number;
  readonly stepTicks: number;
  /** A row of the nodes for each point, UNHEARD where a node was not heard. Units: LOAD_UNIT. */
  readonly load: Uint16Array;
  readonly cpus: Uint16Array;
  /** Share in use, in 1/SHARE_UNIT. */
  readonly memory: Uint16Array;
  /** The whole cluster, which is never unheard: this node is in it. */
  readonly all: Series;
  /** What the ticks of the step that is not over yet add up to. */
  readonly sums: Sums;
  /** How many points were ever taken. */
  taken: number;
  takenMs: number;
}

interface Series {
  readonly load: Float32Array;
  readonly cpus: Float32Array;
  readonly memory: Float32Array;
}

interface Sums {
  ticks: number;
  readonly heard: Uint16Array;
  readonly load: Float32Array;
  readonly cpus: Float32Array;
  readonly memory: Float32Array;
  allUsedBytes: number;
  allTotalBytes: number;
}

const UNHEARD = 0xffff;
const LOAD_UNIT = 64;
const CPU_UNIT = 8;
const SHARE_UNIT = 60_000;

/** The rows of nodes that `previous` knows are kept, unless the steps have another length now. */
export function createHistory(roster: Roster, nowMs: number, previous?: History): History {
  const count = roster.nodes.length;
  const wanted = Math.min(POINTS_MAX, Math.max(POINTS_MIN, Math.floor(ROWS_MAX / count)));
  const stepTicks = Math.ceil(TICKS_MAX / wanted);
  const points = Math.floor(TICKS_MAX / stepTicks);
  const isKept = previous?.points === points;
  const history: History = {
    roster,
    points,
    stepTicks,
    load: new Uint16Array(points * count).fill(UNHEARD),
    cpus: new Uint16Array(points * count).fill(UNHEARD),
    memory: new Uint16Array(points * count).fill(UNHEARD),
    all: isKept ? previous.all : createSeries(points),
    sums: { ticks: 0, heard: new Uint16Array(count), ...createSeries(count), ...noBytes },
    taken: isKept ? previous.taken : 0,
    takenMs: isKept ? previous.takenMs : nowMs,
  };
  if (isKept) keepRows(history, previous);
  return history;
}

/** To be called once a tick. */
export function noteHistory(history: History, state: DaemonState, nowMs: number): void {
  const { sums, roster } = history;
  const { records } = state.table;
  for (let slot = 0; slot < roster.nodes.length; slot += 1) {
    if (slot === state.selfSlot || ageOf(state.table, slot, nowMs) > usableMs(state)) continue;
    const at = slot * RECORD_BYTES;
    const cpus = roster.nodes[slot]!.cpus ?? recordCpus(records, at);
    const total = recordTotalBytes(records, at);
    addSample(sums, slot, recordLoad(records, at), cpus, recordFreeBytes(records, at), total);
  }
  const own = ownRecord(state, nowMs);
  addSample(sums, state.selfSlot, own.load, own.cpus, own.freeBytes, own.totalBytes);
  sums.ticks += 1;
  if (sums.ticks === history.stepTicks) takePoint(history, nowMs);
}

/** Undefined: there is no such node. Without a name, of the whole cluster. */
export function tellHistory(
  history: History,
  name: string | undefined,
  nowMs: number,
): HistoryAnswer | undefined {
  const slot = name === undefined ? undefined : history.roster.slotOfName.get(name);
  if (name !== undefined && slot === undefined) return undefined;
  const known = Math.min(history.taken, history.points);
  const order = Array.from({ length: known }, (_, index) => history.taken - known + index);
  const tell = (kind: keyof Series, unit: number): (number | null)[] =>
    order.map((point) => tellPoint(history, kind, unit, point % history.points, slot));
  return {
    node: name ?? null,
    stepSeconds: (history.stepTicks * TICK_MS) / 1000,
    ageSeconds: (nowMs - history.takenMs) / 1000,
    load: tell('load', LOAD_UNIT),
    cpus: tell('cpus', CPU_UNIT),
    memory: tell('memory', SHARE_UNIT),
  };
}

const noBytes = { allUsedBytes: 0, allTotalBytes: 0 };

function createSeries(length: number): Series {
  return {
    load: new Float32Array(length),
    cpus: new Float32Array(length),
    memory: new Float32Array(length),
  };
}

function keepRows(history: History, previous: History): void {
  const [width, oldWidth] = [history.roster.nodes.length, previous.roster.nodes.length];
  for (const [slot, { name }] of history.roster.nodes.entries()) {
    const old = previous.roster.slotOfName.get(name);
    if (old === undefined) continue;
    for (let point = 0; point < history.points; point += 1) {
      for (const kind of ['load', 'cpus', 'memory'] as const) {
        history[kind][point * width + slot] = previous[kind][point * oldWidth + old]!;
      }
    }
  }
}

function addSample(
  sums: Sums,
  slot: number,
  load: number,
  cpus: number,
  freeBytes: number,
  totalBytes: number,
): void {
  const usedBytes = totalBytes - freeBytes;
  sums.heard[slot]! += 1;
  sums.load[slot]! += load;
  sums.cpus[slot]! += cpus;
  sums.memory[slot]! += totalBytes > 0 ? usedBytes / totalBytes : 0;
  sums.allUsedBytes += usedBytes;
  sums.allTotalBytes += totalBytes;
}

function takePoint(history: History, nowMs: number): void {
  const { sums, all, roster, stepTicks } = history;
  const point = history.taken % history.points;
  const row = point * roster.nodes.length;
  const total = { load: 0, cpus: 0 };
  for (let slot = 0; slot < roster.nodes.length; slot += 1) {
    const heard = sums.heard[slot]!;
    history.load[row + slot] = meanOf(sums.load[slot]!, heard, LOAD_UNIT);
    history.cpus[row + slot] = meanOf(sums.cpus[slot]!, heard, CPU_UNIT);
    history.memory[row + slot] = meanOf(sums.memory[slot]!, heard, SHARE_UNIT);
    // A node that was heard in half of the ticks counts half, as it did for those who chose.
    total.load += sums.load[slot]! / stepTicks;
    total.cpus += sums.cpus[slot]! / stepTicks;
  }
  all.load[point] = total.load;
  all.cpus[point] = total.cpus;
  all.memory[point] = sums.allTotalBytes > 0 ? sums.allUsedBytes / sums.allTotalBytes : 0;
  for (const part of [sums.heard, sums.load, sums.cpus, sums.memory]) part.fill(0);
  Object.assign(sums, { ticks: 0, ...noBytes });
  history.taken += 1;
  history.takenMs = nowMs;
}

function meanOf(sum: number, heard: number, unit: number): number {
  return heard === 0 ? UNHEARD : Math.min(UNHEARD - 1, Math.round((sum / heard) * unit));
}

function tellPoint(
  history: History,
  kind: keyof Series,
  unit: number,
  point: number,
  slot: number | undefined,
): number | null {
  if (slot === undefined) return round(history.all[kind][point]!);
  const value = history[kind][point * history.roster.nodes.length + slot]!;
  return value === UNHEARD ? null : round(value / unit);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
