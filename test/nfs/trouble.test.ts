/** File systems and servers that do not do as they should: an error or a notice, and no success. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { describeHosts, type Hosts } from './support/hosts.ts';

interface Call {
  /** Resolves when stderr has a text. */
  says(what: string): Promise<void>;
  readonly end: Promise<{ status: number; stdout: string; stderr: string }>;
}

/** Starts a line of shell on h1, in the shared directory. */
function start({ lab }: Hosts, line: string): Call {
  const [file, ...words] = lab().host('h1').words(['sh', '-c', line]);
  const child = spawn(file!, words, { env: { ...lab().environment('h1'), LC_ALL: 'C' } });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
    child.emit('said');
  });
  return {
    async says(what) {
      while (!said.includes(what)) {
        if (child.exitCode !== null) throw new Error(`ended without '${what}': ${said}`);
        await Promise.race([once(child, 'said'), once(child, 'exit')]);
      }
    },
    end: Promise.all([text(child.stdout), once(child, 'close')]).then(([stdout, [status]]) => ({
      status: status as number,
      stdout,
      stderr: said,
    })),
  };
}

describeHosts('with trouble', (hosts) => {
  const { lab, run, read } = hosts;

  describe('a file server that stands still', () => {
    /** Here or there, whichever asks first. */
    const waiting = /^dsh: waiting for (the current directory|\/mnt\/work on h2)$/m;

    afterEach(() => lab().pauseServer(false));

    /**
     * Starts a call of dsh on h1 just when the server stops. The shell is in the directory before,
     * and this side knows the directory; the node asks again.
     */
    async function startPaused(words: string): Promise<Call> {
      const warm = 'dsh -H h2 true; ls >/dev/null';
      const call = start(hosts, `${warm}; echo ready >&2; sleep 1; exec dsh ${words}`);
      await call.says('ready');
      lab().pauseServer(true);
      return call;
    }

    test('is waited for before the command, and that is said', async () => {
      const call = await startPaused('-H h2 echo done');
      await call.says('waiting').finally(() => lab().pauseServer(false));
      const { status, stdout, stderr } = await call.end;
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'done\n' });
      expect(stderr).toMatch(waiting);
    });

    test('is given up after --coherence-timeout, and nothing was started', async () => {
      const call = await startPaused('--coherence-timeout 4 -H h2 echo done');
      const end = await call.end.finally(() => lab().pauseServer(false));
      expect(end).toMatchObject({ status: 122, stdout: '' });
      expect(end.stderr).toMatch(waiting);
      expect(end.stderr).toContain('does not answer within 4.0 s (--coherence-timeout)\n');
    });

    test('is waited for after the command, and that is said', async () => {
      const call = start(hosts, 'dsh -H h2 sh -c "echo begun >&2; sleep 3; echo done"');
      await call.says('begun');
      lab().pauseServer(true);
      await call.says('waiting').finally(() => lab().pauseServer(false));
      const { status, stdout, stderr } = await call.end;
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'done\n' });
      expect(stderr).toMatch(/^begun\ndsh: waiting for .*\n$/);
    });
  });

  test('a full file system is an error, as it is here', async () => {
    const write =
      'cd ../full; dsh -H h2 dd if=/dev/zero of=big bs=100k count=1 2>&1 | grep -c space';
    expect((await run(write)).stdout).toBe('1\n');
    const { status, stderr } = await run('cd ../full; dsh -H h2 cp /bin/true big');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cp: .*No space left on device\n$/);
    await read('cd ../full; rm -f big');
  });

  test('one that can be read only', async () => {
    expect(await run('cd ../read-only; dsh -H h2 touch a')).toMatchObject({
      status: 1,
      stderr: "touch: cannot touch 'a': Read-only file system\n",
    });
    await read('cd ../read-only; dsh -H h2 ls');
  });

  test('one on which root is nobody', async () => {
    expect(await run('cd ../squash; dsh -H h2 touch a')).toMatchObject({
      status: 1,
      stderr: "touch: cannot touch 'a': Permission denied\n",
    });
  });

  test('a directory that was made anew under the name that the node knows', async () => {
    const script = `
      mkdir d; cd d; dsh -H h2 true; cd ..; rm -r d; mkdir d; cd d
      echo new >a; dsh -H h2 --sh 'cat a; echo there >b'; cat b`;
    expect(await read(script)).toBe('new\nthere');
  });

  test('a directory that has another name now', async () => {
    const script = `
      mkdir d; echo old >d/a; cd d; dsh -H h2 true; cd ..; mv d e; mkdir d; cd d
      echo new >a; dsh -H h2 cat a`;
    expect(await read(script)).toBe('new');
  });

  test('a directory for which the node has looked in vain', async () => {
    expect(
      await read('dsh -H h2 --sh "[ -e d ] || mkdir x"; mkdir d; cd d; dsh -H h2 ls ../x'),
    ).toBe('');
  });

  test('a shared directory that the node takes for missing keeps its files', async () => {
    const script = `
      dsh -H h2 --sh "[ -e d ] || mkdir x"; mkdir d; cd d; echo text >a
      dsh -q -H h2 --send a --fetch b --cleanup cp a b; cat a b`;
    expect(await read(script)).toBe('text\ntext');
  });

  test('a file that somebody has removed meanwhile is no reason to wait', async () => {
    const removed = '{ read made; ls -l >/dev/null; rm a; cat; }';
    await read(`dsh -H h2 --sh 'echo >a; echo made; sleep 1' | ${removed}`);
  });

  test('another directory under the name is not the same directory', async () => {
    const mount = 'mkdir d; cd d; dsh -H h2 mount -t tmpfs tmpfs "$PWD"';
    const { status, stderr } = await run(`${mount}; dsh -H h2 touch a`);
    expect(status).toBe(122);
    expect(stderr).toMatch(/^dsh: h2: .* is another directory there than here: expected inode \d+/);
  });
});
