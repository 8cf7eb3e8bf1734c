/** What `dshexec LOCK` refuses: it says why in one line, and runs nothing. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createLock, shells } from '../support/one-shot.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();

describe.each(shells)('%s', (_, { run }) => {
  const usage = 'expected --serve, --version or [-C DIR] [-u MASK] LOCK [-- COMMAND [ARG...]]';
  const elsewhere = 'a command runs in the same directory as here or not at all';

  it.each([
    ['no words', [], usage],
    ['an unknown option', ['-z', 'LOCK'], usage],
    ['an option without its value', ['-C'], usage],
    ['a command without --', ['LOCK', 'true'], usage],
    ['-- without a command', ['LOCK', '--'], usage],
    ['words after --serve', ['--serve', 'more'], usage],
  ])('%s', async (__, words, message) => {
    expect(await run(words)).toEqual({
      status: 125,
      stdout: '',
      stderr: `dshexec: ${message}\n`,
    });
  });

  it.each([
    ['-C', '/no/such', new RegExp(`^cannot enter /no/such on [^ ]+: ${elsewhere}$`)],
    ['-u', 'rwx!', /^umask 'rwx!': expected an octal number$/],
  ])('%s %s', async (option, value, message) => {
    const lock = createLock(folder);
    const { status, stdout, stderr } = await run([option, value, lock, '--', 'echo', 'ran']);
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr.replace(/^dshexec: (.*)\n$/, '$1')).toMatch(message);
    expect(existsSync(lock)).toBe(false);
  });

  it('an empty lock without a command', async () => {
    const lock = createLock(folder);
    const { status, stderr } = await run([lock]);
    expect(status).toBe(125);
    expect(stderr).toBe(`dshexec: ${lock} is empty: expected a command in it, or after --\n`);
    expect(existsSync(lock)).toBe(false);
  });

  it('a deadline that is no number', async () => {
    const env = { PATH: process.env.PATH, DSHEXEC_WAIT: 'soon' };
    const { status, stderr } = await run([createLock(folder), '--', 'true'], { env });
    expect(status).toBe(125);
    expect(stderr).toBe("dshexec: DSHEXEC_WAIT is 'soon': expected a number of seconds\n");
  });
});
