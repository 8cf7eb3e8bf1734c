/** Each way to install dsh, as its user goes it; what is installed works, and goes again. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
const { version } = JSON.parse(readFileSync(`${projectDirectory}/package.json`, 'utf8')) as {
  version: string;
};
const programs = ['dsh', 'dsh-masquerade', 'dshctl', 'dshd', 'dshexec'];

/** Runs a command in the project; one that fails fails the test with what it said. */
async function run(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCommand(words, { directory: projectDirectory });
  expect(status, `${words.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

describeWith(['openssh-server'], 'an installation', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 2, dshexec: 'dshexec' });
  });
  afterAll(async () => lab.close());

  /** From h1 to h2, with nothing of this tree: all programs are those of `bin`. */
  function runFromInstalled(bin: string, words: readonly string[]): Promise<CommandResult> {
    return lab.runFrom('h1', words, {
      environment: {
        PATH: `${bin}:${process.env.PATH}`,
        DSH_AGENT: `${lab.directory}/h1/${bin.length}.sock`,
        DSH_EXEC: `${bin}/dshexec`,
      },
    });
  }

  async function expectToWork(bin: string): Promise<void> {
    for (const program of ['dsh', 'dshctl', 'dshd']) {
      expect(await run(`${bin}/${program}`, '--version')).toBe(`${program} ${version}\n`);
    }
    const dispatched = await runFromInstalled(bin, ['dsh', '-vH', 'h2', 'sh', '-c', 'exit 7']);
    expect(dispatched).toMatchObject({ status: 7, stderr: 'dsh: h2\n' });
  }

  test('by make install works, and make uninstall leaves no file', async () => {
    const prefix = `${folder}/prefix`;
    await run('make', '-s', 'install', `PREFIX=${prefix}`);
    expect(readdirSync(`${prefix}/bin`).toSorted()).toEqual(programs);
    await expectToWork(`${prefix}/bin`);
    const unit = readFileSync(`${prefix}/lib/systemd/system/dshd.service`, 'utf8');
    expect(unit).toContain(`ExecStart=${prefix}/bin/dshd --socket`);
    await run('make', '-s', 'uninstall', `PREFIX=${prefix}`);
    expect(await run('find', prefix, '-not', '-type', 'd')).toBe('');
  });

  test('by npm works without scripts, and without a compiler', async () => {
    const packed = await run('npm', 'pack', '--silent', '--pack-destination', folder);
    const options = ['--ignore-scripts', '--offline', '--prefix', `${folder}/npm`];
    await run('npm', 'install', '--silent', '--global', ...options, `${folder}/${packed.trim()}`);
    expect(readdirSync(`${folder}/npm/bin`).toSorted()).toEqual(programs);
    const installed = `${folder}/npm/lib/node_modules/dsh-cluster`;
    // It is for any machine: nothing native, and nothing that only this tree has a use for.
    const text = ['-rIL', '--exclude=*.gz', '.'];
    expect(await run('grep', ...text, `${installed}/dist`)).toBe('');
    expect(readdirSync(`${installed}/dist`)).not.toContain('lab.js');
    await expectToWork(`${folder}/npm/bin`);
  });
});

describeWith(['root', 'namespaces'], 'the Debian package', () => {
  /**
   * What `script` prints in a copy of this machine's root that is gone afterwards: its upper layer,
   * in the memory of a mount namespace, takes all that is written, and shows it as /changes.
   */
  function runInCopy(script: string): Promise<CommandResult> {
    const inside = `
      mount -t tmpfs none ${folder} && mkdir -p ${folder}/upper ${folder}/work ${folder}/root &&
      mount -t overlay -o lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work none ${folder}/root &&
      cd ${folder}/root && mkdir changes && mount --bind ${folder}/upper changes &&
      mount --bind /proc proc && mount --bind /dev dev && mount -t tmpfs none run &&
      mount -t tmpfs none tmp && cp $1 tmp/dsh.deb &&
      exec chroot . sh -ec "$2"`;
    const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', inside];
    return runCommand([...unshare, 'sh', debFile, script], { deadlineMs: 110_000 });
  }

  let debFile: string;
  beforeAll(async () => {
    debFile = `${projectDirectory}/${(await run('make', '-s', 'deb')).trim()}`;
  });

  test('installs what it lists, works, and leaves nothing after its purge', async () => {
    // Without its trigger, which indexes all manuals of the machine.
    const { status, stdout, stderr } = await runInCopy(`
      dpkg --no-triggers -i /tmp/dsh.deb >/dev/null
      dpkg -L dsh-cluster | while read -r file; do [ -e "$file" ] || echo missing: "$file"; done
      dpkg -L dsh-cluster | grep ^/usr/bin/
      dsh --version; dshctl --version; dshd --version; dshexec --version
      head -c4 "$(readlink -f /usr/bin/dsh)" | tail -c3; echo
      man -w dsh
      dshd keygen /etc/dsh/key; echo "$(hostname)" >/etc/dsh/cluster
      dpkg --no-triggers -r dsh-cluster >/dev/null
      ls /etc/dsh /etc/default/dsh
      dpkg --no-triggers -P dsh-cluster >/dev/null
      find /changes -not -type d | grep -v -e /var/lib/dpkg/ -e /var/cache/ -e /var/log/ -e /dev/ || echo nothing left
      ls -d /etc/dsh /usr/lib/dsh /usr/share/doc/dsh* 2>&1 | sort`);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      ...programs.map((name) => `/usr/bin/${name}`),
      ...['dsh', 'dshctl', 'dshd', 'dshexec'].map((name) => `${name} ${version}`),
      'ELF',
      '/usr/share/man/man1/dsh.1.gz',
      '/etc/default/dsh',
      '',
      '/etc/dsh:',
      'cluster',
      'key',
      'nothing left',
      ...['/etc/dsh', '/usr/lib/dsh', '/usr/share/doc/dsh*'].map(
        (path) => `ls: cannot access '${path}': No such file or directory`,
      ),
      '',
    ]);
    expect(status).toBe(0);
  });

  test('is not installed beside the dsh of Debian, which has the same command', async () => {
    const { status, stderr } = await runInCopy(`
      mkdir -p /tmp/other/DEBIAN
      printf '%s\\n' 'Package: dsh' 'Version: 0.25.10' 'Architecture: all' 'Maintainer: x <x@y>' \
        'Description: dancer shell' >/tmp/other/DEBIAN/control
      dpkg-deb --build /tmp/other /tmp/other.deb >/dev/null
      dpkg -i /tmp/other.deb >/dev/null
      dpkg -i /tmp/dsh.deb`);
    expect(status).toBe(1);
    expect(stderr).toContain('dsh-cluster conflicts with dsh');
  });
});

describe('the example of a service', () => {
  test('is the unit that is installed, but for the path of dshd', async () => {
    await run('make', '-s', 'install', `DESTDIR=${folder}/stage`, 'PREFIX=/usr');
    const installed = `${folder}/stage/usr/lib/systemd/system/dshd.service`;
    const text = readFileSync(`${projectDirectory}/packaging/dshd.service`, 'utf8');
    expect(readFileSync(installed, 'utf8')).toBe(
      text.replace('ExecStart=dshd ', 'ExecStart=/usr/bin/dshd '),
    );
  });
});
