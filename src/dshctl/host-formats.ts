/** The nodes as other tools want to be told of hosts. */
import type { NodeView } from '../core/wire/control.ts';

export interface HostFormat {
  readonly name: string;
  /** What takes it. */
  readonly help: string;
  readonly write: (nodes: readonly NodeView[]) => string;
}

export const hostFormats: readonly HostFormat[] = [
  {
    name: 'plain',
    help: 'what ssh is to be called with, a node a line',
    write: (nodes) => lines(nodes.map(({ destination }) => destination)),
  },
  {
    name: 'names',
    help: 'as the cluster file has them, a node a line',
    write: (nodes) => lines(nodes.map(({ name }) => name)),
  },
  {
    name: 'sshlogin',
    help: 'GNU parallel --sshloginfile',
    // `:` is this machine, without ssh.
    write: (nodes) =>
      lines(nodes.map((node) => `${slots(node)}/${node.self ? ':' : node.destination}`)),
  },
  {
    name: 'distcc',
    help: 'DISTCC_HOSTS, over ssh',
    write: (nodes) =>
      lines([
        nodes
          .map((node) => `${node.self ? 'localhost' : `@${node.destination}`}/${slots(node)}`)
          .join(' '),
      ]),
  },
  {
    name: 'pdsh',
    help: 'pdsh -w, clush -w',
    write: (nodes) => lines([nodes.map(({ destination }) => destination).join(',')]),
  },
  {
    name: 'ansible',
    help: 'an inventory, with the figures as variables',
    write: (nodes) => lines(['[dsh]', ...nodes.map(ansibleLine)]),
  },
  {
    name: 'ssh-config',
    help: 'Host blocks for ssh -F or Include',
    write: (nodes) => nodes.map(sshBlock).join(''),
  },
];

/** As many commands at a time as it has CPUs. */
function slots({ cpus }: NodeView): number {
  return Math.max(1, Math.round(cpus));
}

/** `ansible_host` is what ssh is called with, where the name alone would not do. */
function ansibleLine({ name, destination, cpus, freeBytes, self }: NodeView): string {
  const { user, host } = splitDestination(destination);
  const words = [
    name,
    ...(host === name ? [] : [`ansible_host=${host}`]),
    ...(user === undefined ? [] : [`ansible_user=${user}`]),
    ...(self ? ['ansible_connection=local'] : []),
    `dsh_cpus=${cpus}`,
    `dsh_free_bytes=${freeBytes}`,
  ];
  return words.join(' ');
}

/**
 * Names what differs from the node's name alone: what the user's own configuration says of the host still
 * counts. Nothing else is known here: ssh is called with the destination, and finds its way itself.
 */
function sshBlock({ name, destination }: NodeView): string {
  const { user, host } = splitDestination(destination);
  return lines([
    `Host ${name}`,
    ...(host === name ? [] : [`  HostName ${host}`]),
    ...(user === undefined ? [] : [`  User ${user}`]),
  ]);
}

function splitDestination(destination: string): { user: string | undefined; host: string } {
  const at = destination.lastIndexOf('@');
  if (at < 0) return { user: undefined, host: destination };
  return { user: destination.slice(0, at), host: destination.slice(at + 1) };
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}
