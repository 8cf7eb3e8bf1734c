/** Other tools fed by `dshctl hosts` and `dsh --best`: the recipes of docs/other-tools.md, with the real tools. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { ports } from '../../lab/network.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';

let lab: Lab;
let directory: string;

/** As on h1, where `ssh` is the user's, with a configuration that finds the lab's hosts. */
function sh(text: string): Promise<CommandResult> {
  const PATH = `${directory}/bin:${lab.environment('h1')['PATH']}`;
  const environment = { PATH, HOME: directory, PARALLEL_HOME: directory };
  return lab.runFrom('h1', ['sh', '-c', text], { directory, environment });
}

async function output(text: string): Promise<string> {
  const { status, stdout, stderr } = await sh(text);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** The address by which each line's command was reached, as sshd tells it: its node. */
function nodesOf(connections: string): string[] {
  const names = new Map(lab.hosts.map(({ name, address }) => [address, name]));
  return [...connections.matchAll(/^(?:\S+: )?\S+ \d+ (127\S+) \d+$/gm)].map(
    ([, address]) => names.get(address!)!,
  );
}

/** The block of code of docs/other-tools.md that begins with this line. */
function recipe(first: string): string {
  const text = readFileSync(`${projectDirectory}/docs/other-tools.md`, 'utf8');
  const blocks = [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, block]) => block!);
  const found = blocks.find((block) => block.startsWith(first));
  if (found === undefined)
    throw new Error(`docs/other-tools.md has no block that begins with ${first}`);
  return found;
}

/**
 * All hosts of this lab are one machine, which has one `localhost` for all of them: `-W localhost:22` becomes the
 * address of the node that is asked for.
 */
function writeShell(): void {
  const addresses = lab.hosts.map(({ name, address }) => `${name}) own=${address} ;;`).join(' ');
  const script = `#!/bin/sh
for last; do :; done
case $last in ${addresses} esac
if [ "$1 $2" = '-W localhost:22' ]; then shift 2; set -- -W "$own:${ports.ssh}" "$@"; fi
exec /usr/bin/ssh -F ${directory}/ssh_config "$@"
`;
  mkdirSync(`${directory}/bin`);
  writeFileSync(`${directory}/bin/ssh`, script, { mode: 0o755 });
  const own = readFileSync(`${lab.directory}/ssh_config`, 'utf8');
  writeFileSync(`${directory}/ssh_config`, recipe('Host best\n') + own);
}

describeWith(
  [
    'openssh-server',
    'openssh-client',
    'rsync',
    'parallel',
    'pdsh',
    'distcc',
    'ansible-core',
    'gcc',
  ],
  'other tools',
  () => {
    beforeAll(async () => {
      lab = await startLoopbackLab({ hosts: 3 });
      directory = mkdtempSync(join(tmpdir(), 'dsh-tools-'));
      writeShell();
      // Else each run of GNU parallel asks to be cited.
      writeFileSync(join(directory, 'will-cite'), '');
    });
    afterAll(async () => {
      await lab.close();
      rmSync(directory, { recursive: true });
    });

    test('ssh goes to the best node, by its name and by Host best', async () => {
      expect(await output('ssh $(dsh --best) echo there')).toBe('there\n');
      const there = await output('ssh best "echo \\$SSH_CONNECTION"');
      expect(nodesOf(there)).toHaveLength(1);
      await sh('dshctl drain h1; dshctl drain h2');
      try {
        expect(nodesOf(await output('ssh best "echo \\$SSH_CONNECTION"'))).toEqual(['h3']);
      } finally {
        await sh('dshctl undrain h1; dshctl undrain h2');
      }
    });

    test('rsync copies to the best node', async () => {
      writeFileSync(join(directory, 'data'), 'bread\n');
      await output(`rsync -e ssh data best:${directory}/copied`);
      expect(readFileSync(join(directory, 'copied'), 'utf8')).toBe('bread\n');
    });

    test('GNU parallel runs on the nodes of hosts, and each job on the best one', async () => {
      const line = recipe('dshctl hosts --format sshlogin').split('\n')[0]!;
      const shown = await output(
        `${line.replace(/ gzip .*/, '')} 'echo {} \${SSH_CONNECTION:-here}' ::: $(seq 12)`,
      );
      expect(shown.trim().split('\n')).toHaveLength(12);
      const text = await output(`seq 6 | parallel -j3 'ssh $(dsh --best) echo {}'`);
      expect(text.trim().split('\n').toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
    });

    test('pdsh and ssh -F reach every node', async () => {
      const pdsh = await output(
        'PDSH_SSH_ARGS_APPEND=-q pdsh -R ssh -w "$(dshctl hosts --format pdsh)" "echo \\$SSH_CONNECTION"',
      );
      expect(nodesOf(pdsh).toSorted()).toEqual(['h1', 'h2', 'h3']);
      await output(`dshctl hosts --format ssh-config >hosts; cat hosts ssh_config >both`);
      expect(await output('/usr/bin/ssh -F both h2 echo there')).toBe('there\n');
    });

    test('Ansible takes the inventory', async () => {
      await output('dshctl hosts --remote --format ansible >inventory.ini');
      const { status, stdout } = await sh(
        'ANSIBLE_HOST_KEY_CHECKING=False ansible -i inventory.ini dsh -m raw -a "echo {{ dsh_cpus }} cpus"',
      );
      expect(status).toBe(0);
      expect(stdout).toMatch(/^h2 \| CHANGED.*\n\d+(\.\d+)? cpus$/m);
      expect(stdout).toMatch(/^h3 \| CHANGED/m);
    });

    test('distcc compiles on the nodes, over ssh', async () => {
      writeFileSync(join(directory, 'a.c'), 'int one(void) { return 1; }\n');
      const compile =
        'DISTCC_DIR=$PWD DISTCC_FALLBACK=0 DISTCC_VERBOSE=1 DISTCC_HOSTS="$(dshctl hosts --remote --format distcc)" distcc gcc -c a.c -o a.o';
      const { status, stderr } = await sh(compile);
      expect(stderr).toMatch(/compile a\.c on @h[23]\/\d+ completed ok/);
      expect(status).toBe(0);
    });
  },
);
