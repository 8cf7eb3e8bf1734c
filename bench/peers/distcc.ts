/** distcc: a distccd on each node of a lab in namespaces, so all of them have the usual port. */
import { chmodSync, mkdirSync } from 'node:fs';
import type { Lab } from '../../lab/cluster.ts';
import { type Contender, waysOf } from '../contender.ts';

const PER_NODE = 2;
/** Its user, as Debian makes it; distccd refuses to serve as root. */
const USER = 'distccd';

export async function startDistcc(lab: Lab, nodes: readonly string[]): Promise<Contender> {
  const directory = `${lab.directory}/distcc`;
  mkdirSync(directory);
  // What is secret in there has modes of its own.
  for (const each of [`${lab.directory}/..`, lab.directory]) chmodSync(each, 0o711);
  await expectSuccess(lab, 'h1', ['chown', USER, directory]);
  for (const node of nodes) {
    const options = [
      ['--listen', lab.host(node).address],
      ['--allow', '10.77.0.0/24'],
      ['--jobs', `${PER_NODE}`],
      ['--user', USER],
      ['--log-file', `${directory}/${node}.log`],
      ['--pid-file', `${directory}/${node}.pid`],
    ];
    // The network is the lab's own: nobody else can reach it.
    await expectSuccess(lab, node, [
      'distccd',
      '--daemon',
      '--enable-tcp-insecure',
      ...options.flat(),
    ]);
  }
  const remote = nodes.map((node) => `${lab.host(node).address}/${PER_NODE}`).join(' ');
  const base = { DISTCC_DIR: directory, DISTCC_FALLBACK: '0' };
  return {
    name: 'distcc',
    ways: [
      ...waysOf([4, 5, 8], { prefix: 'distcc', environment: { ...base, DISTCC_HOSTS: remote } }),
      ...waysOf([5, 6], {
        prefix: 'distcc',
        environment: { ...base, DISTCC_HOSTS: `localhost/1 ${remote}` },
        note: 'with localhost/1',
      }),
    ],
  };
}

async function expectSuccess(lab: Lab, host: string, words: readonly string[]): Promise<void> {
  const { status, stderr } = await lab.runFrom(host, words);
  if (status !== 0) throw new Error(`${words[0]} on ${host}: status ${status}: ${stderr.trim()}`);
}
