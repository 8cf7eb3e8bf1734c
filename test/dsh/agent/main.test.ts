import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startAgent } from '../../../src/dsh/agent/main.ts';
import { bundleProgram } from './scene/bundle.ts';
import { connectClient, requestShell } from './scene/client.ts';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';
import { eventually } from '../../support/eventually.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

async function startTestScene(nodes: readonly string[]): Promise<Scene> {
  const scene = await startScene(programs, nodes);
  onTestFinished(() => scene.close());
  return scene;
}

describe('the socket', () => {
  test('is the user’s alone, and nothing else is left beside it', async () => {
    const scene = await startTestScene(['h2']);
    expect(lstatSync(scene.socketPath).mode & 0o777).toBe(0o600);
    const hidden = readdirSync(dirname(scene.socketPath)).filter((name) => name.startsWith('.'));
    expect(hidden).toEqual([]);
  });

  test('that cannot be made is one clear line', async () => {
    const socketPath = '/no/such/directory/agent.sock';
    await expect(startAgent({ socketPath, environment: {} })).rejects.toThrow(
      /^cannot listen at \/no\/such\/directory\/agent.sock: .*; DSH_AGENT names another path$/,
    );
    expect(process.getActiveResourcesInfo()).not.toContain('PipeServerWrap');
  });
});

describe('of two agents at one path', () => {
  test('the later one serves, and the earlier one ends after its last command', async () => {
    const scene = await startTestScene(['h2']);
    const early = scene.run('read -r word; exit 4');
    await early.take('started');
    const { socketPath, environment } = scene;
    const second = await startAgent({ socketPath, environment });
    expect(await run(socketPath, 'exit 5')).toMatchObject({ status: 5 });
    expect(second.counts().channels).toBe(1);

    early.send({ type: 'data', stream: 0, bytes: Buffer.from('go\n') });
    expect(await early.takeEnd()).toMatchObject({ status: 4 });
    await scene.agent.ended;
    expect(await run(socketPath, 'exit 6')).toMatchObject({ status: 6 });
    second.end();
    await second.ended;
  });

  test('started at once, every client is served', async () => {
    const scene = await startTestScene(['h2']);
    const { environment } = scene;
    const path = join(programs.directory, 'contended');
    const starts = Array.from({ length: 5 }, () => startAgent({ socketPath: path, environment }));
    const ends = starts.map(async (start) => {
      await start;
      return run(path, 'true');
    });
    for (const end of await Promise.all(ends)) expect(end).toMatchObject({ status: 0 });
    const agents = await Promise.all(starts);
    for (const agent of agents) agent.end();
    await Promise.all(agents.map((agent) => agent.ended));
  });
});

describe('an agent ends', () => {
  test('when it was idle, and not while somebody is served', async () => {
    const scene = await startTestScene(['h2']);
    const socketPath = join(programs.directory, 'idle');
    const environment = { ...scene.environment, DSH_AGENT_IDLE: '0.2' };
    const agent = await startAgent({ socketPath, environment });
    expect(await run(socketPath, 'sleep 0.5; exit 7')).toMatchObject({ status: 7 });
    await agent.ended;
    expect(existsSync(socketPath)).toBe(false);
    expect(agent.counts()).toEqual({ clients: 0, channels: 0, jobs: 0 });
  });

  test('when its socket was removed', async () => {
    const scene = await startTestScene(['h2']);
    rmSync(scene.socketPath);
    await scene.agent.ended;
  });

  test('at SIGTERM: running commands are lost, those not started have not started', async () => {
    const scene = await startTestScene(['h2', 'hung', 'here']);
    const runner = scene.run('echo "runner $PPID."; sleep 60');
    const waiting = scene.run('true', { exclude: ['h2'] });
    const local = scene.run('true', { exclude: ['h2', 'hung'] });
    await local.take('run-here');
    const pid = Number(/runner (\d+)/.exec(await runner.takeOutput('.\n'))![1]);
    scene.agent.end();
    const lost = await runner.takeEnd();
    expect(lost).toMatchObject({ type: 'lost', pid: expect.any(Number) as number });
    expect(lost).toHaveProperty(
      'message',
      expect.stringMatching(
        /^h2: the dsh agent was ended; process [1-9][0-9]* may still have run$/,
      ),
    );
    expect(await waiting.takeEnd()).toMatchObject({ type: 'failed', reason: 'no-node' });
    await scene.agent.ended;
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
    expect(scene.daemon.liveJobs()).toBe(0);
  });
});

test('an agent that is killed leaves nothing that hinders the next one', async () => {
  const scene = await startTestScene(['h2']);
  const program = await bundleProgram('test/dsh/agent/scene/agent-process.ts', programs.directory);
  const socketPath = join(programs.directory, 'killed');
  const spawnAgent = async (): Promise<ReturnType<typeof spawn>> => {
    const [node, file] = program.split(' ') as [string, string];
    const { environment } = scene;
    const agent = spawn(node, [file, socketPath], { env: environment, stdio: 'inherit' });
    onTestFinished(() => void agent.kill('SIGKILL'));
    await eventually(() => expect(existsSync(socketPath)).toBe(true));
    return agent;
  };

  const first = await spawnAgent();
  const client = connectClient(socketPath);
  client.send(requestShell('echo "runner $PPID."; sleep 60', shellWishes()));
  const runner = Number(/runner (\d+)/.exec(await client.takeOutput('.\n'))![1]);
  first.kill('SIGKILL');
  await client.closed;
  await eventually(() => expect(() => process.kill(runner, 0)).toThrow('ESRCH'));

  const inode = lstatSync(socketPath).ino;
  const second = await spawnAgent();
  await eventually(() => expect(lstatSync(socketPath).ino).not.toBe(inode));
  expect(await run(socketPath, 'exit 8')).toMatchObject({ status: 8 });
  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(existsSync(socketPath)).toBe(false);
});

function shellWishes(): { remoteShell: string[] } {
  return { remoteShell: [programs.remoteShell] };
}

async function run(path: string, script: string): Promise<unknown> {
  const client = connectClient(path);
  client.send(requestShell(script, shellWishes()));
  return client.takeEnd();
}
