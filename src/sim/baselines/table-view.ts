/** What a caller's daemon knows of the nodes: the figures of the last ticks, as the rules see them. */
import { listViews } from '../views.ts';
import type { World } from '../world.ts';

export interface StaleNode {
  readonly index: number;
  readonly cpus: number;
  /** CPUs times speed. */
  readonly capacity: number;
  /** Run queue averaged over a second, and over a minute. */
  readonly load: number;
  readonly loadavg: number;
  readonly ageMs: number;
}

/** All nodes known there, itself included; empty while its daemon is down. */
export function readTable(world: World, caller: number): StaleNode[] {
  const { daemon } = world.nodes[caller]!;
  const state = daemon.state();
  if (!state) return [];
  const own = {
    index: caller,
    cpus: state.measurement.cpus,
    capacity: state.measurement.cpus * world.nodes[caller]!.spec.speed,
    load: state.estimate.runnable,
    loadavg: state.measurement.loadavg,
    ageMs: 0,
  };
  const others = listViews(state, daemon.localMs()).map(({ id, bornMs, cpus, load, loadavg }) => {
    const index = world.indexOf(id);
    const { speed } = world.nodes[index]!.spec;
    const ageMs = daemon.localMs() - bornMs;
    return { index, cpus, capacity: cpus * speed, load, loadavg, ageMs };
  });
  return [own, ...others];
}
