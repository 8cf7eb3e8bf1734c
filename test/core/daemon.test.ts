import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/core/cluster.ts';
import { knownNodes } from '../../src/core/daemon.ts';
import { builtinPolicies } from '../../src/core/policy.ts';
import { countLive } from '../../src/core/ledger.ts';
import { contentsOf } from '../support/table-contents.ts';
import { anywhere, countChoices, createVirtualCluster, idle } from '../support/virtual-cluster.ts';

const four = [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }, { name: 'h4' }];
const TICK_MS = 1500;

function known(cluster: ReturnType<typeof createVirtualCluster>, name: string): string[] {
  const nodes = knownNodes(cluster.states.get(name)!, cluster.nowMs());
  return nodes.map((node) => node.name).sort();
}

describe('the table', () => {
  it('knows everybody at once after the start', () => {
    const cluster = createVirtualCluster({ nodes: four });
    for (const { name } of four) expect(known(cluster, name)).toEqual(['h1', 'h2', 'h3', 'h4']);
  });

  it('has the version of each daemon', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const views = knownNodes(cluster.states.get('h1')!, cluster.nowMs());
    expect(views.map(({ version }) => version)).toEqual(['1.2.3', '1.2.3', '1.2.3', '1.2.3']);
  });

  it('drops a node that is silent for maxloops ticks, and not before', () => {
    const cluster = createVirtualCluster({ nodes: four });
    cluster.run(10 * TICK_MS);
    cluster.kill('h2');
    cluster.run(3.5 * TICK_MS);
    expect(known(cluster, 'h1')).toContain('h2');
    cluster.run(3.2 * TICK_MS);
    for (const name of ['h1', 'h3', 'h4']) expect(known(cluster, name)).not.toContain('h2');
  });

  it('has a restarted node back within a tick', () => {
    const cluster = createVirtualCluster({ nodes: four });
    cluster.kill('h2');
    cluster.run(10 * TICK_MS);
    cluster.start('h2');
    cluster.run(1.2 * TICK_MS);
    expect(known(cluster, 'h1')).toContain('h2');
    expect(known(cluster, 'h2')).toEqual(['h1', 'h2', 'h3', 'h4']);
  });

  it('does not take a node that is silent for three ticks', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }] });
    cluster.measure('h1', { runnable: 64 });
    cluster.kill('h2');
    cluster.run(3.5 * TICK_MS);
    expect(cluster.ask('h1', 'place')).toMatchObject({ op: 'placed', node: 'h1', here: true });
  });
});

describe('choices under policy fresh', () => {
  it('names each of four equal nodes twice in eight calls', () => {
    const cluster = createVirtualCluster({ nodes: four });
    expect(countChoices(cluster, 'h1', 'best', 8)).toEqual({ h1: 2, h2: 2, h3: 2, h4: 2 });
  });

  it('shares by the load weights 1, 2, 2 and 4', () => {
    const weights = [1, 2, 2, 4];
    const nodes = four.map(({ name }, index) => ({ name, loadWeight: weights[index]! }));
    const cluster = createVirtualCluster({ nodes });
    expect(countChoices(cluster, 'h4', 'best', 9)).toEqual({ h1: 4, h2: 2, h3: 2, h4: 1 });
  });

  it('sees what another daemon has placed a moment ago', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const counts: Record<string, number> = {};
    for (const from of ['h1', 'h2', 'h3', 'h4', 'h1', 'h2', 'h3', 'h4']) {
      // Records of the last 5 ms are taken for answers.
      cluster.run(10);
      for (const [name, count] of Object.entries(countChoices(cluster, from, 'place', 1))) {
        counts[name] = (counts[name] ?? 0) + count;
      }
    }
    expect(counts).toEqual({ h1: 2, h2: 2, h3: 2, h4: 2 });
  });

  it('spreads questions that come in the same instant', () => {
    const cluster = createVirtualCluster({ nodes: four });
    for (let id = 1; id <= 32; id += 1) {
      cluster.tell('h1', { op: 'place', id, wishes: anywhere, explain: false });
    }
    cluster.run(100);
    const jobs = [...cluster.states.values()].map((state) => countLive(state.ledger));
    expect(jobs).toEqual([8, 8, 8, 8]);
  });

  it('avoids a busy node, one short of memory and one that drains', () => {
    const cluster = createVirtualCluster({ nodes: four });
    cluster.measure('h1', { runnable: 40 });
    cluster.measure('h2', { freeBytes: 0.01 * idle.totalBytes });
    cluster.states.get('h3')!.draining = true;
    cluster.run(5000);
    cluster.measure('h1', { runnable: 40 });
    expect(countChoices(cluster, 'h1', 'best', 4)).toEqual({ h4: 4 });
  });

  it('takes a node short of memory when there is no other', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }] });
    cluster.measure('h1', { freeBytes: 0 });
    expect(cluster.ask('h1', 'place')).toMatchObject({ op: 'placed', node: 'h1' });
  });

  it('refuses what fits nowhere, and says why for each node', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }] });
    const reply = cluster.ask('h1', 'place', { memoryBytes: 2 ** 40, exclude: ['h2'] });
    expect(reply).toMatchObject({ op: 'refused' });
    const { reason } = reply as { reason: string };
    expect(reason).toContain('h1 too little free memory for --mem');
    expect(reason).toContain('h2 excluded by -x');
  });

  it('goes by the order that it is given', () => {
    const cluster = createVirtualCluster({ nodes: four });
    cluster.measure('h3', { runnable: 50 });
    const reply = cluster.ask('h1', 'place', { order: ['nowhere', 'h3', 'h2'] });
    expect(reply).toMatchObject({ op: 'placed', node: 'h3' });
  });

  it('does not wait longer than twice 20 ms for a node that died a moment ago', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }] });
    cluster.kill('h2');
    const startedMs = cluster.nowMs();
    expect(cluster.ask('h1', 'place')).toMatchObject({ op: 'placed', node: 'h1' });
    expect(cluster.nowMs() - startedMs).toBeLessThanOrEqual(41);
  });
});

describe('policy seed', () => {
  it('adds a virtual load that only the asking daemon knows, for five seconds', () => {
    const cluster = createVirtualCluster({ nodes: four, policy: builtinPolicies['seed']! });
    expect(countChoices(cluster, 'h1', 'best', 8)).toEqual({ h1: 2, h2: 2, h3: 2, h4: 2 });
    expect(cluster.states.get('h1')!.promised.size).toBe(8);
    expect(cluster.states.get('h2')!.ledger.holds).toEqual([]);
    cluster.run(7000);
    expect(cluster.states.get('h1')!.promised.size).toBe(0);
  });

  it('shares by the weights', () => {
    const nodes = [
      { name: 'h1', loadWeight: 1 },
      { name: 'h2', loadWeight: 2 },
    ];
    const cluster = createVirtualCluster({ nodes, policy: builtinPolicies['seed']! });
    const counts = countChoices(cluster, 'h1', 'best', 30);
    expect(counts['h1']).toBeGreaterThanOrEqual(19);
    expect(counts['h1']).toBeLessThanOrEqual(21);
  });
});

describe('the life of a job', () => {
  function placeOn(cluster: ReturnType<typeof createVirtualCluster>, node: string): number {
    const reply = cluster.ask('h1', 'place', { only: [node] });
    if (reply.op !== 'placed') throw new Error('refused');
    return reply.job;
  }

  it.each(['h1', 'h2'])('is counted at %s from its reservation to its end', (node) => {
    const cluster = createVirtualCluster({ nodes: four });
    const job = placeOn(cluster, node);
    // The answer does not wait for a node to which there is no alternative.
    cluster.run(10);
    const jobs = (): number =>
      knownNodes(cluster.states.get(node)!, cluster.nowMs()).find(({ name }) => name === node)!
        .jobs;
    expect(jobs()).toBe(1);
    cluster.tell('h1', { op: 'started', job });
    cluster.run(5000);
    expect(jobs()).toBe(1);
    cluster.tell('h1', { op: 'ended', job });
    cluster.run(10);
    expect(jobs()).toBe(0);
  });

  it('ends when its client is gone', () => {
    const cluster = createVirtualCluster({ nodes: four });
    placeOn(cluster, 'h2');
    placeOn(cluster, 'h1');
    cluster.feed('h1', { type: 'client-closed', client: 1 });
    cluster.run(10);
    expect(cluster.states.get('h1')!.jobs.size).toBe(0);
    expect(countLive(cluster.states.get('h1')!.ledger)).toBe(0);
    expect(countLive(cluster.states.get('h2')!.ledger)).toBe(0);
  });

  it('is ended only by the client that owns it', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const job = placeOn(cluster, 'h2');
    cluster.feed('h1', { type: 'client-opened', client: 2 });
    cluster.feed('h1', { type: 'request', client: 2, request: { op: 'ended', job } });
    cluster.run(10);
    expect(countLive(cluster.states.get('h2')!.ledger)).toBe(1);
  });

  it('heals within two ticks when its ENDED is lost', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const job = placeOn(cluster, 'h2');
    cluster.tell('h1', { op: 'started', job });
    cluster.run(2 * TICK_MS);
    cluster.lose = () => true;
    cluster.tell('h1', { op: 'ended', job });
    cluster.lose = () => false;
    const live = (): number => countLive(cluster.states.get('h2')!.ledger);
    expect(live()).toBe(1);
    cluster.run(2.2 * TICK_MS);
    expect(live()).toBe(0);
  });

  it('is forgotten by its node when the daemon that placed it dies', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const job = placeOn(cluster, 'h2');
    cluster.tell('h1', { op: 'started', job });
    cluster.kill('h1');
    cluster.run(8 * TICK_MS);
    expect(countLive(cluster.states.get('h2')!.ledger)).toBe(0);
  });

  it('keeps a client from a node that it could not reach, and only that client', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }] });
    cluster.measure('h1', { runnable: 50 });
    const reply = cluster.ask('h1', 'place');
    expect(reply).toMatchObject({ op: 'placed', node: 'h2' });
    cluster.tell('h1', { op: 'unreachable', job: (reply as { job: number }).job });
    expect(cluster.ask('h1', 'place')).toMatchObject({ op: 'placed', node: 'h1' });
    cluster.feed('h1', { type: 'client-opened', client: 2 });
    const other = { op: 'place', id: 99, wishes: anywhere, explain: false } as const;
    cluster.feed('h1', { type: 'request', client: 2, request: other });
    cluster.run(50);
    const placed = [...cluster.states.get('h1')!.jobs.values()];
    expect(placed.filter(({ client }) => client === 2).map(({ node }) => node)).toEqual([
      nodeId('h2'),
    ]);
  });
});

describe('packets', () => {
  it('changes nothing for a stranger, a forged sender or garbage', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const state = cluster.states.get('h1')!;
    const taken: Uint8Array[] = [];
    cluster.lose = (_from, _to, bytes) => {
      taken.push(bytes);
      return false;
    };
    cluster.run(2 * TICK_MS);
    const before = contentsOf(state.table);
    const refused = state.counters.packetsRefused;
    for (const from of [undefined, nodeId('h1')]) {
      cluster.feed('h1', { type: 'datagram', from, bytes: taken[0]! });
    }
    cluster.feed('h1', { type: 'datagram', from: nodeId('h2'), bytes: new Uint8Array(80) });
    expect(contentsOf(state.table)).toEqual(before);
    expect(state.counters.packetsRefused).toBe(refused + 3);
  });
});

describe('a new cluster file', () => {
  it('keeps what is known of the nodes that stay', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const state = cluster.states.get('h1')!;
    const peers = state.cluster.peers.filter(({ name }) => name !== 'h4');
    cluster.feed('h1', {
      type: 'configured',
      cluster: { self: state.cluster.self, peers },
      policy: state.policy,
    });
    expect(known(cluster, 'h1')).toEqual(['h1', 'h2', 'h3']);
  });
});
