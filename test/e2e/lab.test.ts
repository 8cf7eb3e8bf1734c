import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { exportLines, LAB_VARIABLE } from '../../lab/configuration.ts';
import { namesInTable } from '../../lab/dshd.ts';
import { type LoopbackOptions, startLoopbackLab } from '../../lab/loopback.ts';
import { findByArguments, findByVariable, type ProcessIdentity } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';

const labs: Lab[] = [];

async function start(options: LoopbackOptions): Promise<Lab> {
  const lab = await startLoopbackLab(options);
  labs.push(lab);
  return lab;
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** Whatever still knows the lab's directory; the tests' own ssh clients among them. */
function processesOf(directory: string): readonly ProcessIdentity[] {
  return [
    ...findByVariable(`${LAB_VARIABLE}=${directory}`),
    ...findByArguments((words) => words.some((word) => word.includes(directory))),
  ];
}

function ssh(lab: Lab, host: string, command: string): Promise<CommandResult> {
  return runCommand(['ssh', '-F', `${lab.directory}/ssh_config`, host, command]);
}

/** Starts a command on `host` that stays, and returns once it runs. */
async function stay(lab: Lab, host: string): Promise<ReturnType<typeof spawn>> {
  const client = spawn('ssh', ['-F', `${lab.directory}/ssh_config`, host, 'echo up; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(client.stdout, 'data');
  return client;
}

describeWith(['openssh-server', 'openssh-client'], 'a loopback lab', () => {
  test('of three hosts is reached by ssh under their names, and then leaves nothing', async () => {
    const lab = await start({ hosts: 3 });
    for (const { name, address } of lab.hosts) {
      const { status, stdout } = await ssh(lab, name, 'echo $SSH_CONNECTION');
      expect(status).toBe(0);
      expect(stdout.split(' ')[2]).toBe(address);
      expect(namesInTable(await lab.host(name).statusTable()).toSorted()).toEqual([
        'h1',
        'h2',
        'h3',
      ]);
    }
    expect(processesOf(lab.directory).length).toBeGreaterThanOrEqual(6);

    await lab.close();
    expect(processesOf(lab.directory)).toEqual([]);
    expect(existsSync(lab.directory)).toBe(false);
    await lab.close();
  });

  test('beside another one has addresses of its own', async () => {
    const [one, other] = await Promise.all([
      start({ hosts: 2, daemons: false }),
      start({ hosts: 2, daemons: false }),
    ]);
    const addresses = [...one.hosts, ...other.hosts].map(({ address }) => address);
    expect(new Set(addresses).size).toBe(4);
    expect((await ssh(other, 'h2', 'echo here')).stdout).toBe('here\n');
  });

  test('that cannot start says what its daemon said, and leaves nothing', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'dsh-failing-')), 'lab');
    const attempt = startLoopbackLab({
      hosts: 2,
      directory,
      dshdOptions: (host) => (host === 'h2' ? ['--no-such-option'] : []),
    });
    await expect(attempt).rejects.toThrow(/it ended; it said:\n.*--no-such-option/);
    expect(existsSync(directory)).toBe(false);
    expect(processesOf(directory)).toEqual([]);
    rmSync(join(directory, '..'), { recursive: true });
  });

  test('loses a host with all its connections at one blow, and gets it back', async () => {
    const lab = await start({ hosts: 2, daemons: false });
    const [lost, kept] = await Promise.all([stay(lab, 'h2'), stay(lab, 'h1')]);
    const end = once(lost, 'exit');
    await lab.host('h2').kill('all');
    // 255 is ssh's own status: the connection broke, the command did not end by itself.
    expect(await end).toEqual([255, null]);
    expect((await ssh(lab, 'h2', 'true')).status).toBe(255);
    expect(kept.exitCode).toBe(null);

    await lab.host('h2').start();
    expect((await ssh(lab, 'h2', 'echo back')).stdout).toBe('back\n');
    kept.kill();
  });

  test('whose sshd alone is killed keeps its connections, until it is closed', async () => {
    const lab = await start({ hosts: 1, daemons: false });
    const client = await stay(lab, 'h1');
    await lab.host('h1').kill('sshd');
    expect(lab.host('h1').isRunning('sshd')).toBe(false);
    const echo = once(client.stdout!, 'data');
    client.stdin!.write('still here\n');
    expect(String((await echo)[0])).toBe('still here\n');

    const end = once(client, 'exit');
    await lab.close();
    expect(await end).toEqual([255, null]);
    expect(processesOf(lab.directory)).toEqual([]);
  });
});

describeWith(['openssh-server', 'openssh-client'], 'npm run lab', () => {
  test('starts a cluster, runs commands as on its hosts, and ends it', async () => {
    const runtime = mkdtempSync(join(tmpdir(), 'dsh-run-'));
    const environment = { ...process.env, XDG_RUNTIME_DIR: runtime };
    const lab = (...words: readonly string[]): Promise<CommandResult> =>
      runCommand(['node', `${projectDirectory}/dist/lab.js`, ...words], { environment });

    expect(await lab('status')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no lab is up'),
    });
    try {
      expect(await lab('up', '2')).toMatchObject({ status: 0, stderr: '' });
      expect(await lab('up', '2')).toMatchObject({ status: 1 });
      expect((await lab('status')).stdout).toMatch(/^h1 .*\nh2 .*\n\nNODE .*\nh[12] /);
      const answer = await lab('exec', 'h2', 'sh', '-c', 'echo $DSH_SOCKET; exit 7');
      expect(answer).toMatchObject({ status: 7, stdout: `${runtime}/dsh-lab/h2/dshd.sock\n` });
      expect((await lab('env', 'h2')).stdout).toContain(
        `DSH_SOCKET=${runtime}/dsh-lab/h2/dshd.sock`,
      );
    } finally {
      expect(await lab('down')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    }
    expect(await lab('down')).toMatchObject({ status: 0 });
    expect(readdirSync(runtime)).toEqual([]);
    expect(processesOf(runtime)).toEqual([]);
    rmSync(runtime, { recursive: true });
  });
});

describe('variables as lines for a shell', () => {
  test('hold there whatever they held here', async () => {
    const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 100 }), async (texts) => {
        const lines = texts.map(
          (each) => exportLines({ V: each }) + String.raw`printf '%s\0' "$V"`,
        );
        const { stdoutBytes } = await runCommand(['sh', '-c', `true\n${lines.join('\n')}`]);
        expect(stdoutBytes).toEqual(Buffer.from(texts.map((each) => `${each}\0`).join('')));
      }),
      { numRuns: 10 },
    );
  });
});
