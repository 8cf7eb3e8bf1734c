/** dsh as its user meets it, over real ssh and rsh: loops, pipes, crowds, and what can go wrong. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { findByArguments } from '../../lab/process-table.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

let lab: Lab;
let directory: string;

function sh(text: string, environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return lab.runFrom('h1', ['sh', '-c', text], { directory, environment });
}

/** One line of dsh's own, and its exit status. */
async function expectFailure(text: string, status: number, message: RegExp): Promise<void> {
  const result = await sh(text);
  expect(result).toMatchObject({ status, stdout: '' });
  expect(result.stderr).toMatch(/^dsh: [^\n]*\n$/);
  expect(result.stderr).toMatch(message);
}

describeWith(['openssh-server', 'openssh-client'], 'dsh over ssh', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3 });
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-user-'));
  });
  afterEach(() => {
    expect(readdirSync(directory).filter((name) => name.startsWith('.dsh'))).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  test('runs where it is told, in the same directory, with the same umask and environment', async () => {
    const report = 'echo $SSH_CONNECTION | cut -d" " -f3; pwd; umask; echo "$GREETING"';
    const result = await sh(`umask 027; GREETING='a "b" c' dsh -H h2 sh -c '${report}'`);
    const { address } = lab.host('h2');
    expect(result.stdout).toBe(`${address}\n${directory}\n0027\na "b" c\n`);
  });

  test('in a while loop with -n leaves the input to the loop', async () => {
    writeFileSync(join(directory, 'list'), 'one\ntwo\nthree\n');
    const loop = 'while read word; do dsh -n -x h1 echo "$word"; done <list';
    expect(await sh(loop)).toMatchObject({ status: 0, stdout: 'one\ntwo\nthree\n', stderr: '' });
  });

  test('in the middle of a pipe passes on what it is given', async () => {
    for (let index = 0; index < 100; index += 1) {
      writeFileSync(join(directory, `file-${index}`), 'x'.repeat(10_000));
    }
    const direct = await sh('tar c . | tar t | sort');
    expect(direct.stdout.split('\n').length).toBeGreaterThan(100);
    expect(await sh('tar c . | dsh -H h2 tar t | sort')).toEqual(direct);
    const sum = await sh('tar c . | dsh -H h3 cat | dsh -H h2 cksum; tar c . | cksum');
    const [through, plain] = sum.stdout.trim().split('\n');
    expect(through).toBe(plain);
  });

  test('200 at once all run, each with its own output and status', async () => {
    const each = 'dsh sh -c "echo out \\$1; exit \\$((\\$1 % 3))" sh $1; echo $1 $?';
    const { stdout, stderr } = await sh(`seq 200 | xargs -P200 -n1 sh -c '${each}' sh`);
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('out')).length).toBe(200);
    const statuses = lines.filter((line) => !line.startsWith('out')).map((line) => line.split(' '));
    expect(statuses.length).toBe(200);
    for (const [number, status] of statuses) expect(Number(status)).toBe(Number(number) % 3);
    await waitUntil('no job to be left in the tables', async () => {
      const table = await lab.host('h1').statusTable();
      return table.split('\n').every((line) => line === '' || line.split(' ')[9] === '0');
    });
  });

  test('shows where and why', async () => {
    expect(await sh('dsh -v -H h3 true')).toMatchObject({ status: 0, stderr: 'dsh: h3\n' });
    const why = await sh('dsh -vv -x h1 true');
    expect(why.stderr).toMatch(/^dsh: node +state +load .* figures +cost +of which +note$/m);
    expect(why.stderr).toMatch(/^dsh: h1 +ok .* self +- +excluded by -x$/m);
    // Who has just been heard is not asked, and on a busy machine an answer may be too late.
    const asked = (host: string): RegExp =>
      new RegExp(
        String.raw`^dsh: ${host} +ok .* (answer \d+\.\dms|recent|silent) +[\d.]+ +load [\d.]+, memory [\d.]+`,
        'm',
      );
    for (const host of ['h2', 'h3']) expect(why.stderr).toMatch(asked(host));
    expect(why.stderr).toMatch(/^dsh: h[23]$/m);
    expect((await sh('dsh --best')).stdout).toMatch(/^h[123]\n$/);
    const ranked = await sh(`dsh -v --rank 'name == 0 ? 0 : 1' true`);
    expect(ranked.status).toBe(125);
    expect((await sh('dsh -v --rank "load + 1" true')).stderr).toMatch(/^dsh: h[123]\n$/);
  });

  test('asks a daemon of another host by TCP', async () => {
    const { address } = lab.host('h2');
    const environment = { DSH_SOCKET: join(directory, 'nowhere.sock') };
    const best = await sh(`dsh -v --daemon ${address} true`, environment);
    expect(best).toMatchObject({ status: 0, stderr: expect.stringMatching(/^dsh: h[123]\n$/) });
    const ranked = await sh(`dsh -v --daemon ${address}:8181 --rank load -H h3 true`, environment);
    expect(ranked).toMatchObject({ status: 0, stderr: 'dsh: h3\n' });
  });

  test('a directory that is not there is an error and no run elsewhere', async () => {
    mkdirSync(join(directory, 'gone'));
    const text = `cd gone; rmdir ../gone; dsh -H h2 touch ${directory}/ran`;
    await expectFailure(text, 125, /directory/);
    expect(existsSync(join(directory, 'ran'))).toBe(false);
  });

  test.each([
    ['dsh -H nowhere true', 125, /nowhere/],
    ['dsh -H "$UNSET" true', 125, /-H '': expected names of nodes/],
    ['dsh -H h2 no-such-program', 127, /h2: no-such-program: command not found/],
    ['dsh -H h2 /etc/passwd', 126, /\/etc\/passwd/],
    ['dsh --cpus many true', 125, /--cpus.*many/],
    ['dsh --mem 1Z true', 125, /--mem.*1Z/],
    ['dsh --mem 900T true', 125, /too little free memory/],
    ['dsh --rank "load +" true', 125, /--rank/],
    ['dsh --colour true', 125, /--colour.*dsh --help/],
    ['dsh', 125, /command/],
    ['dsh -x h1,h2,h3 true', 125, /excluded by -x/],
    ['dsh -e /no/such/shell -H h2 true', 125, /\/no\/such\/shell/],
    ['dsh --daemon 127.0.0.1:1 true', 125, /127.0.0.1/],
    ['DSH_AGENT=/proc/agent.sock dsh true', 125, /\/proc\/agent.sock/],
  ])('%s fails with %i', async (text, status, message) => {
    await expectFailure(text, status, message);
  });

  test('without a daemon runs here and says so once, or fails if told to', async () => {
    const text = 'dsh echo 1; dsh echo 2; dsh --require-cluster echo 3; echo $?';
    const result = await sh(text, {
      DSH_SOCKET: join(directory, 'nowhere.sock'),
      DSH_AGENT: join(directory, 'agent.sock'),
      DSH_AGENT_IDLE: '1',
    });
    expect(result.stdout).toBe('1\n2\n125\n');
    expect(result.stderr.match(/running here/g)).toHaveLength(1);
    await waitUntil('the agent to end', () => !existsSync(join(directory, 'agent.sock')));
  });

  test('a dead agent’s socket is replaced', async () => {
    expect((await sh('dsh -H h2 echo 1')).stdout).toBe('1\n');
    const agentSocket = join(lab.host('h1').directory, 'agent.sock');
    const [agent] = findByArguments((words) => words.includes(agentSocket));
    process.kill(agent!.pid, 'SIGKILL');
    expect(existsSync(agentSocket)).toBe(true);
    expect(await sh('dsh -H h2 echo 2')).toMatchObject({ status: 0, stdout: '2\n', stderr: '' });
  });

  test('takes the next best node when sshd of the best does not answer', async () => {
    await lab.host('h3').kill('sshd');
    try {
      const text = 'for i in 1 2 3 4 5 6; do dsh -x h1 sh -c "echo \\$SSH_CONNECTION"; done';
      const environment = { DSH_AGENT: join(directory, 'agent.sock'), DSH_AGENT_IDLE: '1' };
      const result = await sh(text, environment);
      expect(result).toMatchObject({ status: 0, stderr: '' });
      const addresses = result.stdout.trim().split('\n');
      expect(addresses).toHaveLength(6);
      for (const line of addresses) expect(line).toContain(lab.host('h2').address);
      await waitUntil('the agent to end', () => !existsSync(join(directory, 'agent.sock')));
    } finally {
      await lab.host('h3').start();
    }
  });

  test('does not seem to have succeeded when its output could not be written', async () => {
    const result = await sh('dsh -H h2 echo hi >/dev/full; echo $? >&2');
    expect(result.stderr).toMatch(/^dsh: standard output: [^\n]*\n1\n$/);
  });

  test('one-shot runs by lock file and leaves none', async () => {
    const result = await sh(`echo in | dsh --one-shot -H h2 sh -c 'cat; ls -A; exit 9'`);
    expect(result).toMatchObject({ status: 9, stderr: '' });
    expect(result.stdout).toMatch(/^in\n\.dsh-/);
    expect(await sh('dsh --one-shot -H h2 sh -c "kill -TERM \\$\\$"')).toMatchObject({
      status: 143,
    });
  });

  test('one-shot names the lock file that it cannot write', async () => {
    await expectFailure('cd /proc && dsh --one-shot -H h2 true', 125, /lock file.*\/proc\/\.dsh/);
  });
});

describeWith(
  ['openssh-server', 'openssh-client', 'root', 'namespaces'],
  'dsh --one-shot on a full disk',
  () => {
    test('says so in one line and leaves nothing', async () => {
      lab = await startLoopbackLab({ hosts: 2 });
      directory = mkdtempSync(join(tmpdir(), 'dsh-full-'));
      const mount = await runCommand(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', directory]);
      expect(mount).toMatchObject({ status: 0 });
      try {
        await sh('cat /dev/zero >zeros');
        await expectFailure('dsh --one-shot -H h2 true', 125, /lock file.*[Nn]o space left/);
        expect(readdirSync(directory)).toEqual(['zeros']);
      } finally {
        await runCommand(['umount', directory]);
        rmSync(directory, { recursive: true });
        await lab.close();
      }
    });
  },
);
