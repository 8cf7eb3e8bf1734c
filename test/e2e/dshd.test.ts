/** dshd as its administrator meets it: options, the background, bad input, hostile clients. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { claimNetwork, type Network, ports } from '../../lab/network.ts';
import { isAlive, readProcess } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

const program = join(projectDirectory, 'dist/dshd.js');
let directory: string;
let network: Network;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dshd-'));
  network = await claimNetwork(1);
});

afterEach(async () => {
  await network.release();
  rmSync(directory, { recursive: true });
});

function dshd(...words: readonly string[]): Promise<CommandResult> {
  const place = ['--listen', network.address(1), '--socket', join(directory, 'dshd.sock')];
  return runCommand([process.execPath, program, ...place, ...words]);
}

async function endByPid(pid: number): Promise<void> {
  const identity = readProcess(pid)!;
  process.kill(pid, 'SIGTERM');
  await waitUntil(`process ${pid} to end`, () => !isAlive(identity));
}

describe('bad input', () => {
  const clusterFiles: [text: string, complaint: RegExp][] = [
    ['h1\nh2 fast\n', /cluster, line 2: weight 'fast': expected a number above 0, as in/],
    ['h1 1 1 1\n', /cluster, line 1: '1': expected at most two weights/],
    ['h1\nh1\n', /cluster, line 2: node 'h1' is named twice, first on line 1/],
    ['h1 colour=red\n', /line 1: attribute 'colour': expected one of address, ssh, cpus/],
  ];
  test.each(clusterFiles)('cluster file %j', async (content, complaint) => {
    writeFileSync(join(directory, 'cluster'), content);
    const result = await dshd('-f', join(directory, 'cluster'));
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toMatch(/^dshd: .*\n$/);
    expect(result.stderr).toMatch(complaint);
  });

  const commandLines: [words: string[], status: number, complaint: RegExp][] = [
    [['--colour'], 2, /unknown option --colour; see dshd --help/],
    [['-t', 'http'], 2, /--status-port 'http': expected a number from 1 to 65535/],
    [['-r', '70000'], 2, /--best-port '70000'/],
    [['--http-port', '70000'], 2, /--http-port '70000': expected a number from 0 to 65535/],
    [['-f'], 2, /-f needs a value/],
    [['cluster'], 2, /'cluster': dshd takes options only/],
    [['--listen', 'here'], 2, /--listen 'here': expected an IP address/],
    [['--config', '/nonexistent'], 2, /cannot read configuration file \/nonexistent: no such file/],
    [
      ['--config', '/dev/zero'],
      2,
      /cannot read configuration file \/dev\/zero: longer than 16 MiB/,
    ],
    [['-f', '/dev/zero'], 1, /cannot read cluster file \/dev\/zero: longer than 16 MiB/],
    [['--socket', ''], 2, /--socket '': expected a value/],
    [['-f', '/nonexistent'], 1, /cannot read cluster file \/nonexistent: no such file/],
    [['--policy', 'best'], 1, /--policy 'best': expected one of fresh, loadavg, seed, or the path/],
    [['--policy', '/dev/null'], 1, /--policy '\/dev\/null': /],
    [['--path.procfs', '/nonexistent'], 1, /--path.procfs must name a mounted \/proc/],
    [['--listen', '192.0.2.1'], 1, /192.0.2.1|UDP port 8181: not an address of this host/],
    [['--socket', '/proc/dshd.sock'], 1, /socket \/proc\/dshd.sock/],
    [['--key', '/nonexistent'], 1, /cannot read key file \/nonexistent: no such file/],
    [['--key', '/dev/null'], 1, /key file \/dev\/null: others may use it \(mode 0666\): chmod 600/],
    [['--auth', 'key'], 2, /--auth 'key': expected none; a key is given by --key/],
    [['--auth', 'none', '--key', 'k'], 2, /--auth none and --key exclude each other/],
    [['--multicast', '10.0.0.1'], 2, /--multicast '10.0.0.1': expected an address from 224/],
    [['keygen'], 2, /'keygen': dshd takes options only/],
    [['--pid-file', '/nonexistent/pid'], 1, /cannot write pid file/],
  ];
  test.each(commandLines)('dshd %j', async (words, status, complaint) => {
    const result = await dshd(...words);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toMatch(/^dshd: [^\n]*\n$/);
    expect(result.stderr).toMatch(complaint);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a configuration file with a bad line', async () => {
    const config = join(directory, 'dshd.conf');
    writeFileSync(config, '# all\n\nmax-loops = 5\nstatus port 80\n');
    const result = await dshd('--config', config);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/dshd.conf, line 4: 'status port 80': expected a line name = /);
  });
});

describe('in the background', () => {
  test('it goes there once all is set up, prints its pid, and SIGTERM ends it cleanly', async () => {
    const started = await dshd('-b', '-p', '--pid-file', join(directory, 'pid'));
    expect(started).toMatchObject({ status: 0, stderr: '' });
    const pid = Number(started.stdout);
    expect(readFileSync(join(directory, 'pid'), 'utf8')).toBe(`${pid}\n`);
    const files = ['dshd.sock', 'dshd.sock.admin', 'dshd.sock.epoch', 'pid'];
    expect(readdirSync(directory).toSorted()).toEqual(files);
    await endByPid(pid);
    // The time of its last packet stays, so that the next start is later whatever the clock says.
    expect(readdirSync(directory)).toEqual(['dshd.sock.epoch']);
  });

  test('a second one says what is in its way, and the first one stays', async () => {
    const pid = Number((await dshd('-b', '-p')).stdout);
    const second = await dshd('-b', '-p');
    expect(second).toMatchObject({ status: 1, stdout: '' });
    expect(second.stderr).toMatch(
      /^dshd: cannot use UDP port 8181 of [0-9.]+: already in use: .*--udp-port/,
    );
    const third = await dshd('--udp-port', '18181');
    expect(third.stderr).toMatch(/^dshd: .*dshd.sock: another dshd answers there/);
    await endByPid(pid);
  });

  test('a socket that a killed daemon left is no hindrance', async () => {
    const pid = Number((await dshd('-b', '-p')).stdout);
    const identity = readProcess(pid)!;
    process.kill(pid, 'SIGKILL');
    await waitUntil('the daemon to be dead', () => !isAlive(identity));
    expect(existsSync(join(directory, 'dshd.sock'))).toBe(true);
    const next = await dshd('-b', '-p');
    expect(next).toMatchObject({ status: 0, stderr: '' });
    await endByPid(Number(next.stdout));
  });

  test('options come from a configuration file too, and the command line has the last word', async () => {
    const config = join(directory, 'dshd.conf');
    writeFileSync(config, 'background\nprint-pid\nmax-loops = 7\n');
    const started = await dshd('--config', config, '--max-loops', '9');
    expect(started).toMatchObject({ status: 0, stderr: '' });
    await endByPid(Number(started.stdout));
  });
});

describe('clients of the ports', () => {
  let lab: Lab;
  const clients: Socket[] = [];

  beforeEach(async () => {
    lab = await startEmbeddedLab({ names: ['h1', 'h2'] });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await lab.close();
  });

  function open(port: number): Socket {
    const client = connect({ port, host: lab.host('h1').address });
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  function readAll(client: Socket): Promise<string> {
    return text(client);
  }

  test.each([ports.status, ports.best])('1,000 at once are served on %i', async (port) => {
    const texts = await Promise.all(Array.from({ length: 1000 }, () => readAll(open(port))));
    for (const lines of texts) expect(lines).toMatch(/^h[12] ok /);
  });

  test('those that say nothing, send garbage or never read cost nobody else anything', async () => {
    const memoryBytes = residentBytes(lab.host('h1').pid('dshd'));
    const garbage = Buffer.alloc(65_536, 'garbage\n');
    for (let index = 0; index < 300; index += 1) {
      open(ports.status).pause();
      open(ports.best).write(garbage);
      open(ports.status).write('GET / HTTP/1.0\r\n\r\n');
    }
    const lines = await readAll(open(ports.status));
    expect(lines.split('\n')).toHaveLength(3);
    expect(residentBytes(lab.host('h1').pid('dshd')) - memoryBytes).toBeLessThan(64 * 2 ** 20);
    // They are put out after five seconds at most.
    await waitUntil('all sockets of the daemon to be closed', () => {
      const pid = lab.host('h1').pid('dshd');
      return readdirSync(`/proc/${pid}/fd`).length < 40;
    });
  });
});

describeWith(['netcat-openbsd', 'telnet'], 'the test clients of old', () => {
  test('nc and telnet print the lines and end', async () => {
    const lab = await startEmbeddedLab({ names: ['h1', 'h2'] });
    try {
      const { address } = lab.host('h1');
      const nc = await runCommand(['nc', address, String(ports.status)]);
      expect(nc.stdout).toMatch(/^h[12] ok .*\nh[12] ok .*\n$/);
      // telnet ends at the end of its input too, so that is left open.
      const telnet = spawn('telnet', [address, String(ports.best)]);
      expect(await text(telnet.stdout)).toMatch(/^h[12] ok /m);
      expect(await text(telnet.stderr)).toContain('closed by foreign host');
    } finally {
      await lab.close();
    }
  });
});

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}
