/**
 * The users of a trial: dsh called everywhere, agents that die, nodes asked for and never used. Each
 * job's life is told to the daemon that placed it, as long as it is the same daemon.
 */
import { nodeId } from '../../core/cluster.ts';
import { AGENT, type Daemon } from '../daemon.ts';
import type { Run } from '../machine.ts';
import { exponential, pick, type Random } from '../random.ts';
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
const LOCAL_START_MS = 5;
const CONNECT_TIMEOUT_MS = 1000;
/** A remote command ends within so long after its caller. */
const LEASE_MS = 1000;

export function createCrowd(world: World, scenario: Scenario): Crowd {
  const crowd: LiveCrowd = {
    world,
    scenario,
    random: world.random('crowd'),
    works: new Set(),
    lastClient: AGENT,
    onAnswer: undefined,
    open: new Set(),
    callersDie: (index) => endWorks(crowd, ({ caller }) => caller === index),
    ask: (caller, client, answered) => ask(crowd, caller, client, answered),
  };
  world.agenda.at(scenario.faultsMs / 2, () => arrive(crowd));
  return crowd;
}

interface LiveCrowd extends Crowd {
  readonly world: World;
  readonly scenario: Scenario;
  readonly random: Random;
  readonly works: Set<Work>;
  lastClient: number;
}

function ask(
  crowd: LiveCrowd,
  caller: WorldNode,
  client: number,
  answered: (reply: ControlReply | undefined) => void,
): void {
  const { agenda } = crowd.world;
  const asked = { caller, client, atMs: agenda.nowMs(), state: caller.daemon.state() };
  crowd.open.add(asked);
  const wishes = { ...noWishes, cpus: crowd.random() < 0.1 ? 2 : 1 };
  caller.daemon.ask(client, { op: 'place', wishes, explain: false }, (reply) => {
    crowd.open.delete(asked);
    crowd.onAnswer?.(asked, reply);
    answered(reply);
  });
}

/** One call, or now and then many at once, as from `make -j`; then the next is planned. */
function arrive(crowd: LiveCrowd): void {
  const { world, scenario, random } = crowd;
  const { agenda, nodes } = world;
  if (agenda.nowMs() >= scenario.healMs - 1000) return;
  const up = nodes.filter(({ downSinceMs, daemon }) => downSinceMs === undefined && daemon.state());
  if (up.length > 0) {
    const caller = pick(random, up);
    const count = random() < 0.02 ? 20 : 1;
    for (let job = 0; job < count; job += 1) call(crowd, caller);
    if (random() < 0.05) caller.daemon.ask(AGENT, { op: 'best', wishes: noWishes }, () => {});
    if (random() < 0.01) {
      closeClient(crowd, caller, AGENT);
      caller.daemon.openClient(AGENT);
    }
  }
  const waitMs = exponential(random, 1000 / scenario.jobsPerSecond);
  agenda.at(agenda.nowMs() + waitMs, () => arrive(crowd));
}

/** Through the agent, or as a client of its own, which hangs up some time. */
function call(crowd: LiveCrowd, caller: WorldNode): void {
  const { world, scenario, random } = crowd;
  const isOwnClient = random() < 0.3;
  if (isOwnClient) crowd.lastClient += 1;
  const client = isOwnClient ? crowd.lastClient : AGENT;
  if (isOwnClient) caller.daemon.openClient(client);
  crowd.ask(caller, client, (reply) => {
    if (reply?.op === 'placed') carry(crowd, caller, client, reply);
  });
  if (!isOwnClient) return;
  const untilMs = world.agenda.nowMs() + random() * 2 * JOB_MS_MAX;
  world.agenda.at(Math.min(untilMs, scenario.healMs - 500), () =>
    closeClient(crowd, caller, client),
  );
}

function carry(
  { world, random, works }: LiveCrowd,
  caller: WorldNode,
  client: number,
  reply: ControlReply & { op: 'placed' },
): void {
  const { agenda, nodes } = world;
  const target = nodes[world.indexOf(nodeId(reply.node))]!;
  const tell = whileSame(caller.daemon, (op: 'started' | 'ended' | 'unreachable') =>
    caller.daemon.tell(client, { op, job: reply.job }),
  );
  const later = (afterMs: number, act: () => void): void =>
    agenda.at(agenda.nowMs() + afterMs, act);
  if (target.downSinceMs !== undefined) {
    later(CONNECT_TIMEOUT_MS, () => tell('unreachable'));
    return;
  }
  later(reply.here ? LOCAL_START_MS : REMOTE_START_MS, () => {
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
    later(JOB_MS_MAX - 1000, () => {
      if (!works.delete(work)) return;
      target.machine.kill(run);
      tell('ended');
    });
  });
}

function closeClient(crowd: LiveCrowd, caller: WorldNode, client: number): void {
  caller.daemon.closeClient(client);
  // Who has hung up is not answered.
  for (const asked of crowd.open) {
    if (asked.caller === caller && asked.client === client) crowd.open.delete(asked);
  }
  endWorks(crowd, (work) => work.caller === caller.index && work.client === client);
}

function endWorks({ world, works }: LiveCrowd, belongs: (work: Work) => boolean): void {
  for (const work of works) {
    if (!belongs(work)) continue;
    works.delete(work);
    world.agenda.at(world.agenda.nowMs() + LEASE_MS, () => work.target.machine.kill(work.run));
  }
}

/** A daemon that was started since knows nothing of the job, and numbers its own anew. */
function whileSame<T>(daemon: Daemon, tell: (value: T) => void): (value: T) => void {
  const state = daemon.state();
  return (value) => {
    if (daemon.state() === state) tell(value);
  };
}
