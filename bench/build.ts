/** The main job: `make -j` of Lua on a slow host that has four more of its kind. */
import type { Lab } from '../lab/cluster.ts';
import { startBenchLab } from './bench-lab.ts';
import { type Contender, describeWay, timeBuild, type Way, waysOf } from './contender.ts';
import { type Figure, median, scale } from './figure.ts';
import { type LuaTree, unpackLua } from './lua-tree.ts';
import { startDistcc } from './peers/distcc.ts';
import { startIcecc } from './peers/icecc.ts';
import { startSshCompiler } from './peers/ssh-compiler.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { warmUp } from './warm-up.ts';

const QUOTA_PERCENT = 25;
const SPEED_UP = 4.2;
const SPEED_UP_OF_TWO = 1.7;

const oneHost: Contender = { name: 'one host alone', ways: waysOf([1, 2], { prefix: '' }) };
const dsh: Contender = { name: 'dsh', ways: waysOf([4, 5, 6, 8, 10], { prefix: 'dsh' }) };
const twoHosts: Contender = {
  name: 'dsh, two hosts',
  ways: waysOf([2], { prefix: 'dsh -H h1,h2' }),
};

export async function benchBuild(setting: Setting): Promise<readonly Row[]> {
  const needs = ['root', 'iproute2', 'make', 'dpkg-dev', 'xz-utils', 'source:lua5.4'];
  if (!setting.has('build', needs)) return [];
  const lab = await startBenchLab(setting, {
    hosts: 5,
    quotaPercent: setting.count(QUOTA_PERCENT, 100),
  });
  const nodes = lab.hosts.map(({ name }) => name).filter((name) => name !== 'h1');
  const tree = await unpackLua(`${setting.directory}/lua`);
  await warmUp(lab, 'h1', nodes);
  const peers = await startPeers(setting, lab, nodes);
  const all = [oneHost, dsh, twoHosts, ...peers];
  const best = await findBestWays(setting, lab, tree, all);
  const figures = await timeRounds(setting, lab, tree, best);
  const figure = ({ name }: Contender): Figure => figures.get(name)!;
  return makeRows(figure, peers);
}

/** Those that come up; of another it is said why it does not. */
async function startPeers(
  setting: Setting,
  lab: Lab,
  nodes: readonly string[],
): Promise<readonly Contender[]> {
  const starts = [
    { name: 'ssh', packages: [], start: startSshCompiler },
    { name: 'distcc', packages: ['distcc'], start: startDistcc },
    { name: 'icecc', packages: ['icecc'], start: startIcecc },
  ];
  const peers: Contender[] = [];
  for (const { name, packages, start } of starts) {
    if (!setting.has(name, packages)) continue;
    try {
      peers.push(await start(lab, nodes));
    } catch (error) {
      setting.say(`left out: ${name}: ${(error as Error).message}`);
    }
  }
  return peers;
}

type BestWays = ReadonlyMap<string, Way>;

/** Each at its best: everybody builds once in each of its ways, and the fastest counts. */
async function findBestWays(
  setting: Setting,
  lab: Lab,
  tree: LuaTree,
  contenders: readonly Contender[],
): Promise<BestWays> {
  const best = new Map<string, Way>();
  for (const { name, ways } of contenders) {
    let bestSeconds = Infinity;
    for (const way of setting.isQuick ? ways.slice(0, 1) : ways) {
      const seconds = await timeBuild(setting, lab, tree, way);
      setting.say(`${name} ${describeWay(way)}: ${seconds.toFixed(1)} s`);
      if (seconds < bestSeconds) best.set(name, way);
      bestSeconds = Math.min(seconds, bestSeconds);
    }
  }
  return best;
}

/** All of them in turn, for the machine to be as busy with others for each. */
async function timeRounds(
  setting: Setting,
  lab: Lab,
  tree: LuaTree,
  best: BestWays,
): Promise<ReadonlyMap<string, Figure>> {
  const taken = new Map([...best.keys()].map((name) => [name, [] as number[]]));
  for (let round = setting.count(3, 1); round > 0; round -= 1) {
    for (const [name, way] of best) {
      const seconds = await timeBuild(setting, lab, tree, way);
      setting.say(`${name} ${describeWay(way)}: ${seconds.toFixed(1)} s`);
      taken.get(name)!.push(seconds);
    }
  }
  return new Map([...taken].map(([name, seconds]) => [name, median(seconds)]));
}

function makeRows(
  figure: (contender: Contender) => Figure,
  peers: readonly Contender[],
): readonly Row[] {
  const alone = figure(oneHost);
  const others = Object.fromEntries(peers.map((each) => [each.name, figure(each)]));
  const speedUp = (of: Figure): Figure => scale(of, (seconds) => alone.value / seconds);
  const compilers = peers.filter(({ name }) => ['distcc', 'icecc'].includes(name)).map(figure);
  const limit = Math.min(...compilers.map(({ value }) => value));
  const name = (what: string): readonly [string, string] => ['build', what];
  return [
    makeRow(name('Lua, 5 hosts of a quarter core'), figure(dsh), 's', {
      goal:
        compilers.length === 0
          ? undefined
          : { relation: '<=', limit, basis: 'the faster of distcc and icecc' },
      peers: { ...others, [oneHost.name]: alone },
    }),
    makeRow(name('the same, over one host alone'), speedUp(figure(dsh)), 'x', {
      goal: { relation: '>=', limit: SPEED_UP },
      peers: Object.fromEntries(peers.map((each) => [each.name, speedUp(figure(each))])),
    }),
    makeRow(name('make -j2, two hosts, over one alone'), speedUp(figure(twoHosts)), 'x', {
      goal: { relation: '>=', limit: SPEED_UP_OF_TWO },
    }),
  ];
}
