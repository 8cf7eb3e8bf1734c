/** The kinds of faults. Each draws from a generator of its own, so that others can be left out. */
import { START_OF_2026_MS } from '../daemon.ts';
import { exponential, pick, type Random } from '../random.ts';
import { harmPackets, replayPackets } from './packet-faults.ts';
import type { Trial } from './trial.ts';

export interface FaultClass {
  readonly name: string;
  readonly what: string;
  /** Plans its faults; all are over when the trial heals. */
  begin(trial: Trial, random: Random): void;
}

/** The longest that a single fault lasts. */
const FAULT_MS_MAX = 2000;
const STALL_MS = 2000;

export const faultClasses: readonly FaultClass[] = [
  {
    name: 'loss',
    what: 'up to 30 % of all packets are lost',
    begin: ({ world }, random) => void (world.network.rules.loss = 0.3 * random()),
  },
  {
    name: 'duplication',
    what: 'up to 20 % of all packets come twice',
    begin: ({ world }, random) => void (world.network.rules.duplication = 0.2 * random()),
  },
  {
    name: 'reordering',
    what: 'up to 20 % of all packets are held up by 100 ms on average',
    begin: ({ world }, random) => void (world.network.rules.reordering = 0.2 * random()),
  },
  {
    name: 'partition',
    what: 'the network falls into two parts, for up to 12 s, sometimes one way only',
    begin: (trial, random) => repeat(trial, random, 15_000, () => partition(trial, random)),
  },
  {
    name: 'swizzle',
    what: 'links stop one by one and come back in another order',
    begin: (trial, random) => repeat(trial, random, 10_000, () => swizzle(trial, random)),
  },
  {
    name: 'crash',
    what: 'machines die, with all that runs there, and boot after up to 15 s',
    begin: (trial, random) =>
      repeat(trial, random, 10_000, () => {
        const { index } = pick(random, trial.world.nodes);
        trial.world.crash(index);
        trial.crowd.callersDie(index);
        later(trial, random() * 15_000, () => trial.world.boot(index));
      }),
  },
  {
    name: 'restart',
    what: 'daemons are killed, and started again after up to 5 s',
    begin: (trial, random) =>
      repeat(trial, random, 8000, () => {
        const { daemon, downSinceMs } = pick(random, trial.world.nodes);
        if (downSinceMs !== undefined) return;
        daemon.kill();
        later(trial, random() * 5000, () => {
          if (!daemon.state()) daemon.start();
        });
      }),
  },
  {
    name: 'stall',
    what: 'daemons are held up for up to 2 s',
    begin: (trial, random) =>
      repeat(trial, random, 3000, () =>
        pick(random, trial.world.nodes).daemon.stall(random() * STALL_MS),
      ),
  },
  {
    name: 'clock',
    what: 'clocks on the wall are set, by seconds to hours, one of them while its daemon is down',
    begin(trial, random) {
      repeat(trial, random, 5000, () => {
        const stepMs = (random() - 0.5) * 10 ** (3 + 4 * random());
        pick(random, trial.world.nodes).daemon.stepClock(stepMs);
      });
      restartWithOldClock(trial, random);
    },
  },
  {
    name: 'wrap',
    what: 'it is a day on which record numbers pass 2^32',
    begin: (trial) => setClocksToWrap(trial),
  },
  {
    name: 'reserve',
    what: 'half of the RESERVEs are lost',
    begin: (trial, random) => harmPackets(trial, random, ['reserve'], 0.5),
  },
  {
    name: 'end',
    what: 'half of the STARTEDs and ENDEDs are lost or come seconds late',
    begin: (trial, random) => harmPackets(trial, random, ['started', 'ended'], 0.5),
  },
  {
    name: 'replay',
    what: 'packets of the past, whole, cut or changed, are sent again',
    begin: (trial, random) => replayPackets(trial, random),
  },
];

export const faultClassNames = faultClasses.map(({ name }) => name);

function partition(trial: Trial, random: Random): void {
  const { network, nodes } = trial.world;
  const side = nodes.map(() => random() < 0.5);
  const oneWay = random() < 0.3;
  for (const { index: from } of nodes) {
    for (const { index: to } of nodes) {
      if (side[from] !== side[to] && !(oneWay && side[from])) network.cut(from, to);
    }
  }
  later(trial, 1000 + random() * 11_000, () => network.mendAll());
}

function swizzle(trial: Trial, random: Random): void {
  const { network, nodes } = trial.world;
  const links = nodes
    .flatMap(({ index: from }) => nodes.map(({ index: to }) => ({ from, to })))
    .filter(() => random() < 0.3);
  for (const { from, to } of links) {
    later(trial, random() * 4000, () => network.cut(from, to));
    later(trial, 4000 + random() * 4000, () => network.mend(from, to));
  }
}

/** The worst is to start anew with a clock that was set back, just after another has started. */
function restartWithOldClock({ world, scenario }: Trial, random: Random): void {
  const { nodes, agenda } = world;
  const late = 1 + Math.floor(random() * (nodes.length - 1));
  const early = Math.floor(random() * late);
  const shortlyMs = scenario.healMs - 500;
  agenda.at(shortlyMs, () => {
    nodes[late]!.daemon.stepClock(-60_000 * random());
    // Healing starts what is down, in the order of the nodes.
    for (const index of [early, late]) nodes[index]!.daemon.kill();
  });
}

/** Records are numbered by the wall's quarters of a millisecond, modulo 2^32: twelve days. */
const WRAP_MS = 2 ** 30;

function setClocksToWrap({ world, scenario }: Trial): void {
  const wrapMs = START_OF_2026_MS + (scenario.faultsMs + scenario.healMs) / 2;
  for (const { daemon } of world.nodes) daemon.stepClock(WRAP_MS - (wrapMs % WRAP_MS));
}

/** Lets `act` happen every `meanMs` or so while there are faults. */
function repeat(trial: Trial, random: Random, meanMs: number, act: () => void): void {
  const { world, scenario } = trial;
  const plan = (afterMs: number): void => {
    const dueMs = afterMs + exponential(random, meanMs);
    if (dueMs > scenario.healMs - FAULT_MS_MAX) return;
    world.agenda.at(dueMs, () => {
      act();
      plan(dueMs);
    });
  };
  plan(scenario.faultsMs);
}

/** The end of a fault; healing ends those that would last longer. */
function later({ world, scenario }: Trial, afterMs: number, act: () => void): void {
  const dueMs = world.agenda.nowMs() + afterMs;
  if (dueMs < scenario.healMs) world.agenda.at(dueMs, act);
}
