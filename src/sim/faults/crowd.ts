/**
 * The users of a trial: dsh called everywhere, agents that die, nodes asked for and never used. Each
 * job's life is told to the daemon that placed it, as long as it is the same daemon.
 */
import { AGENT, type Daemon } from '../daemon.ts';
import type { Run } from '../machine.ts';
import { exponential, pick } from '../random.ts';
import { noWishes } from '../../core/wire/control.ts';
import type { World, WorldNode } from '../world.ts';
import { JOB_MS_MAX, type Scenario } from './scenario.ts';
import type { ControlReply } from '../../core/wire/control.ts';

export interface Asked {
  readonly caller: WorldNode;
  readonly client: number;
  readonly atMs: number;
  /** The daemon's whole state when it was asked: another one means that it was started since. */
  readonly state: unknown;
}

export interface Crowd {
  /** The callers on that node are gone; what they started ends with them. */
  callersDie(index: number): void;
  /** Hears each answer; undefined: the daemon died. */
  onAnswer: ((asked: Asked, reply: ControlReply | undefined) => void) | undefined;
  /** Questions without an answer so far. */
  readonly open: Set<Asked>;
  ask(caller: WorldNode, client: number, answered: (reply: ControlReply | undefined) => void): void;
}

interface Work {
  readonly caller: number;
  readonly client: number;
  readonly target: WorldNode;
  readonly run: Run;
}

const REMOTE_START_MS = 200;
const CONNECT_TIMEOUT_MS = 1000;
/** A remote command ends within so long after its caller. */
const LEASE_MS = 1000;

export function createCrowd(world: World, scenario: Scenario): Crowd {
  const { agenda, nodes } = world;
  const random = world.random('crowd');
  const works = new Set<Work>();
  let lastClient = AGENT;

  const crowd: Crowd = {
    onAnswer: undefined,
    open: new Set(),
    callersDie: (index) => endWorks(({ caller }) => caller === index),
    ask(caller, client, answered) {
      const asked = { caller, client, atMs: agenda.nowMs(), state: caller.daemon.state() };
      crowd.open.add(asked);
      const wishes = { ...noWishes, cpus: random() < 0.1 ? 2 : 1 };
      caller.daemon.ask(client, { op: 'place', wishes, explain: false }, (reply) => {
        crowd.open.delete(asked);
        crowd.onAnswer?.(asked, reply);
        answered(reply);
      });
    },
  };

  function arrive(): void {
    if (agenda.nowMs() >= scenario.healMs - 1000) return;
    const up = nodes.filter(
      ({ downSinceMs, daemon }) => downSinceMs === undefined && daemon.state(),
    );
    // Now and then many at once, as from `make -j`.
    const count = random() < 0.02 ? 20 : 1;
    if (up.length > 0) {
      const caller = pick(random, up);
      for (let job = 0; job < count; job += 1) call(caller);
      if (random() < 0.05) caller.daemon.ask(AGENT, { op: 'best', wishes: noWishes }, () => {});
      if (random() < 0.01) restartAgent(caller);
    }
    agenda.at(agenda.nowMs() + exponential(random, 1000 / scenario.jobsPerSecond), arrive);
  }

  function call(caller: WorldNode): void {
    const isOwnClient = random() < 0.3;
    const client = isOwnClient ? (lastClient += 1) : AGENT;
    if (isOwnClient) caller.daemon.openClient(client);
    crowd.ask(caller, client, (reply) => {
      if (reply?.op === 'placed') carry(caller, client, reply);
    });
    if (isOwnClient) {
      const untilMs = agenda.nowMs() + random() * 2 * JOB_MS_MAX;
      agenda.at(Math.min(untilMs, scenario.healMs - 500), () => closeClient(caller, client));
    }
  }

  function carry(caller: WorldNode, client: number, reply: ControlReply & { op: 'placed' }): void {
    const target = nodes.find(({ node }) => node.name === reply.node)!;
    const tell = whileSame(caller.daemon, (op: 'started' | 'ended' | 'unreachable') =>
      caller.daemon.tell(client, { op, job: reply.job }),
    );
    if (target.downSinceMs !== undefined) {
      agenda.at(agenda.nowMs() + CONNECT_TIMEOUT_MS, () => tell('unreachable'));
      return;
    }
    agenda.at(agenda.nowMs() + (reply.here ? 5 : REMOTE_START_MS), () => {
      if (target.downSinceMs !== undefined || caller.downSinceMs !== undefined) {
        tell('ended');
        return;
      }
      tell('started');
      const job = { workMs: Math.min(exponential(random, 1000), 3000), threads: 1, memoryBytes: 0 };
      const run = target.machine.start(job, () => {
        works.delete(work);
        tell('ended');
      });
      const work: Work = { caller: caller.index, client, target, run };
      works.add(work);
      // Processor sharing may stretch it; users lose their patience.
      agenda.at(agenda.nowMs() + JOB_MS_MAX - 1000, () => {
        if (!works.delete(work)) return;
        target.machine.kill(run);
        tell('ended');
      });
    });
  }

  function restartAgent(caller: WorldNode): void {
    closeClient(caller, AGENT);
    caller.daemon.openClient(AGENT);
  }

  function closeClient(caller: WorldNode, client: number): void {
    caller.daemon.closeClient(client);
    // Who has hung up is not answered.
    for (const asked of crowd.open) {
      if (asked.caller === caller && asked.client === client) crowd.open.delete(asked);
    }
    endWorks((work) => work.caller === caller.index && work.client === client);
  }

  function endWorks(belongs: (work: Work) => boolean): void {
    for (const work of works) {
      if (!belongs(work)) continue;
      works.delete(work);
      agenda.at(agenda.nowMs() + LEASE_MS, () => work.target.machine.kill(work.run));
    }
  }

  agenda.at(scenario.faultsMs / 2, arrive);
  return crowd;
}

/** A daemon that was started since knows nothing of the job, and numbers its own anew. */
function whileSame<T>(daemon: Daemon, tell: (value: T) => void): (value: T) => void {
  const state = daemon.state();
  return (value) => {
    if (daemon.state() === state) tell(value);
  };
}
