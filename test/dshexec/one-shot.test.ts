/** The handshake of `dshexec LOCK -- COMMAND`, by each shell that may be /bin/sh. */
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainCommand } from '../../src/core/wire/command.ts';
import { encodeLockFile } from '../../src/core/wire/lock-file.ts';
import { arbitraryCommand, expectedReport } from '../support/arbitrary-command.ts';
import { createLifeline } from '../support/lifeline.ts';
import { createLock, resultOf, shells } from '../support/one-shot.ts';
import { toBytes } from '../support/runner.ts';
import { createTemporaryFolder, unprivileged } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();

describe.each(shells)('%s', (_, shell) => {
  const { start, run } = shell;

  describe('a command on the command line', () => {
    it('has its streams, words and status, and the lock is gone', async () => {
      const lock = createLock(folder);
      const words = ['sh', '-c', 'cat; printf "<%s>" "$@" >&2; exit 7', 'sh', '', "it's", '$HOME'];
      const result = await resultOf(start([lock, '--', ...words]), 'input');
      expect(result).toEqual({ status: 7, stdout: 'input', stderr: "<><it's><$HOME>" });
      expect(existsSync(lock)).toBe(false);
    });

    it('that is killed gives 128 and the signal, and the lock is gone', async () => {
      const lock = createLock(folder);
      const result = await run([lock, '--', 'sh', '-c', 'kill -KILL $$']);
      expect(result).toEqual({ status: 137, stdout: '', stderr: '' });
      expect(existsSync(lock)).toBe(false);
    });

    it('gets a directory and a umask, and a lock relative to where it was', async () => {
      const lock = createLock(folder);
      const words = ['-C', '/usr', '-u', '027', 'LOCK', '--', 'sh', '-c', 'pwd; umask'];
      const result = await run(words, { cwd: join(lock, '..') });
      expect(result).toEqual({ status: 0, stdout: '/usr\n0027\n', stderr: '' });
      expect(existsSync(lock)).toBe(false);
    });

    it('keeps the environment of the login', async () => {
      const env = { PATH: process.env.PATH, KEPT: 'yes' };
      const result = await run([createLock(folder), '--', 'sh', '-c', 'echo $KEPT'], { env });
      expect(result.stdout).toBe('yes\n');
    });

    it('may be called a=b or -i', async () => {
      const bin = mkdtempSync(join(folder, 'bin-'));
      for (const name of ['a=b', '-i']) {
        writeFileSync(join(bin, name), '#!/bin/sh\necho "ran $1"\n', { mode: 0o755 });
        const env = { PATH: `${bin}:${process.env.PATH}` };
        const result = await run([createLock(folder), '--', name, 'word'], { env });
        expect(result).toEqual({ status: 0, stdout: 'ran word\n', stderr: '' });
      }
    });

    it('that is not there gives 127, and the lock is gone', async () => {
      const lock = createLock(folder);
      expect((await run([lock, '--', '/no/such'])).status).toBe(127);
      expect(existsSync(lock)).toBe(false);
    });
  });

  describe('the lock', () => {
    it('is waited for', async () => {
      const directory = mkdtempSync(join(folder, 'late-'));
      // A sleep that tells when it is called: nothing has run until then.
      const waits = createLifeline(directory);
      const bin = join(directory, 'bin');
      mkdirSync(bin);
      const sleep = `#!/bin/sh\nPATH=/usr/bin:/bin\n[ -p ${waits.path} ] && echo waits >${waits.path} && rm ${waits.path}\nexec sleep "$@"\n`;
      writeFileSync(join(bin, 'sleep'), sleep, { mode: 0o755 });
      const lock = join(directory, 'LOCK');
      const child = start([lock, '--', 'cat', join(directory, 'written-first')], {
        env: { PATH: `${bin}:${process.env.PATH}` },
      });
      expect(await waits.closed).toBe('waits\n');
      writeFileSync(join(directory, 'written-first'), 'in order');
      writeFileSync(lock, '');
      expect(await resultOf(child)).toEqual({ status: 0, stdout: 'in order', stderr: '' });
      expect(existsSync(lock)).toBe(false);
    });

    it('that does not come is named when the time is up', async () => {
      const lock = join(folder, 'never');
      const env = { PATH: process.env.PATH, DSHEXEC_WAIT: '0' };
      expect(await run([lock, '--', 'echo', 'ran'], { env })).toEqual({
        status: 125,
        stdout: '',
        stderr: `dshexec: ${lock} did not appear within 0 s: expected dsh to create it, in a directory that this node shares\n`,
      });
    });

    it('that cannot be removed is named, and the status stays', async () => {
      const lock = createLock(folder);
      const directory = join(lock, '..');
      chmodSync(directory, 0o555);
      const result = await run([lock, '--', 'sh', '-c', 'exit 3'], unprivileged);
      expect(result).toEqual({
        status: 3,
        stdout: '',
        stderr: `dshexec: cannot remove ${lock}: dsh will wait for it to go\n`,
      });
      chmodSync(directory, 0o755);
    });
  });

  describe('a command in the lock', () => {
    const command: PlainCommand = {
      arguments: toBytes('sh', '-c', 'pwd; umask; echo "$A|$KEPT|$DISPLAY|$TMUX"'),
      variables: toBytes('PATH=/usr/bin:/bin', "A=it's", 'NAMELESS'),
      directory: Buffer.from('/usr'),
      umask: 0o037,
    };

    it('has its directory, umask, variables and those of this host', async () => {
      const lock = createLock(folder, encodeLockFile(command, ['DISPLAY', 'TMUX']));
      const env = { PATH: process.env.PATH, KEPT: 'no', DISPLAY: ':9 "$x"' };
      const result = await run([lock], { env });
      expect(result).toEqual({ status: 0, stdout: `/usr\n0037\nit's||:9 "$x"|\n`, stderr: '' });
      expect(existsSync(lock)).toBe(false);
    });

    it('may take its words from the command line', async () => {
      const lock = createLock(folder, `set -- PATH=/bin A=1 "$@"\n`);
      const result = await run([lock, '--', 'sh', '-c', 'echo "$A$1"', 'sh', '2']);
      expect(result).toEqual({ status: 0, stdout: '12\n', stderr: '' });
    });

    it('arrives byte for byte', async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryCommand(Buffer.from(folder)), async (arbitrary) => {
          const child = start([createLock(folder, encodeLockFile(arbitrary))]);
          child.stdin!.end();
          const [output] = await Promise.all([buffer(child.stdout!), once(child, 'close')]);
          const expected = expectedReport(arbitrary);
          expect(output.toString('latin1')).toBe(expected.toString('latin1'));
        }),
        { numRuns: 10 },
      );
    });

    it('is not read if others can write it, or if it is not the user’s own', async () => {
      const refused: [string, (lock: string) => void][] = [
        ['group', (lock) => chmodSync(lock, 0o620)],
        ['others', (lock) => chmodSync(lock, 0o602)],
        [
          'a link',
          (lock) => {
            renameSync(lock, `${lock}.real`);
            symlinkSync(`${lock}.real`, lock);
          },
        ],
      ];
      if (process.getuid?.() === 0) refused.push(['foreign', (lock) => chownSync(lock, 65_534, 0)]);
      for (const [, spoil] of refused) {
        const lock = createLock(folder, 'touch "$dsh_lock.read"\nset -- echo ran\n');
        spoil(lock);
        const { status, stdout, stderr } = await run([lock]);
        expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
        expect(stderr).toMatch(
          /^dshexec: .*LOCK is not to be trusted: expected a file of [^\n]*\n$/,
        );
        expect(existsSync(`${lock}.read`)).toBe(false);
      }
    });
  });

  describe('signals', () => {
    it.each([
      ['SIGHUP', 129],
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('%s goes to the command, whose end is told', async (signal, status) => {
      const lock = createLock(folder);
      const caught = start([
        lock,
        '--',
        'sh',
        '-c',
        `trap 'exit 9' HUP INT TERM; echo; while :; do sleep 0.01; done`,
      ]);
      await once(caught.stdout!, 'data');
      caught.kill(signal);
      expect((await resultOf(caught)).status).toBe(9);
      expect(existsSync(lock)).toBe(false);

      const other = createLock(folder);
      const lifeline = createLifeline(folder);
      const plain = start([other, '--', 'sh', '-c', `exec sleep 1000 >${lifeline.path}`]);
      await lifeline.opened;
      plain.kill(signal);
      expect((await resultOf(plain)).status).toBe(status);
      expect(existsSync(other)).toBe(false);
      await lifeline.closed;
    });

    it('to both at once leave the status of the command', async () => {
      const lock = createLock(folder);
      const words = [lock, '--', 'sh', '-c', 'echo; exec sleep 1000'];
      const child = start(words, { detached: true });
      await once(child.stdout!, 'data');
      process.kill(-child.pid!, 'SIGTERM');
      expect((await resultOf(child)).status).toBe(143);
      expect(existsSync(lock)).toBe(false);
    });
  });
});
