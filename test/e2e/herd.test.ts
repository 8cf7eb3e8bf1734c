/** Many calls at one instant, from every host: none of the daemons knows of the others' choices yet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { type HerdOptions, startHerd, writeHerdProcfs } from '../../lab/herd.ts';

const names = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'h8'];
const CALLS = 64;

let directory: string;
let lab: Lab;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dsh-herd-'));
});

afterEach(async () => {
  await lab.close();
  rmSync(directory, { recursive: true });
});

async function herd(
  busy: (host: string) => number,
  policy: string,
): Promise<Readonly<Record<string, number>>> {
  const procfs = (host: string): string => join(directory, host);
  const options: HerdOptions = { calls: CALLS, directory, procfs, busy };
  for (const name of names) writeHerdProcfs(options, name);
  lab = await startEmbeddedLab({ names, procfs, dshdOptions: () => ['--policy', policy] });
  // An agent for each, so that the calls and not the agents' starts are what comes together.
  await Promise.all(names.map((name) => lab.runFrom(name, ['dsh', '-H', name, 'true'])));
  return startHerd(lab, options);
}

test('64 calls from 8 equal nodes: none has more than twice its share', async () => {
  const counts = await herd(() => 0, 'fresh');
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(CALLS);
  expect(Math.max(...Object.values(counts))).toBeLessThanOrEqual((2 * CALLS) / names.length);
});

/** Beside seven with four processes each, it is level with them when it has eleven and a half. */
const FREE_SHARE = (CALLS + 7 * 4) / 8;
const onlyFirstIsFree = (host: string): number => (host === 'h1' ? 0 : 4);

test('64 calls while one node is free: it has no more than twice its share', async () => {
  const { h1 } = await herd(onlyFirstIsFree, 'fresh');
  expect(h1).toBeLessThanOrEqual(2 * FREE_SHARE);
});

test('under policy seed all run to the free node', async () => {
  const { h1 } = await herd(onlyFirstIsFree, 'seed');
  expect(h1).toBeGreaterThan(2 * FREE_SHARE);
});
