/** The texts of a lab: what its sshd, its ssh, its dshd and the user's shell are told. */
import { dirname } from 'node:path';
import { ports } from './network.ts';

/** One host as the texts need it. `directory` is the host's own, inside the lab's. */
export interface HostPlace {
  readonly name: string;
  readonly address: string;
  readonly directory: string;
}

/**
 * A whole configuration: nothing is taken from /etc/ssh. StrictModes is off since the folder may
 * lie below one that others may write, such as /tmp. Connections come in bursts, all from one
 * address, so that the default of MaxStartups (10:30:100) would drop some at random.
 */
export function sshdConfiguration(
  labDirectory: string,
  host: HostPlace,
  options: readonly string[] = [],
): string {
  return lines([
    ...options,
    `ListenAddress ${host.address}`,
    `Port ${ports.ssh}`,
    `HostKey ${host.directory}/host_key`,
    `AuthorizedKeysFile ${labDirectory}/key.pub`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 200:30:500',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    // sshd takes the first SetEnv line only.
    `SetEnv ${loginVariables(labDirectory, host).join(' ')}`,
  ]);
}

export function sshConfiguration(labDirectory: string, hosts: readonly HostPlace[]): string {
  return lines([
    ...hosts.flatMap(({ name, address }) => [`Host ${name}`, `  HostName ${address}`]),
    'Host *',
    `  Port ${ports.ssh}`,
    `  IdentityFile ${labDirectory}/key`,
    '  IdentitiesOnly yes',
    '  PreferredAuthentications publickey',
    '  BatchMode yes',
    `  UserKnownHostsFile ${labDirectory}/known_hosts`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  LogLevel ERROR',
  ]);
}

/** What a login on `host` has, so that a command there can call dsh in its turn. */
function loginVariables(labDirectory: string, host: HostPlace): readonly string[] {
  return [
    `${LAB_VARIABLE}=${labDirectory}`,
    `DSH_SOCKET=${host.directory}/dshd.sock`,
    `DSH_AGENT=${host.directory}/agent.sock`,
    // bash takes itself for a shell within a shell and reads no ~/.bashrc of whoever runs the lab.
    'SHLVL=1',
    // The default may lack the folder of this node.
    `"PATH=${labDirectory}/bin:${remotePath()}"`,
  ];
}

/** One line of known_hosts; `publicKey` is the text of the host's `.pub` file. */
export function knownHost(host: HostPlace, publicKey: string): string {
  const [algorithm, key] = publicKey.split(' ');
  return `[${host.address}]:${ports.ssh} ${algorithm} ${key}\n`;
}

/** The cluster file; `words` are the weights and attributes of each host, if it has any. */
export function clusterFile(
  hosts: readonly HostPlace[],
  words: (host: HostPlace, index: number) => string,
): string {
  return lines(
    hosts.map((host, index) =>
      [host.name, words(host, index), `address=${host.address}`].filter(Boolean).join(' '),
    ),
  );
}

/** The secret that the daemons of a lab share. */
export function keyFile(labDirectory: string): string {
  return `${labDirectory}/cluster.key`;
}

export function daemonArguments(labDirectory: string, host: HostPlace): readonly string[] {
  return [
    ['--file', `${labDirectory}/cluster`],
    ['--key', keyFile(labDirectory)],
    ['--name', host.name],
    ['--listen', host.address],
    ['--socket', `${host.directory}/dshd.sock`],
  ].flat();
}

/** The variables that make `dsh` act as on `host`. */
export function hostVariables(
  labDirectory: string,
  host: HostPlace,
  remoteShell: string,
  projectDirectory: string,
): Readonly<Record<string, string>> {
  return {
    DSH_SOCKET: `${host.directory}/dshd.sock`,
    DSH_AGENT: `${host.directory}/agent.sock`,
    DSH_RSH: remoteShell,
    DSH_EXEC: shellQuote(`${projectDirectory}/bin/dshexec`),
    PATH: `${labDirectory}/bin:${process.env.PATH ?? remotePath()}`,
  };
}

/** Lines for a POSIX shell to evaluate. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
  return lines(
    Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuote(value)}`),
  );
}

export function shellQuote(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Processes started by a lab's sshd or dshd carry it, with the lab's directory as value. */
export const LAB_VARIABLE = 'DSH_LAB';

function remotePath(): string {
  return `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}
