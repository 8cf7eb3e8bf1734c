/** The measurer in real surroundings: this machine, a pid namespace, a cgroup. */
import { execFile, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Measurement } from '../../src/core/daemon-state.ts';

const MIB = 1024 ** 2;
const LIMIT_BYTES = 512 * MIB;
const TIMEOUT_MS = 120_000;
const run = promisify(execFile);

const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const hasNamespaces = spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status === 0;
const cgroupFiles = ['cpu/cgroup.procs', 'memory/memory.limit_in_bytes'];
const hasCgroups = cgroupFiles.every((file) => isWritable(`/sys/fs/cgroup/${file}`));
if (!hasNamespaces) console.log('left out: a pid namespace, which needs root');
if (!hasCgroups) console.log('left out: a cgroup with limits, which needs root and cgroup v1');

let directory: string;
let program: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dsh-measure-'));
  program = join(directory, 'measure.mjs');
  const input = fileURLToPath(new URL('measure-entry.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node' });
  await bundle.write({ file: program, format: 'esm' });
  await bundle.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

test('on this machine, busy processes are counted', { timeout: TIMEOUT_MS }, async () => {
  const [busy] = await measureWithin([], [3]);
  expect(busy!.runnable).toBeGreaterThanOrEqual(3);
  expect(busy!.totalBytes).toBeLessThanOrEqual(totalmem());
});

describe.runIf(hasNamespaces)('in a pid namespace', () => {
  test('only its own busy processes are counted', { timeout: TIMEOUT_MS }, async () => {
    const measurements = await measureWithin(unshare, [2, 0]);
    expect(measurements.map(({ runnable }) => runnable)).toEqual([2, 0]);
  });
});

describe.runIf(hasCgroups)('in a cgroup with a quota and a memory limit', () => {
  const cpu = `/sys/fs/cgroup/cpu/dsh-measure-${process.pid}`;
  const memory = `/sys/fs/cgroup/memory/dsh-measure-${process.pid}`;

  beforeAll(() => {
    mkdirSync(cpu);
    mkdirSync(memory);
    writeFileSync(`${cpu}/cpu.cfs_quota_us`, '50000');
    writeFileSync(`${memory}/memory.limit_in_bytes`, String(LIMIT_BYTES));
  });
  afterAll(() => {
    rmdirSync(cpu);
    rmdirSync(memory);
  });

  test('its limits are measured, not the machine', { timeout: TIMEOUT_MS }, async () => {
    const enter = `echo $$ > ${cpu}/cgroup.procs && echo $$ > ${memory}/cgroup.procs`;
    const [inside] = await measureWithin(['sh', '-c', `${enter} && exec "$@"`, 'sh'], [0]);
    expect(inside!.cpus).toBe(0.5);
    expect(inside!.totalBytes).toBe(LIMIT_BYTES);
    // The program itself takes a few dozen MiB.
    expect(inside!.freeBytes).toBeLessThan(LIMIT_BYTES - MIB);
    expect(inside!.freeBytes).toBeGreaterThan(LIMIT_BYTES / 2);
  });
});

/** One measurement for each number of busy processes. */
async function measureWithin(wrapper: string[], counts: number[]): Promise<Measurement[]> {
  const [file, ...words] = [...wrapper, process.execPath, program, ...counts.map(String)];
  const { stdout } = await run(file!, words, { timeout: TIMEOUT_MS - 5000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
