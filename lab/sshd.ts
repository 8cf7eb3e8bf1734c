/** OpenSSH's server for each host of a lab, with the keys that let this user in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { runCommand } from './command.ts';
import { type HostPlace, knownHost, sshConfiguration, sshdConfiguration } from './configuration.ts';
import type { Machine } from './machine.ts';
import { ports } from './network.ts';
import type { Program } from './program.ts';

/**
 * Writes keys and configurations; returns what starts the sshd of a host. `options` are lines of
 * sshd_config that come before the lab's own and therefore win.
 */
export async function prepareSshd(
  labDirectory: string,
  hosts: readonly HostPlace[],
  options: readonly string[],
): Promise<(host: HostPlace, machine: Machine) => Program> {
  const file = findSshd();
  makePrivilegeSeparationDirectory();
  await Promise.all([
    generateKey(`${labDirectory}/key`),
    ...hosts.map(({ directory }) => generateKey(`${directory}/host_key`)),
  ]);
  const knownHosts = hosts.map((host) =>
    knownHost(host, readFileSync(`${host.directory}/host_key.pub`, 'utf8')),
  );
  writeFileSync(`${labDirectory}/known_hosts`, knownHosts.join(''));
  writeFileSync(`${labDirectory}/ssh_config`, sshConfiguration(labDirectory, hosts));
  for (const host of hosts) {
    const text = sshdConfiguration(labDirectory, host, options);
    writeFileSync(configurationFile(host), text);
  }
  const extra = await penaltyOption(file, hosts);
  return (host, machine) => ({
    file,
    arguments: ['-D', '-e', '-f', configurationFile(host), ...extra],
    environment: process.env,
    log: `${host.directory}/sshd.log`,
    isReady: () => machine.acceptsConnections(ports.ssh),
  });
}

/** sshd starts itself again for every connection and therefore insists on an absolute path. */
function findSshd(): string {
  const places = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = places.map((place) => `${place}/sshd`).find((path) => existsSync(path));
  if (!found) throw new Error('there is no sshd on this machine: install openssh-server');
  return found;
}

/** As root, sshd puts its unprivileged half there; Debian's service makes it, and we run without. */
function makePrivilegeSeparationDirectory(): void {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
}

async function generateKey(file: string): Promise<void> {
  const words = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'dsh lab', '-f', file];
  const { status, stderr } = await runCommand(words);
  if (status !== 0) throw new Error(`ssh-keygen cannot make ${file}: ${stderr.trim()}`);
}

/**
 * OpenSSH 9.8 and later shut out an address whose connections end badly. Here that would be all
 * hosts at once, after one of them was killed. Older versions refuse the very option.
 */
async function penaltyOption(
  file: string,
  hosts: readonly HostPlace[],
): Promise<readonly string[]> {
  const option = ['-o', 'PerSourcePenalties=no'];
  const [first] = hosts;
  if (first === undefined) return [];
  const { status } = await runCommand([file, '-t', '-f', configurationFile(first), ...option]);
  return status === 0 ? option : [];
}

function configurationFile(host: HostPlace): string {
  return `${host.directory}/sshd_config`;
}
