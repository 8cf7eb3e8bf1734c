/** `dshctl doctor` and what is wrong with a login on a node: planted, found, named, with its cure. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clinic, finding, openClinic } from '../support/clinic.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
const COMMAND = 'exec sh -c "$SSH_ORIGINAL_COMMAND"';

describeWith(['root', 'openssh-server', 'gcc'], 'dshctl doctor', () => {
  let clinic: Clinic;
  beforeAll(async () => {
    clinic = await openClinic(folder);
  });
  afterAll(async () => clinic.lab.close());

  /** A file that a Node.js of the login loads before it does anything else. */
  function preload(text: string): string {
    const file = `${folder}/preload-${text.length}.cjs`;
    writeFileSync(file, text);
    return `export NODE_OPTIONS=--require=${file}`;
  }

  /** A directory, first in the PATH of the login, with a program that prints something. */
  function fakeProgram(name: string, output: string): string {
    mkdirSync(`${folder}/fake-${name}`, { recursive: true });
    writeFileSync(`${folder}/fake-${name}/${name}`, `#!/bin/sh\necho '${output}'\n`, {
      mode: 0o755,
    });
    return `export PATH=${folder}/fake-${name}:$PATH`;
  }

  const logins: readonly [string, () => string, string, RegExp, RegExp][] = [
    [
      'no Node.js',
      () => 'PATH=/nowhere; export PATH',
      'node-js',
      /no program node/,
      /install Node\.js/,
    ],
    [
      'an old Node.js',
      () => preload("Object.defineProperty(process.versions, 'node', { value: '18.19.0' });"),
      'node-version',
      /is 18\.19\.0; dsh needs 20\.19/,
      /install a newer one/,
    ],
    [
      'a clock that is ahead',
      () => preload('const real = Date.now; Date.now = () => real() + 90_000; // ahead'),
      'clock',
      /(8[5-9]|90)\.\d s ahead of this one/,
      /NTP/,
    ],
    [
      'another compiler',
      () => fakeProgram('gcc', 'gcc (Debian 9.3.0) 9.3.0'),
      'compilers',
      /its gcc is 'gcc \(Debian 9\.3\.0\) 9\.3\.0', that of h1/,
      /dsh -x h2/,
    ],
    [
      'another user',
      () => `exec setpriv --reuid 65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"`,
      'user',
      /you are user 65534 \(nobody\) there, and 0 on h1/,
      /usermod -u 0/,
    ],
    ['few open files', () => 'ulimit -n 200', 'limits', /at most 200 open files/, /nofile/],
    [
      'few processes',
      () => 'exec prlimit --nproc=300 sh -c "$SSH_ORIGINAL_COMMAND"',
      'limits',
      /at most 300 processes/,
      /nproc/,
    ],
    [
      'a directory that is not shared',
      () => `exec unshare --mount sh -c 'mount -t tmpfs none ${folder}/shared; ${COMMAND}'`,
      'shared-directory',
      /is not seen there \(ENOENT\)/,
      /mount the same file system/,
    ],
    [
      'a directory that is read-only',
      () =>
        `exec unshare --mount sh -c 'mount --bind -o ro ${folder}/shared ${folder}/shared; mount -o remount,bind,ro ${folder}/shared; ${COMMAND}'`,
      'shared-directory',
      /not writable \(EROFS\)/,
      /mount it rw/,
    ],
    [
      'a directory whose writings stay there',
      () =>
        `exec unshare --mount sh -c 'mkdir -p ${folder}/upper ${folder}/work; mount -t tmpfs none ${folder}/upper; mkdir ${folder}/upper/u ${folder}/upper/w; mount -t overlay -o lowerdir=${folder}/shared,upperdir=${folder}/upper/u,workdir=${folder}/upper/w none ${folder}/shared; ${COMMAND}'`,
      'shared-directory',
      /is not seen here within 5 s/,
      /how it is mounted/,
    ],
    ['a slow login', () => 'sleep 60', 'login-time', /nothing came within 4 s/, /start-up files/],
    [
      'a login that prints without end',
      () => 'exec yes',
      'login-time',
      /more than 8 MiB came, and no end/,
      /start-up files/,
    ],
    [
      'a login that fails',
      () => 'echo "Account expired" >&2; exit 3',
      'remote-shell',
      /Account expired/,
      /by hand/,
    ],
  ];
  test.each(logins)('finds %s', async (title, gate, check, what, cure) => {
    clinic.setGate('h2', gate());
    if (title === 'a slow login') {
      const { stdout } = await clinic.callDoctor(['--timeout', '4']);
      expect(stdout).toMatch(what);
      expect(stdout).toMatch(cure);
    } else {
      expect(await clinic.findings()).toEqual([finding(check, 'h2', what, cure)]);
    }
    clinic.setGate('h2', undefined);
  });

  test('finds a dshexec of another version, one that is missing, and one that is not native', async () => {
    const other = fakeProgram('dshexec', 'dshexec 0.1.9');
    const call = async (): Promise<string> =>
      (
        await clinic.lab.runFrom('h1', ['dshctl', 'doctor'], {
          directory: `${folder}/shared`,
          environment: { DSH_EXEC: 'dshexec' },
        })
      ).stdout;
    clinic.setGate('h2', other);
    expect(await call()).toMatch(
      /^h2: it has dsh 0\.1\.9, and this is .* \[version\]\n {4}cure: dshctl setup h2\nh2: the native runner is missing, .*\n/,
    );
    clinic.setGate('h2', 'export PATH=/usr/bin:/bin');
    expect(await call()).toMatch(
      /^h2: dshexec is not found there.*\[runner\]\n {4}cure: dshctl setup h2/,
    );
    clinic.setGate('h2', undefined);
  });
});
