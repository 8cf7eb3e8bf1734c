/**
 * I1: three ticks after the last fault all daemons know all nodes, from records that are not older
 * than a tick, and what they believe of a node is what it last said. Where a node does not tell all
 * others each tick, a record may be as old as can be believed, and what it says is compared only if it is
 * the last that was said.
 */
import { TICK_MS } from '../../../core/daemon-state.ts';
import { FAN_OUT_MAX, USABLE_TICKS } from '../../../core/thresholds.ts';
import { listViews, type View } from '../../views.ts';
import type { WorldNode } from '../../world.ts';
import type { Check } from '../check.ts';

const TICK_LONGEST_MS = 1650;
/** A record has so long to get there: a packet's delay, and the lateness of two timers. */
const TRAVEL_MS = 10;
/** A record has 1/64 of a process for its smallest figure, and nine bits for a large one. */
const LOAD_STEP = 1 / 64;
const LOAD_SHARE = 1 / 256;

export const checkEqualViews: Check = ({ world, violate }) => ({
  onSettled() {
    const isMesh = world.nodes.length <= FAN_OUT_MAX + 1;
    const oldestMs = TRAVEL_MS + (isMesh ? TICK_LONGEST_MS : USABLE_TICKS * TICK_MS);
    for (const { node, daemon } of world.nodes) {
      const state = daemon.state()!;
      const views = new Map(listViews(state, daemon.localMs()).map((view) => [view.id, view]));
      for (const other of world.nodes) {
        if (other.node.id === node.id) continue;
        const view = views.get(other.node.id);
        const ageMs = view ? daemon.localMs() - view.bornMs : Infinity;
        if (!view || ageMs > oldestMs) {
          violate('I1', `${node.name} heard of ${other.node.name} ${ageMs} ms ago`);
        } else if ((isMesh || isLatest(ageMs, other)) && !isAsSaid(view, other)) {
          violate('I1', `${node.name} believes load ${view.load} of ${other.node.name}`);
        }
      }
    }
  },
});

function isLatest(ageMs: number, { daemon }: WorldNode): boolean {
  return ageMs <= daemon.localMs() - daemon.state()!.lastSentMs + TRAVEL_MS;
}

function isAsSaid(view: View, { daemon }: WorldNode): boolean {
  const state = daemon.state()!;
  // What it says just now may be on its way.
  if (daemon.localMs() - state.lastSentMs < TRAVEL_MS) return true;
  const step = Math.max(LOAD_STEP, LOAD_SHARE * state.lastSentLoad);
  return view.epoch === state.epoch && Math.abs(view.load - state.lastSentLoad) <= step;
}
