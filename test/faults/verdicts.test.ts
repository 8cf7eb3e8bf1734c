/**
 * What dsh says when a node vanishes, for each point in a command's life, and that a command which
 * may have started is not started again unless --retry says so. docs/failures.md is the table.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { findByVariable } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import { exitStatuses } from '../../src/core/outcome.ts';
import { describeWith } from '../support/lab-requirements.ts';

const cuttingShell = `${projectDirectory}/test/faults/support/cutting-shell.mjs`;
const append = 'echo ran >>log';
/** To h3 first, then to h2, however late h3 answers on a busy machine: its weight is least. */
const h3First = ['-x', 'h1', '--rank', 'weight'];

let lab: Lab;
let directory: string;
let count = 0;

/** How often the command has run, once nothing of it runs any more. */
async function countRuns(variable: string): Promise<number> {
  await waitUntil('the command to be gone', () => findByVariable(variable).length === 0);
  const log = join(directory, 'log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('ran\n').length - 1 : 0;
}

interface Run extends CommandResult {
  readonly runs: number;
}

async function dsh(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  count += 1;
  const [name, value] = ['DSH_TEST_RUN', `${process.pid}-${count}`];
  const result = await lab.runFrom('h1', ['dsh', ...words], {
    directory,
    environment: { ...environment, [name]: value },
  });
  return { ...result, runs: await countRuns(`${name}=${value}`) };
}

/** The first connection is lost at that point, those after it are not. */
function losing(point: string): NodeJS.ProcessEnv {
  const flag = join(directory, 'flag');
  writeFileSync(flag, '');
  const words = [process.execPath, cuttingShell, `"${point}"`, flag, lab.remoteShell];
  return { DSH_RSH: words.join(' ') };
}

async function h3ToBeKnown(): Promise<void> {
  await waitUntil('h1 to know h3', async () =>
    (await lab.host('h1').statusTable()).includes('h3 ok '),
  );
}

const oneLine = (text: string): unknown =>
  expect.stringMatching(new RegExp(`^dsh: h3: .*${text}.*\n$`));

describeWith(['openssh-server', 'openssh-client'], 'a node that vanishes', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3, weights: [1, 50, 1] });
    // The agent's environment is that of the first dsh: it must not carry a test's own variable.
    await lab.runFrom('h1', ['dsh', '-x', 'h1', 'true']);
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-verdicts-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  describe('before the connection', () => {
    // Its daemon still offers it, and no connection is left from before.
    beforeEach(async () => {
      await lab.host('h3').kill('all');
      await lab.host('h3').startDaemon();
    });
    afterEach(async () => {
      await lab.host('h3').start();
      // The daemon leaves out for a while what could not be reached; a new one has not heard of it.
      await lab.host('h1').kill('dshd');
      await lab.host('h1').startDaemon();
      await h3ToBeKnown();
    });

    test('is not-started where no other node may run it', async () => {
      expect(await dsh(['-H', 'h3', 'sh', '-c', append])).toMatchObject({
        status: exitStatuses.notStarted,
        stderr: oneLine('Connection refused'),
        runs: 0,
      });
    });

    test('is passed over where another may', async () => {
      const result = await dsh(['-v', ...h3First, 'sh', '-c', append]);
      expect(result).toMatchObject({ status: 0, runs: 1 });
      expect(result.stderr).toMatch(/^dsh: h3: .*; trying another node\ndsh: h2\n$/);
    });
  });

  test('after the connection, and the command has its turn: it is connected to anew', async () => {
    await dsh(['-H', 'h3', 'true']);
    await lab.host('h3').kill('all');
    await lab.host('h3').start();
    await h3ToBeKnown();
    expect(await dsh(['-H', 'h3', 'sh', '-c', append])).toMatchObject({ status: 0, runs: 1 });
  });

  const points = [
    { point: 'before START', what: 'START was sent and did not arrive', runs: 0, again: 1 },
    { point: 'before STARTED', what: 'it started and nobody heard of it', runs: 1, again: 2 },
    // It has given output, so it cannot be repeated: that would come twice.
    {
      point: 'before the end',
      what: 'it ended and nobody heard of it',
      runs: 1,
      again: 1,
      output: 'out\n',
    },
  ];
  describe.each(points)('when $what', ({ point, runs, again, output = '' }) => {
    const script = output === '' ? append : `${append}; echo out`;

    test('is lost, and the command is not run again', async () => {
      const result = await dsh([...h3First, 'sh', '-c', script], losing(point));
      expect(result).toMatchObject({
        status: exitStatuses.lost,
        stdout: output,
        stderr: oneLine('contact was lost'),
        runs,
      });
    });

    test('is lost, and --retry runs it again where that can be done', async () => {
      const words = ['--retry', '1', ...h3First, 'sh', '-c', script];
      const result = await dsh(words, losing(point));
      expect(result.runs).toBe(again);
      expect(result.status).toBe(again > runs ? 0 : exitStatuses.lost);
    });
  });

  describe('while it runs', () => {
    const stay = `${append}; exec sleep 1000`;

    async function loseWhileRunning(words: readonly string[], script: string): Promise<Run> {
      const running = dsh([...words, ...h3First, 'sh', '-c', script]);
      await waitUntil('it to run', () => existsSync(join(directory, 'log')));
      await lab.host('h3').kill('all');
      const result = await running;
      await lab.host('h3').start();
      await h3ToBeKnown();
      return result;
    }

    test('is lost, and the command is not run again', async () => {
      expect(await loseWhileRunning([], stay)).toMatchObject({
        status: exitStatuses.lost,
        stderr: oneLine('contact was lost'),
        runs: 1,
      });
    });

    test('is lost, and --retry runs it again', async () => {
      const once = `if [ -e log ]; then ${append}; else ${stay}; fi`;
      const result = await loseWhileRunning(['--retry', '1'], once);
      expect(result).toMatchObject({ status: 0, stderr: oneLine('running it again'), runs: 2 });
    });

    test('is lost, and --retry does not run again what has given output', async () => {
      const result = await loseWhileRunning(['--retry', '1'], `echo out; ${stay}`);
      expect(result).toMatchObject({ status: exitStatuses.lost, stdout: 'out\n', runs: 1 });
    });
  });
});
