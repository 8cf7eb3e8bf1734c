/** The unit that `make install` brings, under a real systemd in a kernel of its own. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const support = new URL('../support/', import.meta.url).pathname;
const project = new URL('../../', import.meta.url).pathname;
const DEADLINE_MS = 400_000;
/** Nobody logs in there. They take most of the time of a boot, as all that talks to others. */
const unneeded = [
  'dbus.service',
  'dbus.socket',
  'getty.target',
  'systemd-logind.service',
  'systemd-user-sessions.service',
];

describeWith(['root', 'user-mode-linux', 'systemd', 'make'], 'dshd under systemd', () => {
  const folder = createTemporaryFolder();
  let facts: readonly string[];

  beforeAll(async () => {
    await install();
    configure();
    // Two boots: it ends when the second one says so.
    const words = ['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'mem=768M', 'quiet'];
    const own = ['con=null', 'con0=null,fd:1', `uml_dir=${folder}/`, `init=${folder}/init`];
    const { stdout, stderr } = await runCommand(['linux.uml', ...words, ...own, '--', folder], {
      deadlineMs: DEADLINE_MS,
    });
    try {
      facts = readFileSync(`${folder}/guest/facts`, 'utf8').trimEnd().split('\n');
    } catch {
      throw new Error(`the kernel left nothing:\n${stdout}${stderr}`);
    }
  }, DEADLINE_MS);

  async function install(): Promise<void> {
    const words = ['make', '-s', '-C', project, 'install', `DESTDIR=${folder}/stage`];
    expect(await runCommand(words)).toMatchObject({ status: 0 });
    cpSync(`${folder}/stage/usr/local`, `${folder}/local`, {
      recursive: true,
      verbatimSymlinks: true,
    });
    writeFileSync(`${folder}/local/bin/node`, '');
    writeFileSync(`${folder}/node`, process.execPath);
  }

  /** This machine's /etc, but for the services that would be started with it. */
  function configure(): void {
    const etc = `${folder}/etc`;
    cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true, filter: isPlain });
    rmSync(`${etc}/systemd/system`, { recursive: true });
    for (const name of readdirSync(etc)) {
      if (/^rc.\.d$/.test(name)) rmSync(`${etc}/${name}`, { recursive: true });
    }
    writeFileSync(`${etc}/fstab`, '');
    for (const name of ['dsh', 'default', 'systemd/system/default.target.wants']) {
      mkdirSync(`${etc}/${name}`, { recursive: true });
    }
    writeFileSync(`${etc}/dsh/cluster`, 'h1 address=127.0.0.1\n');
    writeFileSync(`${etc}/default/dsh`, 'DSHD_OPTIONS="--name h1"\n');
    const units = `${etc}/systemd/system`;
    const unit =
      '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/sh /mnt/run\n';
    writeFileSync(`${units}/guest.service`, unit);
    symlinkSync('../guest.service', `${units}/default.target.wants/guest.service`);
    for (const name of unneeded) symlinkSync('/dev/null', `${units}/${name}`);
    mkdirSync(`${folder}/guest`);
    copyFileSync(`${support}systemd-guest`, `${folder}/guest/run`);
    copyFileSync(`${support}systemd-init`, `${folder}/init`);
    chmodSync(`${folder}/init`, 0o755);
  }

  function fact(boot: string, name: string): string | undefined {
    const start = `${boot} ${name} `;
    return facts.find((line) => line.startsWith(start))?.slice(start.length);
  }

  test('starts when it is enabled, as nobody, and places commands', () => {
    expect(fact('first', 'enabled')).toBe('1');
    expect(fact('first', 'state')).toBe('active enabled');
    expect(fact('first', 'user')).toBe('nobody');
    expect(fact('first', 'placed')).toBe('it runs');
  });

  test('comes back after a kill, as another process', () => {
    const [before, after] = fact('first', 'killed')!.split(' ');
    expect(Number(after)).toBeGreaterThan(1);
    expect(after).not.toBe(before);
  });

  test('reloads in the same process', () => {
    const [state, process, before] = fact('first', 'reloaded')!.split(' ');
    expect({ state, process }).toEqual({ state: 'active', process: before });
  });

  test('stops, and leaves no socket', () => {
    expect(fact('first', 'stopped')).toBe('inactive 0');
  });

  test('is there after a reboot', () => {
    expect(fact('second', 'state')).toBe('active enabled');
    expect(fact('second', 'placed')).toBe('it runs');
  });
});

function isPlain(path: string): boolean {
  return !/^\/etc\/(dsh|ssl\/private|slurm|munge)(\/|$)/.test(path);
}
