/** One real daemon among nodes that are nothing but an address (bench/made-up-nodes.ts). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventNodes, startNodes } from '../../../bench/made-up-nodes.ts';
import { runCommand } from '../../../lab/command.ts';
import { claimNetwork, ports } from '../../../lab/network.ts';
import { isAlive, readProcess } from '../../../lab/process-table.ts';
import { projectDirectory } from '../../../lab/project.ts';
import { waitUntil } from '../../../lab/wait.ts';
import { createRandom } from '../../support/random.ts';

export interface LargeCluster {
  readonly url: string;
  close(): Promise<void>;
}

export async function startLargeCluster(count: number, silent: number): Promise<LargeCluster> {
  const network = await claimNetwork(1);
  const address = network.address(1);
  const directory = mkdtempSync(join(tmpdir(), 'dsh-large-'));
  const file = join(directory, 'cluster');
  const nodes = inventNodes(count - 1, address);
  const lines = [
    `kepler address=${address}`,
    ...nodes.map((each) => `${each.name} address=${each.address}`),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const words = [
    ['-b', '-p', '--file', file, '--name', 'kepler', '--auth', 'none', '--listen', address],
    ['--socket', join(directory, 'dshd.sock'), '--log', join(directory, 'log')],
  ].flat();
  const program = join(projectDirectory, 'dist/dshd.js');
  const started = await runCommand([process.execPath, program, ...words]);
  const identity = readProcess(Number(started.stdout));
  if (!identity) throw new Error(`dshd did not start: ${started.stderr}`);
  // A cluster of this size always has some that are off.
  const speaking = await startNodes(
    nodes.slice(0, count - 1 - silent),
    { name: 'kepler', address },
    undefined,
    inventFigures(count),
  );
  return {
    url: `http://${address}:${ports.http}/`,
    async close() {
      speaking.close();
      process.kill(identity.pid, 'SIGTERM');
      await waitUntil('the daemon to end', () => !isAlive(identity));
      rmSync(directory, { recursive: true });
      await network.release();
    },
  };
}

/** Some racks of it are busy, some idle; the same in each run. */
function inventFigures(count: number): (index: number) => ReturnType<typeof figuresOf> {
  const random = createRandom(7);
  const levels = Array.from({ length: count }, () => random());
  return (index) => figuresOf(index, levels[index]!, levels[Math.floor(index / 40)]!);
}

function figuresOf(index: number, own: number, rack: number) {
  const cpus = [4, 8, 16, 32][Math.floor(own * 4)]!;
  const load = Math.max(0, rack * 1.3 + own * 0.5 - 0.4) * cpus;
  const totalBytes = cpus * 4 * 2 ** 30;
  return {
    load,
    loadavg: load,
    cpus,
    totalBytes,
    freeBytes: totalBytes * (1 - 0.8 * own * rack),
    jobs: rack > 0.5 ? Math.round(load / 2) : 0,
    draining: index % 97 === 13,
  };
}
