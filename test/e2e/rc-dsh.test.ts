import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { claimNetwork, ports, readPort } from '../../lab/network.ts';
import { readProcess } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

/** The same on every Linux. */
const NOBODY = 65_534;

describeWith(['root'], 'rc.dsh', () => {
  let directory: string;
  let address: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rc-dsh-'));
    // The daemon is nobody, who has to come through, and may not reach the folder of the sources.
    chmodSync(directory, 0o755);
    for (const name of ['dist', 'package.json'])
      cpSync(`${projectDirectory}/${name}`, `${directory}/${name}`, { recursive: true });
    const network = await claimNetwork(1);
    address = network.address(1);
    await network.release();
    writeCluster(1);
    const settings = [
      `DSHD=${directory}/dist/dshd.js`,
      `DSHD_RUN=${directory}/run`,
      `DSHD_OPTIONS="--listen ${address} --name here -f ${directory}/cluster"`,
    ];
    writeFileSync(`${directory}/defaults`, `${settings.join('\n')}\n`);
  });
  afterEach(async () => {
    await rc('stop');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function writeCluster(loadWeight: number): void {
    writeFileSync(`${directory}/cluster`, `here ${loadWeight} address=${address}\n`);
  }

  function rc(verb: string): Promise<CommandResult> {
    return runCommand([`${projectDirectory}/packaging/rc.dsh`, verb], {
      environment: { ...process.env, DSH_DEFAULTS: `${directory}/defaults` },
    });
  }

  function readPid(): number {
    return Number(readFileSync(`${directory}/run/dshd.pid`, 'utf8'));
  }

  test('starts the daemon as nobody, says its pid, and stops it without a trace', async () => {
    const started = await rc('start');
    const pid = readPid();
    expect(started).toMatchObject({ status: 0, stdout: `dshd is started: ${pid}\n`, stderr: '' });
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY);
    expect(await readPort(address, ports.best)).toMatch(/^here /);
    expect(await rc('status')).toMatchObject({
      status: 0,
      stdout: `dshd is running: ${pid}\n`,
    });

    expect(await rc('stop')).toMatchObject({ status: 0, stdout: 'dshd is stopped\n', stderr: '' });
    expect(readProcess(pid)).toBeUndefined();
    expect(existsSync(`${directory}/run/dshd.pid`)).toBe(false);
    expect(existsSync(`${directory}/run/dshd.sock`)).toBe(false);
    expect(await rc('status')).toMatchObject({ status: 3, stdout: 'dshd is not running\n' });
  });

  test('started a second time leaves the daemon as it is', async () => {
    await rc('start');
    const pid = readPid();
    expect(await rc('start')).toMatchObject({
      status: 0,
      stdout: `dshd is running already: ${pid}\n`,
    });
    expect(readPid()).toBe(pid);
  });

  test('restarts with another process', async () => {
    await rc('start');
    const pid = readPid();
    expect(await rc('restart')).toMatchObject({ status: 0, stderr: '' });
    expect(readPid()).not.toBe(pid);
    expect(readProcess(pid)).toBeUndefined();
  });

  test('reloads the cluster file in the same process', async () => {
    await rc('start');
    const pid = readPid();
    const weightAtEight = async (weight: string): Promise<boolean> =>
      (await readPort(address, ports.status)).split(' ')[7] === weight;
    expect(await weightAtEight('1')).toBe(true);
    writeCluster(3);
    expect(await rc('reload')).toMatchObject({ status: 0, stderr: '' });
    await waitUntil('the new load weight', () => weightAtEight('3'));
    expect(readPid()).toBe(pid);
  });

  test('passes on why the daemon cannot start', async () => {
    const server = createServer().listen(ports.status, address);
    await once(server, 'listening');
    const { status, stderr } = await rc('start');
    server.close();
    expect(status).toBe(1);
    expect(stderr).toContain(String(ports.status));
    expect(await rc('status')).toMatchObject({ status: 3 });
  });

  test('says that there is nothing to reload, stops nothing twice, and knows its verbs', async () => {
    expect(await rc('reload')).toMatchObject({
      status: 1,
      stderr: 'rc.dsh: dshd is not running\n',
    });
    expect(await rc('stop')).toMatchObject({ status: 0 });
    expect(await rc('begin')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^usage: .*start\|stop\|restart\|reload\|status\n$/),
    });
  });
});
