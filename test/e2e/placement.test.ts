/** What the two ports say of real daemons: shares, loads, deaths and returns. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Lab, LabOptions } from '../../lab/cluster.ts';
import { runCommand } from '../../lab/command.ts';
import { namesInTable } from '../../lab/dshd.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { ports } from '../../lab/network.ts';
import { type ProcfsFigures, writeProcfs } from '../../lab/procfs.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

const names = ['h1', 'h2', 'h3', 'h4'];
const TICK_MS = 1500;
const MAX_LOOPS = 5;

const labs: Lab[] = [];
const directories: string[] = [];

/** Four daemons that believe made-up figures, so that this machine's own load plays no part. */
async function startLab(
  figures: (host: string) => ProcfsFigures = () => ({}),
  options: LabOptions = {},
): Promise<{ lab: Lab; setFigures(host: string, figures: ProcfsFigures): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'dsh-figures-'));
  directories.push(directory);
  const setFigures = (host: string, given: ProcfsFigures): void =>
    writeProcfs(join(directory, host), { cpus: 4, ...given });
  for (const host of names) setFigures(host, figures(host));
  const procfs = (host: string): string => join(directory, host);
  const lab = await startEmbeddedLab({ names, procfs, ...options });
  labs.push(lab);
  return { lab, setFigures };
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Asks the port for the best node with netcat, one call after the other. */
async function countBest(lab: Lab, from: string, calls: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let call = 0; call < calls; call += 1) {
    const { address } = lab.host(from);
    const { stdout } = await runCommand(['nc', address, String(ports.best)]);
    const name = stdout.split(' ')[0]!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function knownNames(lab: Lab, host: string): Promise<string[]> {
  return namesInTable(await lab.host(host).statusTable()).toSorted();
}

describeWith(['netcat-openbsd'], 'eight calls in a row of the port for the best node', () => {
  test('name each of four equal idle nodes twice', async () => {
    const { lab } = await startLab();
    expect(await countBest(lab, 'h1', 8)).toEqual({ h1: 2, h2: 2, h3: 2, h4: 2 });
  });

  test('name each twice under policy seed as well', async () => {
    const { lab } = await startLab(undefined, { dshdOptions: () => ['--policy', 'seed'] });
    expect(await countBest(lab, 'h1', 8)).toEqual({ h1: 2, h2: 2, h3: 2, h4: 2 });
  });

  test('follow the weights 1, 2, 2 and 4', async () => {
    const { lab } = await startLab(undefined, { weights: [1, 2, 2, 4] });
    // 1 : 1/2 : 1/2 : 1/4 are whole numbers of calls only when there are nine.
    expect(await countBest(lab, 'h2', 9)).toEqual({ h1: 4, h2: 2, h3: 2, h4: 1 });
  });

  test('follow a cost function of the user', async () => {
    const module = join(mkdtempSync(join(tmpdir(), 'dsh-policy-')), 'by-name.mjs');
    directories.push(join(module, '..'));
    const source = `export default ({ name, load }) => (name === 'h3' ? load : 1000);\n`;
    await runCommand(['tee', module], { input: source });
    const { lab } = await startLab(undefined, { dshdOptions: () => ['--policy', module] });
    expect(await countBest(lab, 'h1', 3)).toEqual({ h3: 3 });
  });
});

describeWith(['netcat-openbsd'], 'a node', () => {
  test('that is busy or without free memory is avoided while idle ones exist', async () => {
    const { lab } = await startLab((host) => {
      if (host === 'h1') return { runnable: 30 };
      return host === 'h2' ? { freeBytes: 2 ** 20 } : {};
    });
    expect(await countBest(lab, 'h1', 8)).toEqual({ h3: 4, h4: 4 });
  });

  test('is taken again when its load is over', async () => {
    const { lab, setFigures } = await startLab(() => ({ runnable: 30 }));
    setFigures('h2', {});
    await waitUntil('h2 to be the best', async () => {
      const best = await lab.host('h1').bestNode();
      return best.startsWith('h2 ');
    });
  });

  test('with real busy processes shows them', async () => {
    const lab = await startEmbeddedLab({ names: ['h1', 'h2'] });
    labs.push(lab);
    const busy: ChildProcess[] = Array.from({ length: 3 }, () =>
      spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
    );
    try {
      await waitUntil('the load to show three processes', async () => {
        const line = await lab.host('h1').statusTable();
        return line.split('\n').every((row) => row === '' || Number(row.split(' ')[2]) > 2);
      });
    } finally {
      for (const child of busy) child.kill('SIGKILL');
    }
  });
});

describe('a daemon', () => {
  test('that is killed is gone from every table after maxloops ticks, and back within two', async () => {
    const { lab } = await startLab();
    await lab.host('h3').kill('dshd');
    const killedMs = performance.now();
    for (const host of ['h1', 'h2', 'h4']) expect(await knownNames(lab, host)).toContain('h3');
    await waitUntil('h3 to be dropped by all', async () => {
      const tables = await Promise.all(['h1', 'h2', 'h4'].map((host) => knownNames(lab, host)));
      return tables.every((table) => !table.includes('h3'));
    });
    const droppedMs = performance.now() - killedMs;
    // The count begins with its last word, up to a tick before it was killed.
    expect(droppedMs).toBeGreaterThan((MAX_LOOPS - 1.2) * TICK_MS);

    await lab.host('h3').startDaemon();
    await waitUntil(
      'h3 to be known again and to know all',
      async () => {
        const tables = await Promise.all(names.map((host) => knownNames(lab, host)));
        return tables.every((table) => table.length === 4);
      },
      2 * TICK_MS,
    );
  });

  test('hears nobody that its file does not name', async () => {
    const { lab } = await startLab();
    const file = join(lab.directory, 'cluster');
    const kept = (await runCommand(['cat', file])).stdout.replace(/^h4.*\n/m, '');
    await runCommand(['tee', file], { input: kept });
    await lab.host('h1').kill('dshd', 'SIGHUP');
    await waitUntil(
      'h1 to leave h4 out',
      async () => !(await knownNames(lab, 'h1')).includes('h4'),
    );
    // h4 goes on stating its figures to h1 in every tick; what h1 knows of the others is kept.
    expect(await knownNames(lab, 'h1')).toEqual(['h1', 'h2', 'h3']);
    expect(await knownNames(lab, 'h4')).toEqual(names);
  });
});
