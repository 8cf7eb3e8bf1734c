/** The whole simulated cluster on a page: nodes with machine and daemon, and the network between. */
import { type ClusterNode, createRoster, plainNode } from '../core/cluster.ts';
import type { Policy } from '../core/policy.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import * as shippedCore from './core.ts';
import { type Core, createDaemon, type Daemon, type StepObserver } from './daemon.ts';
import { createAuthenticator } from './authenticator.ts';
import { createKernel, type Kernel, SAMPLE_MS } from './kernel.ts';
import { createMachine, type Machine, type MachineSpec } from './machine.ts';
import {
  calmNetwork,
  createNetwork,
  type Datagram,
  type Network,
  type NetworkRules,
} from './network.ts';
import { createRandom, type Random } from './random.ts';

export interface NodeSpec extends MachineSpec {
  readonly loadWeight?: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly nodes: readonly NodeSpec[];
  readonly core?: Core;
  readonly network?: Partial<NetworkRules>;
  readonly policy?: Policy;
  readonly maxLoops?: number;
  /** Packets are sealed with a key. */
  readonly isSealed?: boolean;
  readonly pushes?: boolean;
  readonly seesMemory?: boolean;
  /** False: no daemon runs, for rules that know nothing or everything. */
  readonly hasDaemons?: boolean;
  /** False: loads are never read, for those who look at the records' travels alone. */
  readonly samples?: boolean;
}

export interface WorldNode {
  readonly index: number;
  readonly node: ClusterNode;
  readonly spec: NodeSpec;
  readonly machine: Machine;
  readonly daemon: Daemon;
  /** When the machine died; undefined: it is up. */
  downSinceMs: number | undefined;
}

export interface World {
  readonly agenda: Agenda;
  readonly network: Network;
  readonly nodes: readonly WorldNode[];
  readonly core: Core;
  random(name: string): Random;
  indexOf(id: number): number;
  /** The machine loses its power: jobs, callers and daemon are gone. */
  crash(index: number): void;
  boot(index: number): void;
  /** Sees each step of every daemon. */
  observe(observer: StepObserver): void;
  /** Hands over a packet that an attacker sends, now; `onAttack` may look before and after. */
  attack(datagram: Datagram): void;
  onAttack: ((node: WorldNode, datagram: Datagram, handOver: () => void) => void) | undefined;
}

export function createWorld(options: WorldOptions): World {
  const { seed, core = shippedCore, hasDaemons = true, samples = true } = options;
  const agenda = createAgenda();
  const random = (name: string): Random => createRandom(seed, name);
  const members = options.nodes.map((spec, index) => memberOf(spec, index));
  const indices = new Map(members.map(({ id }, index) => [id, index]));
  const roster = createRoster(members);
  const rules = { ...calmNetwork, ...options.network };
  const network = createNetwork(agenda, random('network'), rules, deliver);

  const nodes = options.nodes.map((spec, index): WorldNode => {
    const machine = createMachine(agenda, spec);
    const kernel = createKernel(machine, random(`kernel ${index}`)(), options.seesMemory ?? true);
    const daemon = createNodeDaemon(index, kernel);
    return { index, node: members[index]!, spec, machine, daemon, downSinceMs: undefined };
  });

  function createNodeDaemon(index: number, kernel: Kernel): Daemon {
    return createDaemon({
      core,
      agenda,
      random: random(`daemon ${index}`),
      // All share one roster: tables are what a large cluster costs.
      cluster: { self: members[index]!, peers: [], roster },
      policy: options.policy ?? core.builtinPolicies['fresh']!,
      maxLoops: options.maxLoops ?? 5,
      authenticator: options.isSealed ? createAuthenticator(seed) : undefined,
      pushes: options.pushes ?? true,
      sample: () => kernel.sample(),
      send: (to, bytes) => network.send(index, indices.get(to)!, bytes),
    });
  }

  function deliver({ from, to, bytes }: Datagram): void {
    const node = nodes[to]!;
    if (node.downSinceMs === undefined) node.daemon.datagram(members[from]?.id, bytes);
  }

  function keepSampling(node: WorldNode): void {
    if (node.downSinceMs === undefined) node.daemon.measure();
    agenda.at(agenda.nowMs() + SAMPLE_MS, () => keepSampling(node));
  }

  for (const node of hasDaemons ? nodes : []) {
    const phase = createRandom(seed, `start ${node.index}`)();
    // Daemons start within a tick, so that their ticks are spread.
    agenda.at(phase * 1500, () => node.daemon.start());
    if (samples) agenda.at(phase * 1500 + phase * SAMPLE_MS, () => keepSampling(node));
  }

  const world: World = {
    agenda,
    network,
    nodes,
    onAttack: undefined,
    core,
    random,
    indexOf: (id) => indices.get(id)!,
    crash: (index) => turnOff(nodes[index]!, agenda.nowMs()),
    boot: (index) => turnOn(nodes[index]!),
    observe(observer) {
      for (const { daemon } of nodes) daemon.observe = observer;
    },
    attack(datagram) {
      const node = nodes[datagram.to]!;
      if (world.onAttack) world.onAttack(node, datagram, () => deliver(datagram));
      else deliver(datagram);
    },
  };
  return world;
}

function turnOff(node: WorldNode, nowMs: number): void {
  if (node.downSinceMs !== undefined) return;
  node.downSinceMs = nowMs;
  node.machine.killAll();
  node.daemon.kill();
}

function turnOn(node: WorldNode): void {
  if (node.downSinceMs === undefined) return;
  node.downSinceMs = undefined;
  node.daemon.start();
}

function memberOf(spec: NodeSpec, index: number): ClusterNode {
  return { ...plainNode(`n${index}`), speed: spec.speed, loadWeight: spec.loadWeight ?? 1 };
}
