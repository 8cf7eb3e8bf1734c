/** The netns tier of the lab: hosts with their own network, names, processes and CPU quota. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { LAB_VARIABLE } from '../../lab/configuration.ts';
import { namesInTable } from '../../lab/dshd.ts';
import { endLab } from '../../lab/end.ts';
import { type NetnsLab, type NetnsOptions, startNetnsLab } from '../../lab/netns.ts';
import { findByVariable, listProcesses, namespaceOf } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { readRecord } from '../../lab/record.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

const labs: NetnsLab[] = [];

async function start(options: NetnsOptions): Promise<NetnsLab> {
  const lab = await startNetnsLab(options);
  labs.push(lab);
  return lab;
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

const requirements = [
  'root',
  'namespaces',
  'cpu-quota',
  'openssh-server',
  'openssh-client',
  'iproute2',
] as const;
const namespaces = ['net', 'pid', 'uts', 'mnt'] as const;

/** One word for each namespace of the lab's hosts. */
function namespacesOf(directory: string): readonly string[] {
  const holders = readRecord(directory)!.processes.filter(({ program }) => program === 'machine');
  return holders.flatMap(({ pid }) => namespaces.map((each) => namespaceOf(pid, each)!));
}

function namespacesInUse(): ReadonlySet<string | undefined> {
  return new Set(
    listProcesses()
      .filter(({ isZombie }) => !isZombie)
      .flatMap(({ pid }) => namespaces.map((each) => namespaceOf(pid, each))),
  );
}

/** What a lab could leave on the machine, by the words in which its directory occurs. */
function tracesOf(directory: string): readonly string[] {
  const name = directory.replace(/^\//, '').replaceAll('/', '-');
  const groups = readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' });
  return [
    ...groups.filter((path) => path.includes(name)),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(directory)),
    ...findByVariable(`${LAB_VARIABLE}=${directory}`).map(({ pid }) => `process ${pid}`),
    ...(existsSync(directory) ? [directory] : []),
  ];
}

describeWith(requirements, 'a netns lab', () => {
  test('has hosts with names, addresses and processes of their own', async () => {
    const before = { links: networkInterfaces(), hosts: readFileSync('/etc/hosts', 'utf8') };
    const lab = await start({ hosts: 3 });
    for (const { name, address } of lab.hosts) {
      const ssh = ['ssh', '-F', `${lab.directory}/ssh_config`, name];
      const { stdout } = await lab.runFrom('h1', [...ssh, 'uname -n; echo $SSH_CONNECTION']);
      const [hostName, connection] = stdout.split('\n');
      expect(hostName).toBe(name);
      expect(connection!.split(' ')[2]).toBe(address);
      expect((await lab.runFrom('h2', ['getent', 'hosts', name])).stdout).toMatch(address);
    }
    // The shell, which is the second process of its host, and no process of another.
    const { stdout } = await lab.runFrom('h3', ['sh', '-c', 'cat /proc/[0-9]*/comm']);
    expect(stdout.split('\n').filter((name) => name === 'sshd')).toHaveLength(1);
    expect({ links: networkInterfaces(), hosts: readFileSync('/etc/hosts', 'utf8') }).toEqual(
      before,
    );
  });

  test('runs commands in the directory, with the words, and ends as they do', async () => {
    const lab = await start({ hosts: 1, daemons: false });
    const script = 'pwd; printf "%s." "$@"; kill -TERM $$';
    const result = await lab.runFrom('h1', ['sh', '-c', script, 'sh', "it's", '', 'a  b'], {
      directory: tmpdir(),
    });
    expect(result).toMatchObject({ signal: 'SIGTERM', stdout: `${tmpdir()}\nit's..a  b.` });
  });

  test('gives dshd its own host to measure', async () => {
    const lab = await start({ hosts: 2 });
    const busy = spawn('nice', lab.host('h2').words(['sh', '-c', 'while :; do :; done']));
    const loadOf = async (host: string): Promise<number> => {
      const table = await lab.host('h1').statusTable();
      return Number(
        table
          .split('\n')
          .find((line) => line.startsWith(`${host} `))
          ?.split(' ')[2],
      );
    };
    await waitUntil('h2 to be busy', async () => (await loadOf('h2')) > 0.9);
    await waitUntil('h1 to be idle', async () => (await loadOf('h1')) < 0.5);
    expect(lab.host('h1').processes()).toEqual([]);
    const [loop] = lab.host('h2').processes();
    process.kill(loop!.pid, 'SIGKILL');
    await waitUntil('the busy process to be gone', () => busy.signalCode === 'SIGKILL');
    expect(lab.host('h2').processes()).toEqual([]);
  });

  test('keeps its hosts to their quota', async () => {
    const lab = await start({ hosts: 1, quotaPercent: 20 });
    // Records have eighths of a CPU, and a node shows itself as the others see it.
    expect((await lab.host('h1').statusTable()).split(' ')[3]).toBe('0.25');
    // Says how long it took, and how much of that it ran, both in hundredths of a second.
    const script = `read -r up _ </proc/uptime; end=$((\${up%.*} + 2))
      while read -r up _ </proc/uptime && [ \${up%.*} -lt $end ]; do :; done; cat /proc/$$/stat`;
    const began = performance.now();
    const { stdout } = await lab.runFrom('h1', ['sh', '-c', script]);
    const wallMs = performance.now() - began;
    const [user, system] = stdout
      .slice(stdout.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11);
    const share = ((Number(user) + Number(system)) * 10) / wallMs;
    console.log(`share of a CPU under a quota of 20 %: ${(share * 100).toFixed(1)} %`);
    // A tick of accounting may be given to whoever happens to run; without a quota it is near 1.
    expect(share).toBeLessThan(0.35);
  });

  test('has cables that can be cut and mended', async () => {
    const lab = await start({ hosts: 3 });
    const known = async (host: string): Promise<string> =>
      namesInTable(await lab.host(host).statusTable())
        .toSorted()
        .join(' ');
    await lab.host('h3').cut();
    await waitUntil('h1 and h2 to miss h3', async () => {
      const tables = await Promise.all(['h1', 'h2', 'h3'].map(known));
      return tables.join() === 'h1 h2,h1 h2,h3';
    });
    expect(lab.host('h3').isRunning('dshd')).toBe(true);
    await lab.host('h3').mend();
    await waitUntil('all to know all', async () => {
      const tables = await Promise.all(['h1', 'h2', 'h3'].map(known));
      return tables.every((table) => table === 'h1 h2 h3');
    });
  });

  test('has hosts that lose all at one blow, and come back', async () => {
    const lab = await start({ hosts: 2 });
    const escaped = ['sh', '-c', 'setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo up'];
    expect((await lab.runFrom('h2', escaped)).stdout).toBe('up\n');
    expect(lab.host('h2').processes()).toHaveLength(1);
    await lab.host('h2').kill('all');
    expect(lab.host('h2').processes()).toEqual([]);
    expect(lab.host('h2').isRunning('sshd')).toBe(false);
    expect(lab.host('h1').isRunning('sshd')).toBe(true);
    await lab.host('h2').start();
    expect(namesInTable(await lab.host('h2').statusTable())).toContain('h2');
  });

  test('leaves nothing, whatever runs on it', async () => {
    const [lab, other] = await Promise.all([
      start({ hosts: 2, quotaPercent: 50 }),
      start({ hosts: 1 }),
    ]);
    const inUse = namespacesOf(lab.directory);
    expect(inUse).toHaveLength(8);
    const busy = 'trap "" TERM HUP INT; setsid sleep 1000 & while :; do :; done';
    const child = spawn('nice', lab.host('h2').words(['sh', '-c', busy]));
    await waitUntil('it to run', () => lab.host('h2').processes().length === 2);
    expect(tracesOf(lab.directory)).toContain(lab.directory);

    await lab.close();
    expect(tracesOf(lab.directory)).toEqual([]);
    expect([...namespacesInUse()].filter((each) => inUse.includes(each!))).toEqual([]);
    await waitUntil(
      'its way in to end',
      () => child.exitCode !== null || child.signalCode !== null,
    );
    expect((await other.runFrom('h1', ['uname', '-n'])).stdout).toBe('h1\n');
  });

  test('that cannot start says why and leaves nothing', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'dsh-failing-')), 'lab');
    const attempt = startNetnsLab({
      hosts: 2,
      directory,
      quotaPercent: 50,
      dshdOptions: () => ['--no'],
    });
    await expect(attempt).rejects.toThrow(/it ended; it said:\n.*--no/);
    expect(tracesOf(directory)).toEqual([]);
    rmSync(join(directory, '..'), { recursive: true });
  });
});

describeWith(requirements, 'npm run lab -- up --netns', () => {
  async function withRuntime(
    action: (
      lab: (...words: readonly string[]) => Promise<CommandResult>,
      directory: string,
    ) => Promise<void>,
  ): Promise<void> {
    const runtime = mkdtempSync(join(tmpdir(), 'dsh-run-'));
    const directory = `${runtime}/dsh-lab`;
    const environment = { ...process.env, XDG_RUNTIME_DIR: runtime };
    try {
      await action(
        (...words) =>
          runCommand(['node', `${projectDirectory}/dist/lab.js`, ...words], { environment }),
        directory,
      );
    } finally {
      await endLab(directory);
      rmSync(runtime, { recursive: true });
    }
  }

  test('takes the same commands as the other tier, and two more', async () => {
    await withRuntime(async (lab, directory) => {
      expect(await lab('up', '2', '--quota', '20')).toMatchObject({ status: 1 });
      expect(await lab('up', '2', '--netns', '--quota', '50')).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect((await lab('status')).stdout).toMatch(/^h1 .*\nh2 .*\n\nNODE .*\nh[12] /);
      const answer = await lab('exec', 'h2', 'sh', '-c', 'uname -n; exit 7');
      expect(answer).toMatchObject({ status: 7, stdout: 'h2\n' });
      const { stdout } = await lab('env', 'h2');
      const shell = await runCommand([
        'sh',
        '-c',
        `${stdout}\ncd / && dsh -H h2 sh -c 'uname -n; pwd'`,
      ]);
      expect(shell).toMatchObject({ status: 0, stdout: 'h2\n/\n', stderr: '' });

      const ssh = ['exec', 'h2', 'ssh', '-oConnectTimeout=1', '-F', `${directory}/ssh_config`];
      expect(await lab(...ssh, 'h1', 'uname -n')).toMatchObject({ status: 0, stdout: 'h1\n' });
      expect(await lab('cut', 'h2')).toMatchObject({ status: 0, stderr: '' });
      expect(await lab(...ssh, 'h1', 'uname -n')).toMatchObject({ status: 255 });
      expect(await lab('mend', 'h2')).toMatchObject({ status: 0, stderr: '' });
      expect(await lab('cut', 'h3')).toMatchObject({
        status: 1,
        stderr: 'lab: no host h3: there are h1, h2\n',
      });
      expect(await lab('down')).toMatchObject({ status: 0, stdout: '', stderr: '' });
      expect(tracesOf(directory)).toEqual([]);
    });
  });

  test('can be ended after its starter was killed half-way', async () => {
    await withRuntime(async (lab, directory) => {
      const environment = { ...process.env, XDG_RUNTIME_DIR: join(directory, '..') };
      const starter = spawn(
        'node',
        [`${projectDirectory}/dist/lab.js`, 'up', '3', '--netns', '--quota', '50'],
        {
          env: environment,
          stdio: 'ignore',
        },
      );
      await waitUntil('the first host to stand', () =>
        (readRecord(directory)?.processes ?? []).some(({ program }) => program === 'machine'),
      );
      starter.kill('SIGKILL');
      await waitUntil('the starter to end', () => starter.signalCode !== null);
      expect(tracesOf(directory)).not.toEqual([]);
      expect(await lab('down')).toMatchObject({ status: 0, stderr: '' });
      expect(tracesOf(directory)).toEqual([]);
    });
  });
});
