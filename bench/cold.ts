/** The first command of the day: no agent runs, and no connection is there. */
import { endTrees } from '../lab/process-table.ts';
import { findAgents } from './agents.ts';
import { startBenchLab } from './bench-lab.ts';
import { median, scale } from './figure.ts';
import { plainSsh } from './peers/ssh.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { timeInTurn } from './timing.ts';

const OVERHEAD_MS = 100;

export async function benchCold(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: 2 });
  const taken = { dsh: [] as number[], ssh: [] as number[] };
  for (let round = setting.count(20, 2); round > 0; round -= 1) {
    // With its ssh; the runner at the far end ends with that.
    await endTrees(findAgents(lab.host('h1')));
    const times = await timeInTurn(setting, lab, 'h1', {
      commands: {
        dsh: { words: ['dsh', '-H', 'h2', 'true'] },
        ssh: { words: [...plainSsh(lab), 'h2', 'true'] },
      },
      rounds: 1,
    });
    taken.dsh.push(...times.dsh);
    taken.ssh.push(...times.ssh);
  }
  const ssh = median(taken.ssh);
  const limit = ssh.value + OVERHEAD_MS;
  const dsh = median(taken.dsh);
  return [
    makeRow(['cold', 'first dsh true, p50'], dsh, 'ms', {
      goal: { relation: '<=', limit, basis: `ssh + ${OVERHEAD_MS} ms` },
      peers: { ssh },
    }),
    makeRow(
      ['cold', 'of which is not the connection'],
      scale(dsh, (ms) => ms - ssh.value),
      'ms',
    ),
  ];
}
