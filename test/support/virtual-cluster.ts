/**
 * Several daemons' cores on a virtual network: real `step`, virtual time. Datagrams arrive after
 * `delayMs`; `lose` decides which do not.
 */
import { type Cluster, type ClusterNode, plainNode } from '../../src/core/cluster.ts';
import {
  createDaemonState,
  type DaemonState,
  type Effect,
  type Measurement,
} from '../../src/core/daemon-state.ts';
import { type DaemonEvent, nextWakeup, step } from '../../src/core/daemon.ts';
import { builtinPolicies, type Policy } from '../../src/core/policy.ts';
import type { ControlReply, ControlRequest, Wishes } from '../../src/core/wire/control.ts';
import { encodeVersion } from '../../src/core/wire/version.ts';
import { createRandom } from './random.ts';

export const idle: Measurement = {
  runnable: 0,
  loadavg: 0,
  cpus: 4,
  freeBytes: 8 * 2 ** 30,
  totalBytes: 16 * 2 ** 30,
  memoryPressure: 0,
};

export const anywhere: Wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };

export interface VirtualCluster {
  readonly states: Map<string, DaemonState>;
  nowMs(): number;
  /** Lets virtual time pass. */
  run(ms: number): void;
  feed(name: string, event: DaemonEvent): void;
  /** Sends a request of client 1 and runs until its answer is there. */
  ask(name: string, op: 'place' | 'best', wishes?: Partial<Wishes>): ControlReply;
  tell(name: string, request: ControlRequest): void;
  measure(name: string, measurement: Partial<Measurement>): void;
  kill(name: string): void;
  start(name: string): void;
  lose: (from: string, to: string, bytes: Uint8Array) => boolean;
  onReply: (reply: ControlReply) => void;
}

export interface VirtualClusterOptions {
  readonly nodes: readonly (Partial<ClusterNode> & { readonly name: string })[];
  readonly policy?: Policy;
  readonly seed?: number;
  readonly delayMs?: number;
}

export function createVirtualCluster(options: VirtualClusterOptions): VirtualCluster {
  const { policy = builtinPolicies['fresh']!, seed = 1, delayMs = 0.2 } = options;
  const nodes = options.nodes.map((node) => ({ ...plainNode(node.name), ...node }));
  const nameOf = new Map(nodes.map((node) => [node.id, node.name]));
  const random = createRandom(seed);
  const states = new Map<string, DaemonState>();
  const replies: ControlReply[] = [];
  let flying: { atMs: number; to: string; event: DaemonEvent }[] = [];
  let nowMs = 1000;
  let starts = 0;

  const cluster: VirtualCluster = {
    states,
    nowMs: () => nowMs,
    lose: () => false,
    onReply: () => {},
    run(ms) {
      const endMs = nowMs + ms;
      while (turn(endMs));
      nowMs = endMs;
    },
    feed(name, event) {
      const state = states.get(name);
      if (!state) return;
      for (const effect of step(state, event, nowMs, random)) perform(name, effect);
    },
    ask(name, op, wishes = {}) {
      const id = replies.length + 1;
      cluster.tell(name, { op, id, wishes: { ...anywhere, ...wishes }, explain: true });
      const endMs = nowMs + 10_000;
      while (replies.length < id && turn(endMs));
      const reply = replies.at(-1);
      if (!reply || replies.length < id) throw new Error(`${name} did not answer within 10 s`);
      return reply;
    },
    tell: (name, request) => cluster.feed(name, { type: 'request', client: 1, request }),
    measure(name, measurement) {
      cluster.feed(name, { type: 'measured', measurement: { ...idle, ...measurement } });
    },
    kill: (name) => void states.delete(name),
    start(name) {
      starts += 1;
      const daemonOptions = {
        // The clocks of all agree, and no two starts are at the same moment.
        epoch: 1_700_000_000_000 + Math.floor(nowMs) + starts,
        cluster: clusterOf(nodes, name),
        policy,
        maxLoops: 5,
        measurement: idle,
        version: encodeVersion('1.2.3'),
      };
      states.set(name, createDaemonState(daemonOptions, nowMs));
      cluster.feed(name, { type: 'client-opened', client: 1 });
    },
  };

  function perform(from: string, effect: Effect): void {
    if (effect.type === 'reply') {
      replies.push(effect.reply);
      cluster.onReply(effect.reply);
      return;
    }
    const to = nameOf.get(effect.to)!;
    if (cluster.lose(from, to, effect.bytes)) return;
    const sender = nodes.find(({ name }) => name === from)!.id;
    const event = { type: 'datagram', from: sender, bytes: effect.bytes } as const;
    flying.push({ atMs: nowMs + delayMs, to, event });
  }

  /** Takes the next thing that happens; false: nothing does before `endMs`. */
  function turn(endMs: number): boolean {
    flying.sort((a, b) => a.atMs - b.atMs);
    const packet = flying[0];
    let atMs = packet?.atMs ?? Infinity;
    let sleeper: string | undefined;
    for (const [name, state] of states) {
      if (nextWakeup(state) >= atMs) continue;
      atMs = nextWakeup(state);
      sleeper = name;
    }
    if (atMs > endMs) return false;
    nowMs = Math.max(nowMs, atMs);
    if (sleeper !== undefined) {
      cluster.feed(sleeper, { type: 'wakeup' });
    } else if (packet) {
      flying = flying.slice(1);
      cluster.feed(packet.to, packet.event);
    }
    return true;
  }

  for (const { name } of nodes) cluster.start(name);
  cluster.run(100);
  return cluster;
}

function clusterOf(nodes: readonly ClusterNode[], name: string): Cluster {
  return {
    self: nodes.find((node) => node.name === name)!,
    peers: nodes.filter((node) => node.name !== name),
  };
}

/** How often each node was named by `calls` answers of `op` from one daemon. */
export function countChoices(
  cluster: VirtualCluster,
  from: string,
  op: 'place' | 'best',
  calls: number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let call = 0; call < calls; call += 1) {
    const reply = cluster.ask(from, op);
    const name = reply.op === 'placed' ? reply.node : reply.op === 'best' ? reply.node.name : '-';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
