import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeStartLock } from '../../src/dsh/start-lock.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dsh-test-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('one at a time, and the next after it', () => {
  const first = takeStartLock(path);
  expect(first).toBeDefined();
  expect(takeStartLock(path)).toBeUndefined();
  first!.release();
  expect(readdirSync(directory)).toEqual([]);
  expect(takeStartLock(path)).toBeDefined();
  expect(readdirSync(directory)).toEqual(['lock']);
});

test('a lock of a process that is gone is taken over', () => {
  const { pid } = spawnSync('true');
  writeFileSync(path, `${pid} 12345`);
  expect(takeStartLock(path)).toBeDefined();
  expect(readFileSync(path, 'latin1')).toMatch(new RegExp(`^${process.pid} `));
  expect(readdirSync(directory)).toEqual(['lock']);
});

test('a lock of a process whose number another one has now is taken over', () => {
  takeStartLock(path);
  writeFileSync(path, `${process.pid} 1`);
  expect(takeStartLock(path)).toBeDefined();
});

test('a lock whose content means nothing is taken over', () => {
  writeFileSync(path, '../../etc 1');
  expect(takeStartLock(path)).toBeDefined();
});

test('a lock is released even where it was removed by hand', () => {
  const lock = takeStartLock(path);
  rmSync(path);
  lock!.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('a place where no file can be made is an error', () => {
  expect(() => takeStartLock(join(directory, 'none', 'lock'))).toThrow('ENOENT');
});
