/** I4: a load is a number and not below zero; that of an idle cluster is zero, and no debt. */
import { liveJobsOf, loadOf, rawLoadOf } from '../../views.ts';
import type { Check } from '../check.ts';

/** What fades is below what a record can say. */
const NOTHING = 1 / 128;

export const checkLoads: Check = ({ world, violate }) => ({
  onSecond() {
    for (const { node, daemon } of world.nodes) {
      const state = daemon.state();
      if (!state) continue;
      const load = loadOf(state);
      if (!(load >= 0) || !Number.isFinite(load)) violate('I4', `${node.name} has load ${load}`);
    }
  },
  onIdle() {
    for (const { node, daemon } of world.nodes) {
      const state = daemon.state()!;
      const load = rawLoadOf(state);
      const jobs = liveJobsOf(state);
      if (Math.abs(load) < NOTHING && jobs === 0) continue;
      violate('I4', `${node.name} is idle and has load ${load} and ${jobs} jobs`);
    }
  },
});
