/** Dispatch where the daemon knows a thousand nodes, beside dispatch where it knows four. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { Lab } from '../lab/cluster.ts';
import { keyFile } from '../lab/configuration.ts';
import { waitUntil } from '../lab/wait.ts';
import { startBenchLab } from './bench-lab.ts';
import { median } from './figure.ts';
import { inventNodes, startNodes } from './made-up-nodes.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { timeInTurn } from './timing.ts';
import { warmUp } from './warm-up.ts';

const REAL = 4;
const MORE_MAX = 1.1;

export async function benchTable(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: REAL, tier: 'loopback' });
  await warmUp(lab, 'h1', ['h2', 'h3', 'h4']);
  const size = setting.count(1000, 20);
  const times: Record<'chosen' | 'named', { small: number[]; large: number[] }> = {
    chosen: { small: [], large: [] },
    named: { small: [], large: [] },
  };
  async function take(table: 'small' | 'large'): Promise<void> {
    const found = await timeInTurn(setting, lab, 'h1', {
      commands: {
        chosen: { words: ['dsh', '-x', 'h1', 'true'] },
        named: { words: ['dsh', '-H', 'h2', 'true'] },
      },
      rounds: setting.count(100, 5),
    });
    times.chosen[table].push(...found.chosen);
    times.named[table].push(...found.named);
  }
  for (let block = setting.count(4, 1); block > 0; block -= 1) {
    await take('small');
    await withMadeUpNodes(setting, lab, size - REAL, () => take('large'));
  }
  const row = (name: string, { small, large }: (typeof times)['named']): Row => {
    const few = median(small);
    const goal = { relation: '<=', limit: MORE_MAX * few.value, basis: `${MORE_MAX} x` } as const;
    const peers = { [`${REAL} nodes`]: few };
    return makeRow(['table', name], median(large), 'ms', { goal, peers });
  };
  return [
    row(`dsh true, ${size} nodes, p50`, times.chosen),
    row(`dsh -H h2 true, ${size} nodes, p50`, times.named),
  ];
}

/** Has h1 know so many nodes more, as long as `action` runs. */
async function withMadeUpNodes(
  setting: Setting,
  lab: Lab,
  count: number,
  action: () => Promise<void>,
): Promise<void> {
  const listener = lab.host('h1');
  const file = `${lab.directory}/cluster`;
  const text = readFileSync(file, 'utf8');
  const nodes = inventNodes(count, listener.address);
  appendFileSync(file, nodes.map((node) => `${node.name} address=${node.address}\n`).join(''));
  await listener.kill('dshd', 'SIGHUP');
  const speaking = await startNodes(nodes, listener, keyFile(lab.directory));
  setting.atEnd(async () => speaking.close());
  await waitForNodes(lab, REAL + count);
  await action();
  speaking.close();
  writeFileSync(file, text);
  await lab.host('h1').kill('dshd', 'SIGHUP');
  await waitForNodes(lab, REAL);
}

/** All are known by fresh records. */
function waitForNodes(lab: Lab, count: number): Promise<void> {
  return waitUntil(`h1 to know ${count} nodes`, async () => {
    const lines = (await lab.host('h1').statusTable()).trim().split('\n');
    return lines.filter((line) => line.split(' ')[1] === 'ok').length === count;
  });
}
