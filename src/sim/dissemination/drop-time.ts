/** How soon the others see that a node has died, and when they forget it. */
import { knownNodes } from '../../core/daemon.ts';
import { createWorld } from '../world.ts';

export interface DropTime {
  /** Until no table has a usable record of it. */
  readonly unusableMs: number;
  /** Until no table names it. */
  readonly droppedMs: number;
}

const STEP_MS = 50;
const LIMIT_MS = 300_000;

export function measureDropTime(nodes: number, seed: number): DropTime {
  const spec = { cpus: 4, speed: 1, totalBytes: 16 * 2 ** 30 };
  const world = createWorld({ seed, nodes: Array.from({ length: nodes }, () => spec) });
  const { agenda } = world;
  agenda.run(20_000 + world.random('death')() * 1500);
  const dead = world.nodes[0]!;
  world.crash(0);
  const diedMs = agenda.nowMs();
  const waitFor = (isSeen: (state: string | undefined) => boolean): number => {
    while (agenda.nowMs() - diedMs < LIMIT_MS) {
      const isEverywhere = world.nodes.slice(1).every(({ daemon }) => {
        const views = knownNodes(daemon.state()!, daemon.localMs());
        return isSeen(views.find(({ name }) => name === dead.node.name)?.state);
      });
      if (isEverywhere) return agenda.nowMs() - diedMs;
      agenda.run(agenda.nowMs() + STEP_MS);
    }
    return Infinity;
  };
  const unusableMs = waitFor((state) => state === undefined || state === 'silent');
  return { unusableMs, droppedMs: waitFor((state) => state === undefined) };
}
