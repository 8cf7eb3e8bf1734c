/**
 * Hosts as they are before dsh is on them: a netns lab whose hosts have a /usr/local, /etc, /srv,
 * /root, /home, /run and /tmp of their own, which are gone with them, and whose ssh needs no options. Needs root.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type CommandOptions, type CommandResult, runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';
import { type NetnsLab, startNetnsLab } from '../../lab/netns.ts';

export interface FreshHosts {
  readonly lab: NetnsLab;
  /** This project, built, where all hosts see it. */
  readonly source: string;
  /** A directory that all hosts share, and everybody may write; it is their /srv/work as well. */
  readonly shared: string;
  /** Runs a line of bash on a host, as a login of root or of the user `anna` would. */
  run(host: string, line: string, options?: Options): Promise<CommandResult>;
  close(): Promise<void>;
}

interface Options extends CommandOptions {
  readonly user?: 'root' | 'anna';
}

/** What `make install` needs. */
const built = ['Makefile', 'bin', 'dist', 'man', 'package.json', 'packaging'];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export async function startFreshHosts(names: readonly string[]): Promise<FreshHosts> {
  // Not in /tmp, which each host has for itself.
  const directory = mkdtempSync('/var/tmp/dsh-fresh-');
  const labDirectory = `${directory}/lab`;
  const lab = await startNetnsLab({
    hosts: names.length,
    names,
    directory: labDirectory,
    daemons: false,
    // Of this option sshd takes the first: a login has nothing of the lab but its mark.
    sshdOptions: [`SetEnv DSH_LAB=${labDirectory} SHLVL=1`],
  }).catch((error: unknown) => {
    rmSync(directory, { recursive: true });
    throw error;
  });
  const shared = `${directory}/shared`;
  const source = `${directory}/source`;

  async function run(host: string, line: string, options: Options = {}): Promise<CommandResult> {
    const { user = 'root', ...more } = options;
    const home = user === 'root' ? '/root' : `/home/${user}`;
    const become =
      user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const words = lab.host(host).words([...become, 'bash', '-c', line]);
    const environment = { PATH, HOME: home, USER: user, DSH_LAB: labDirectory, LANG: 'C.UTF-8' };
    return runCommand(words, { directory: shared, environment, deadlineMs: 180_000, ...more });
  }

  async function close(): Promise<void> {
    await lab.close();
    rmSync(directory, { recursive: true, force: true });
  }

  try {
    mkdirSync(shared, { mode: 0o777 });
    mkdirSync(source);
    for (const name of built)
      cpSync(`${projectDirectory}/${name}`, `${source}/${name}`, { recursive: true });
    await runCommand(['chmod', '755', directory, labDirectory]);
    await runCommand(['chmod', '1777', shared]);
    for (const host of names) await makeFresh(host);
  } catch (error) {
    await close();
    throw error;
  }
  return { lab, source, shared, run, close };

  async function makeFresh(host: string): Promise<void> {
    const upper = `${lab.host(host).directory}/upper`;
    const overlay = (name: string): string =>
      `mkdir -p ${upper}/${name}/u ${upper}/${name}/w; mount -t overlay -o lowerdir=/${name},upperdir=${upper}/${name}/u,workdir=${upper}/${name}/w none /${name}`;
    const { status, stderr } = await run(
      host,
      `set -e; mkdir ${upper}; mount -t tmpfs none ${upper}
      mkdir -p ${upper}/usr
      ${overlay('usr/local')}; ${overlay('etc')}; ${overlay('srv')}
      mkdir /srv/work; mount --bind ${shared} /srv/work
      cp ${labDirectory}/hosts /etc/hosts
      mount -t tmpfs none /run; mkdir -m 755 /run/sshd
      mount -t tmpfs none /tmp; chmod 1777 /tmp
      mount -t tmpfs none /home
      mount -t tmpfs none /root; chmod 700 /root
      useradd -m -s /bin/bash -p '*' anna
      for home in /root /home/anna; do
        mkdir -m 700 $home/.ssh
        cp ${labDirectory}/ssh_config $home/.ssh/config
        cp ${labDirectory}/key $home/.ssh/id_ed25519
        sed -i "s|IdentityFile .*|IdentityFile $home/.ssh/id_ed25519|" $home/.ssh/config
        cp ${labDirectory}/known_hosts $home/.ssh/known_hosts
        sed -i "s|UserKnownHostsFile .*|UserKnownHostsFile $home/.ssh/known_hosts|" $home/.ssh/config
      done
      chown -R anna: /home/anna`,
      { directory: '/' },
    );
    if (status !== 0) throw new Error(`cannot make ${host} fresh: ${stderr}`);
  }
}
