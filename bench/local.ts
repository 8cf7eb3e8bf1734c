/** The chosen node is this one: what dsh adds to running the command without it. */
import { startBenchLab } from './bench-lab.ts';
import { median } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { timeInTurn } from './timing.ts';
import { warmUp } from './warm-up.ts';

const OVERHEAD_MS = 1.5;

export async function benchLocal(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: 2 });
  await warmUp(lab, 'h1', ['h1']);
  const { dsh, exec } = await timeInTurn(setting, lab, 'h1', {
    commands: { exec: { words: ['true'] }, dsh: { words: ['dsh', '-H', 'h1', 'true'] } },
    rounds: setting.count(500, 10),
  });
  const plain = median(exec);
  const limit = plain.value + OVERHEAD_MS;
  return [
    makeRow(['local', 'dsh true, this node, p50'], median(dsh), 'ms', {
      goal: { relation: '<=', limit, basis: `plain exec + ${OVERHEAD_MS} ms` },
      peers: { 'plain exec': plain },
    }),
  ];
}
