/** `dsh -e rsh`: the original's way, over Debian's rsh server and client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { findByArguments } from '../../lab/process-table.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

/** What inetd would do: each connection of rsh's port gets a server on its descriptors. */
const inetd = `
  import { createServer } from 'node:net';
  import { spawn } from 'node:child_process';
  createServer({ pauseOnConnect: true }, (socket) => {
    const server = spawn('/usr/sbin/in.rshd', [], { stdio: [socket, socket, socket] });
    server.on('exit', () => socket.destroy());
  }).listen(514, process.argv[1], () => console.log('ready'));
`;

/** Lets everybody in, in the mount namespace of the test's own server alone. */
const openPam = ['auth', 'account', 'session'].map((kind) => `${kind} required pam_permit.so\n`);

let lab: Lab;
let directory: string;
let server: ChildProcess;

function sh(text: string): Promise<CommandResult> {
  return lab.runFrom('h1', ['sh', '-c', text], { directory });
}

describeWith(['root', 'namespaces', 'rsh-redone-server', 'rsh-redone-client'], 'dsh -e rsh', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-rsh-'));
    lab = await startEmbeddedLab({ names: ['h1', 'h2'] });
    await nameByAddress();
    writeFileSync(join(directory, 'pam'), openPam.join(''));
    const start = 'mount --bind pam /etc/pam.d/rsh && exec "$@"';
    const node = [process.execPath, '--input-type=module', '-e', inetd, lab.host('h2').address];
    server = spawn('unshare', ['--mount', 'sh', '-c', start, 'sh', ...node], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(server.stdout!, 'data');
  });

  afterAll(async () => {
    server.kill();
    await lab.close();
    rmSync(directory, { recursive: true });
  });

  test('runs the command by lock file, with the status that rsh itself loses', async () => {
    const result = await sh(`echo in | dsh -v -e rsh -H h2 sh -c 'cat; pwd; ls -A; exit 9'`);
    expect(result).toMatchObject({ status: 9, stderr: 'dsh: h2\n' });
    expect(result.stdout).toMatch(new RegExp(`^in\n${directory}\n\\.dsh-`));
    expect(readdirSync(directory)).toEqual(['pam']);
  });

  test('keeps words and environment to the byte', async () => {
    const words = `'a  b' "it's" '$HOME' '' 'new\nline' '*'`;
    const direct = await sh(`X='y  z' sh -c 'printf "<%s>" "$@" "$X"' sh ${words}`);
    const remote = await sh(
      `X='y  z' dsh -e rsh -H h2 sh -c 'printf "<%s>" "$@" "$X"' sh ${words}`,
    );
    expect(remote).toEqual(direct);
  });

  test('ended by a signal leaves no process and no lock file', async () => {
    const endless = `echo up >up; while [ -e up ]; do sleep 0.1; done`;
    const text = `dsh -e rsh -H h2 sh -c '${endless}' marker-${process.pid} & client=$!
      while [ ! -e up ]; do sleep 0.1; done; kill -TERM $client; wait $client; echo $?`;
    expect((await sh(text)).stdout).toBe('143\n');
    await waitUntil(
      'the command to be gone',
      () => findByArguments((words) => words.includes(`marker-${process.pid}`)).length === 0,
    );
    expect(readdirSync(directory)).toEqual(['pam', 'up']);
    rmSync(join(directory, 'up'));
  });

  test('takes the next best node when rsh cannot reach the best', async () => {
    // No rsh server listens on h1's address, and h1 itself would be "here": so it is left out.
    server.kill();
    await once(server, 'exit');
    const result = await sh('dsh -e rsh echo here');
    expect(result).toMatchObject({ status: 0, stdout: 'here\n' });
  });
});

/** rsh knows no aliases: the cluster file says that a node's destination is its address. */
async function nameByAddress(): Promise<void> {
  const file = join(lab.directory, 'cluster');
  const text = readFileSync(file, 'utf8').replace(/address=(\S+)/g, 'address=$1 ssh=$1');
  writeFileSync(file, text);
  for (const { name, address } of lab.hosts) {
    await lab.host(name).kill('dshd', 'SIGHUP');
    await waitUntil(`${name} to have read its file again`, async () =>
      (await lab.host(name).statusTable()).includes(` ${address}\n`),
    );
  }
}
