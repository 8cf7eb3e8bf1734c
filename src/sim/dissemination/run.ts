/** How a large cluster knows itself: the daemons without jobs, until their tables are in balance. */
import { ageOf } from '../../core/table.ts';
import { meanOf, quantileOf } from '../statistics.ts';
import { createWorld, type World } from '../world.ts';

export interface DisseminationResult {
  readonly packetsPerSecond: number;
  /** With IP and UDP headers. */
  readonly bytesPerSecond: number;
  /** Of all records of others that a node has, at one instant. */
  readonly ageP50Ms: number;
  readonly ageMeanMs: number;
  readonly ageP99Ms: number;
  /** Of all others, in the mean over the nodes. */
  readonly known: number;
  /** Known from records of at most a tick. */
  readonly fresh: number;
  readonly virtualMs: number;
}

/**
 * Tables are asked for at the start; then news has to come round several times. Of ten thousand nodes
 * the oldest hundredth of the records is not yet as old as it would become: p99 is what it is by then.
 */
const SETTLING_MS = 30_000;
/** In which packets are counted: ticks are spread evenly by then. */
const COUNTED_MS = 6000;
const FRESH_MS = 1500;
const UDP_HEADER_BYTES = 28;
/** Nodes whose tables are looked at: each has as many records as there are nodes. */
const LOOKED_AT_MAX = 200;

export function runDissemination(nodes: number, seed: number): DisseminationResult {
  const spec = { cpus: 4, speed: 1, totalBytes: 16 * 2 ** 30 };
  const world = createWorld({
    seed,
    nodes: Array.from({ length: nodes }, () => spec),
    samples: false,
  });
  const { agenda, network } = world;
  agenda.run(SETTLING_MS);
  const before = { ...network.counts };
  agenda.run(agenda.nowMs() + COUNTED_MS);
  const packets = network.counts.packets - before.packets;
  const bytes = network.counts.bytes - before.bytes + packets * UDP_HEADER_BYTES;
  const nodeSeconds = (nodes * COUNTED_MS) / 1000;
  const traffic = {
    packetsPerSecond: packets / nodeSeconds,
    bytesPerSecond: bytes / nodeSeconds,
    virtualMs: agenda.nowMs(),
  };
  return { ...traffic, ...lookAtTables(world) };
}

function lookAtTables({
  nodes,
}: World): Omit<DisseminationResult, 'packetsPerSecond' | 'bytesPerSecond' | 'virtualMs'> {
  const lookedAt = nodes.filter(
    (_, index) => index % Math.ceil(nodes.length / LOOKED_AT_MAX) === 0,
  );
  const ages: number[] = [];
  let fresh = 0;
  for (const { daemon } of lookedAt) {
    const { table } = daemon.state()!;
    for (let slot = 0; slot < table.known.length; slot += 1) {
      const ageMs = ageOf(table, slot, daemon.localMs());
      if (ageMs === Infinity) continue;
      ages.push(ageMs);
      if (ageMs <= FRESH_MS) fresh += 1;
    }
  }
  const sorted = Float64Array.from(ages).sort();
  return {
    ageP50Ms: quantileOf(sorted, 0.5),
    ageMeanMs: meanOf(ages),
    ageP99Ms: quantileOf(sorted, 0.99),
    known: ages.length / lookedAt.length,
    fresh: fresh / lookedAt.length,
  };
}
