/** What this node says of itself: the last measurement, corrected by its ledger. */
import type { DaemonState } from './daemon-state.ts';
import { countLive, unseenLoad, unseenMemoryBytes } from './ledger.ts';
import { LOAD_TAU_MS, LOADAVG_TAU_MS } from './load-estimate.ts';
import type { NodeRecord } from './wire/packet.ts';

/** Above this share of time lost to memory (PSI `full`), more jobs make it only worse. */
const MEMORY_PRESSURE_MAX = 0.1;

export function ownRecord(state: DaemonState, nowMs: number): NodeRecord {
  const { measurement, ledger } = state;
  return {
    id: state.cluster.self.id,
    sequence: state.sequence,
    ageMs: 0,
    load: ownLoad(state),
    loadavg: Math.max(
      0,
      measurement.loadavg + unseenLoad(ledger, state.estimate.sampledMs, LOADAVG_TAU_MS),
    ),
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
  const { runnable, sampledMs } = state.estimate;
  return Math.max(0, runnable + unseenLoad(state.ledger, sampledMs, LOAD_TAU_MS));
}
