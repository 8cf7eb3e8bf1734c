/** What a choice and a tick take in the core, by the size of the cluster: no network, no process. */
import { rolldown } from 'rolldown';
import { printIfMain, quantile, row } from './cluster.mjs';

const SIZES = [4, 33, 1000, 10_000];
const ROUNDS = 400;
const WARM_UP = 200;

export default async function run() {
  const core = await loadCore();
  const rows = [];
  const chosen = new Map();
  for (const size of SIZES) {
    const { choiceMs, tickMs } = measure(core, size);
    chosen.set(size, choiceMs);
    rows.push(row('core', `choice among ${size} nodes, p50`, 1000 * choiceMs, 'us'));
    rows.push(row('core', `tick among ${size} nodes, p50`, 1000 * tickMs, 'us'));
  }
  // A tenth of what a placement may take: then it is as quick in a large cluster as in a small one.
  const more = 1000 * (chosen.get(1000) - chosen.get(4));
  rows.push(row('core', 'choice among 1000 nodes, more than among 4', more, 'us', '<= 100'));
  return rows;
}

function measure(core, size) {
  const nodes = Array.from({ length: size }, (_, index) => core.plainNode(`n${index}`));
  const [self, ...peers] = nodes;
  const gib = 2 ** 30;
  const measurement = {
    runnable: 3,
    loadavg: 3,
    cpus: 4,
    freeBytes: 8 * gib,
    totalBytes: 16 * gib,
  };
  const state = core.createDaemonState(
    {
      epoch: Date.now(),
      cluster: { self, peers },
      policy: core.builtinPolicies.fresh,
      maxLoops: 5,
      measurement: { ...measurement, memoryPressure: 0 },
    },
    0,
  );
  let nowMs = 0;
  const step = (event) => core.step(state, event, nowMs, Math.random);
  step({ type: 'client-opened', client: 1 });
  const choices = [];
  const ticks = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    nowMs += 2000;
    fillTable(core, state, nowMs);
    ticks.push(timed(() => step({ type: 'wakeup' })));
    const wishes = { ...core.noWishes, exclude: ['n0'] };
    const request = { op: 'place', id: round, wishes, explain: false };
    choices.push(timed(() => step({ type: 'request', client: 1, request })));
    // Nobody answers: these choices are not to come in the way of the next.
    state.decisions.clear();
    state.promised.clear();
    state.silences.clear();
  }
  return { choiceMs: median(choices), tickMs: median(ticks) };
}

function fillTable(core, state, nowMs) {
  for (let slot = 1; slot < state.roster.nodes.length; slot += 1) {
    const figures = { load: Math.random() * 6, loadavg: 2, cpus: 4, jobs: 2, placements: 0 };
    const memory = { freeBytes: 8 * 2 ** 30, totalBytes: 16 * 2 ** 30 };
    const { id } = state.roster.nodes[slot];
    const record = { id, sequence: nowMs, ageMs: Math.random() * 3000, ...figures, ...memory };
    core.mergeRecord(state.table, slot, core.encodeRecord(record), 0, nowMs);
  }
}

function timed(action) {
  const startedMs = performance.now();
  action();
  return performance.now() - startedMs;
}

function median(times) {
  return quantile(
    times.slice(WARM_UP).sort((a, b) => a - b),
    0.5,
  );
}

/** The core as the daemon has it, in one module. */
async function loadCore() {
  const from = (file) =>
    JSON.stringify(new URL(`../../src/core/${file}.ts`, import.meta.url).pathname);
  const files = [
    'daemon',
    'daemon-state',
    'cluster',
    'policy',
    'table',
    'wire/record',
    'wire/control',
  ];
  const entry = files.map((file) => `export * from ${from(file)};`).join('\n');
  const plugin = {
    name: 'entry',
    resolveId: (id) => (id === 'core-entry' ? id : null),
    load: (id) => (id === 'core-entry' ? entry : null),
  };
  const bundle = await rolldown({ input: 'core-entry', plugins: [plugin] });
  const { output } = await bundle.generate({ format: 'esm' });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
}

await printIfMain(import.meta.url, run);
