/** What this node says of itself: the last measurement, corrected by its ledger. */
import type { Context, DaemonState } from './daemon-state.ts';
import { countLive, unseenLoad, unseenMemoryBytes } from './ledger.ts';
import { LOAD_TAU_MS, LOADAVG_TAU_MS } from './load-estimate.ts';
import type { NodeRecord } from './wire/record.ts';

/** Above this share of time lost to memory (PSI `full`), more jobs make it only worse. */
const MEMORY_PRESSURE_MAX = 0.1;

export function ownRecord(state: DaemonState, nowMs: number): NodeRecord {
  const { measurement, ledger } = state;
  return {
    id: state.cluster.self.id,
    sequence: state.sequence % 2 ** 32,
    ageMs: 0,
    load: ownLoad(state),
    loadavg: Math.max(0, measurement.loadavg + unseenLoad(ledger, LOADAVG_TAU_MS)),
    cpus: state.cluster.self.cpus ?? measurement.cpus,
    freeBytes: Math.max(0, measurement.freeBytes - unseenMemoryBytes(ledger, nowMs)),
    totalBytes: measurement.totalBytes,
    jobs: countLive(ledger),
    placements: state.counters.placements & 0xff,
    draining: state.draining,
    pressed: measurement.memoryPressure > MEMORY_PRESSURE_MAX,
  };
}

export function ownLoad(state: DaemonState): number {
  return Math.max(0, state.estimate.runnable + unseenLoad(state.ledger, LOAD_TAU_MS));
}

/** To be called before a record is sent; `wire/record.ts` says why it follows the time. */
export function nextSequence({ state, nowMs }: Context): void {
  const quarters = Math.floor(4 * (state.epoch + nowMs - state.startedMs));
  state.sequence = Math.max(state.sequence + 1, quarters);
}
