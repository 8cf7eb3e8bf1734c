/** The measurer over a procfs and a sysfs that the test writes. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMeasurer, type Measurer } from '../../src/dshd/measure.ts';

const MIB = 1024 ** 2;
let root: string;
let nowMs: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dsh-measure-'));
  nowMs = 5000;
  write('proc/loadavg', '1.50 0.18 0.12 3/80 11206\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writeMemory(availableMib: number): void {
  const kib = (mib: number): string => `${mib * 1024} kB`;
  write('proc/meminfo', `MemTotal: ${kib(4096)}\nMemAvailable: ${kib(availableMib)}\n`);
}

function writeTask(directory: string, name: string, state: string, threads: number): void {
  const fields = `1 0 0 0 -1 4194304 78 0 0 0 0 0 0 0 20 0 ${threads} 0 127428`;
  write(`proc/${directory}/stat`, `4 (${name}) ${state} ${fields}\n`);
}

function measure(): Measurer {
  return createMeasurer({
    procfs: join(root, 'proc'),
    sysfs: join(root, 'sys'),
    nowMs: () => nowMs,
  });
}

describe('a node with all its files', () => {
  beforeEach(() => {
    writeMemory(3000);
    write('proc/pressure/memory', 'full avg10=25.00 avg60=0.00 avg300=0.00 total=1\n');
    write('proc/self/status', 'Cpus_allowed_list:\t0-3\n');
    write('proc/self/cgroup', '0::/job\n');
    write('proc/self/mountinfo', '29 22 0:25 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    write('sys/fs/cgroup/job/cpu.max', '150000 100000\n');
    write('sys/fs/cgroup/job/memory.max', `${1024 * MIB}\n`);
    write('sys/fs/cgroup/job/memory.current', `${600 * MIB}\n`);
    write('sys/fs/cgroup/job/memory.stat', `inactive_file ${100 * MIB}\n`);
  });

  test('says what they say', () => {
    expect(measure().sample()).toEqual({
      runnable: 2,
      loadavg: 1.5,
      cpus: 1.5,
      totalBytes: 1024 * MIB,
      freeBytes: 524 * MIB,
      memoryPressure: 0.25,
    });
  });

  test('reads the load each time, memory every second, limits every ten', () => {
    const { sample } = measure();
    sample();
    write('proc/loadavg', '2.50 0.18 0.12 9/80 11206\n');
    writeMemory(300);
    write('sys/fs/cgroup/job/cpu.max', '50000 100000\n');
    nowMs += 999;
    expect(sample()).toMatchObject({
      runnable: 8,
      loadavg: 2.5,
      freeBytes: 524 * MIB,
      cpus: 1.5,
    });
    nowMs += 1;
    expect(sample()).toMatchObject({ freeBytes: 300 * MIB, cpus: 1.5 });
    nowMs += 8999;
    expect(sample()).toMatchObject({ cpus: 1.5 });
    nowMs += 1;
    expect(sample()).toMatchObject({ cpus: 0.5 });
  });

  test('keeps the last figures of a file that is empty or gone for a moment', () => {
    const { sample } = measure();
    const before = sample();
    write('proc/loadavg', '');
    unlinkSync(join(root, 'proc/meminfo'));
    nowMs += 1000;
    expect(sample()).toEqual(before);
  });
});

test('a node of which only the load is known takes the rest from the system, without limits', () => {
  const { freeBytes, ...sample } = measure().sample();
  expect(sample).toEqual({
    runnable: 2,
    loadavg: 1.5,
    cpus: availableParallelism(),
    totalBytes: totalmem(),
    memoryPressure: 0,
  });
  expect(freeBytes > 0 && freeBytes <= totalmem()).toBe(true);
});

test('a load without even the reader is not less than none', () => {
  write('proc/loadavg', '0.00 0.00 0.00 0/80 11206\n');
  expect(measure().sample().runnable).toBe(0);
});

test('a root without loadavg is an error that names the file and the option', () => {
  unlinkSync(join(root, 'proc/loadavg'));
  expect(measure).toThrow(
    `cannot read ${root}/proc/loadavg (ENOENT): --path.procfs must name a mounted /proc`,
  );
});

test('a root whose loadavg is something else is an error that shows it', () => {
  write('proc/loadavg', 'hello\nworld');
  expect(measure).toThrow(
    `${root}/proc/loadavg holds "hello\\nworld", not a line such as "0.20 0.18 0.12 1/80 11206"`,
  );
});

describe('a pid namespace', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'proc/20/ns'), { recursive: true });
    symlinkSync('20', join(root, 'proc/self'));
    symlinkSync('pid:[4026532178]', join(root, 'proc/20/ns/pid'));
    writeTask('20', 'dshd', 'R', 2);
    writeTask('20/task/20', 'dshd', 'R', 2);
    writeTask('20/task/21', 'dshd', 'R', 2);
    writeTask('1', 'init', 'S', 1);
  });

  test('counts runnable threads, not those that wait for a disk, and none of the daemon', () => {
    writeTask('30', 'cc1', 'R', 1);
    writeTask('31', 'nfs) R 1', 'D', 1);
    writeTask('32', 'java', 'S', 3);
    for (const thread of ['32', '33', '34']) {
      writeTask(`32/task/${thread}`, 'java', thread === '32' ? 'S' : 'R', 3);
    }
    write('proc/tty/stat', '4 (not a process) R');
    expect(measure().sample().runnable).toBe(3);
  });

  test('looks again the later the more there is to look at', () => {
    for (let pid = 100; pid < 199; pid++) writeTask(`${pid}`, 'sleep', 'S', 1);
    const { sample } = measure();
    expect(sample().runnable).toBe(0);
    writeTask('100', 'cc1', 'R', 1);
    nowMs += 299;
    expect(sample().runnable).toBe(0);
    nowMs += 1;
    expect(sample().runnable).toBe(1);
  });

  test('looks at the newest five hundred of very many', () => {
    for (let pid = 1000; pid < 1501; pid++) writeTask(`${pid}`, 'cc1', 'R', 1);
    writeTask('1500', 'cc1', 'S', 1);
    expect(measure().sample().runnable).toBe(499);
  });

  test("of the machine's own number is none, and the load average counts", () => {
    unlinkSync(join(root, 'proc/20/ns/pid'));
    symlinkSync('pid:[4026531836]', join(root, 'proc/20/ns/pid'));
    writeTask('30', 'cc1', 'R', 1);
    expect(measure().sample().runnable).toBe(2);
  });
});
