import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  descendantsOf,
  findInNamespace,
  isAlive,
  type ProcessEntry,
  parseProcessStat,
  readProcess,
} from '../../lab/process-table.ts';

const fields = 'S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8899 12345 678';

describe('a line of /proc/PID/stat', () => {
  test('has the parent as second and the start time as twentieth field after the name', () => {
    expect(parseProcessStat(`42 (sshd) ${fields}\n`)).toEqual({
      pid: 42,
      parent: 1,
      startTicks: 8899,
      isZombie: false,
    });
  });

  test('is read rightly when the name holds blanks and parentheses', () => {
    expect(parseProcessStat(`42 (a) R 7 (b) ${fields}\n`)?.parent).toBe(1);
  });

  test('of a dead process that nobody has waited for is a zombie', () => {
    expect(parseProcessStat(`42 (sshd) ${fields.replace('S', 'Z')}`)?.isZombie).toBe(true);
  });

  test('that is cut short is nothing', () => {
    expect(parseProcessStat('42 (sshd) S 1 42')).toBeUndefined();
    expect(parseProcessStat('')).toBeUndefined();
  });
});

describe('the descendants of a process', () => {
  const entry = (pid: number, parent: number, isZombie = false): ProcessEntry => ({
    pid,
    parent,
    isZombie,
    startTicks: pid * 10,
  });
  // 10 is an sshd, 20 one of its connections, 30 a shell; 40 belongs to another server.
  const table = [entry(30, 20), entry(20, 10), entry(10, 1), entry(40, 1), entry(41, 40)];
  const pids = (found: readonly ProcessEntry[]): number[] => found.map(({ pid }) => pid);

  test('are found in any order of the table, the process itself first', () => {
    expect(pids(descendantsOf(table, [{ pid: 10, startTicks: 100 }]))).toEqual([10, 20, 30]);
  });

  test('are none when the pid belongs to another process by now', () => {
    expect(descendantsOf(table, [{ pid: 10, startTicks: 99 }])).toEqual([]);
  });

  test('are listed once when one root is below another', () => {
    const roots = [
      { pid: 20, startTicks: 200 },
      { pid: 10, startTicks: 100 },
    ];
    const found = pids(descendantsOf(table, roots));
    expect(found).toHaveLength(3);
    expect(new Set(found)).toEqual(new Set([10, 20, 30]));
  });

  test('are without the dead that wait to be collected', () => {
    const withZombie = [...table, entry(31, 20, true)];
    expect(pids(descendantsOf(withZombie, [{ pid: 20, startTicks: 200 }]))).toEqual([20, 30]);
  });
});

test('a child is found below its parent while it lives, in the same namespaces', async () => {
  const child = spawn('cat');
  const self = readProcess(process.pid)!;
  const pids = (found: readonly ProcessEntry[]): number[] => found.map(({ pid }) => pid);
  expect(pids(childrenOf(self))).toContain(child.pid);
  expect(pids(findInNamespace('pid', process.pid))).toContain(child.pid);
  child.stdin.end();
  await once(child, 'exit');
  expect(pids(childrenOf(self))).not.toContain(child.pid);
});

test('this process is alive, and one of the same pid that started at another time is not', () => {
  const self = readProcess(process.pid)!;
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, startTicks: self.startTicks - 1 })).toBe(false);
});
