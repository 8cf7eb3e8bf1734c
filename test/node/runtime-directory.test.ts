import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSocketPath, prepareRuntimeDirectory } from '../../src/node/runtime-directory.ts';

const uid = process.getuid!();
let temporary: string;
let login: string;
let fallback: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'dsh-test-'));
  login = join(temporary, 'login');
  mkdirSync(login, { mode: 0o700 });
  fallback = join(temporary, `dsh-${uid}`);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

const prepare = (XDG_RUNTIME_DIR?: string): ReturnType<typeof prepareRuntimeDirectory> =>
  prepareRuntimeDirectory(XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR }, temporary);

test('lies in the login directory, made private and found again', () => {
  const umask = process.umask(0o277);
  const made = prepare(login);
  process.umask(umask);
  expect(made).toEqual({ ok: true, value: join(login, 'dsh') });
  expect(lstatSync(join(login, 'dsh')).mode & 0o777).toBe(0o700);
  expect(prepare(login)).toEqual(made);
});

describe('lies in /tmp where the login directory', () => {
  test('is not named', () => {
    expect(prepare()).toEqual({ ok: true, value: fallback });
    expect(lstatSync(fallback).mode & 0o777).toBe(0o700);
  });
  test('is open to others', () => {
    chmodSync(login, 0o755);
    expect(prepare(login)).toEqual({ ok: true, value: fallback });
  });
  test('is a link, a file, relative or missing', () => {
    const link = join(temporary, 'link');
    symlinkSync(login, link);
    const file = join(temporary, 'file');
    writeFileSync(file, '', { mode: 0o700 });
    for (const path of [link, file, 'login', join(temporary, 'none')]) {
      expect(prepare(path)).toEqual({ ok: true, value: fallback });
    }
  });
  test('is that of another user', () => {
    // Root can give a directory away; another user has root's to look at.
    if (uid === 0) chownSync(login, 1, 1);
    expect(prepare(uid === 0 ? login : '/root')).toEqual({ ok: true, value: fallback });
  });
});

describe('is refused where', () => {
  const reason = (): string => {
    const prepared = prepare();
    return prepared.ok ? '' : prepared.reason;
  };
  test('a link has been put in its place', () => {
    symlinkSync(login, fallback);
    expect(reason()).toMatch(/ is not a directory; remove it, or set XDG_RUNTIME_DIR/);
  });
  test('a file has been put in its place', () => {
    writeFileSync(fallback, '');
    expect(reason()).toContain('is not a directory');
  });
  test('others may enter', () => {
    mkdirSync(fallback);
    chmodSync(fallback, 0o755);
    expect(reason()).toBe(`${fallback} has mode 0755; expected 0700: chmod 700 ${fallback}`);
  });
  test('it cannot be made', () => {
    rmSync(temporary, { recursive: true });
    expect(reason()).toMatch(/^cannot use .*ENOENT/);
  });
});

test('a socket path must fit into the kernel’s address', () => {
  expect(checkSocketPath('x'.repeat(107)).ok).toBe(true);
  expect(checkSocketPath('x'.repeat(108))).toMatchObject({
    ok: false,
    reason: expect.stringContaining('has 108 bytes; at most 107'),
  });
  expect(checkSocketPath('ä'.repeat(54)).ok).toBe(false);
});
