/** Crowds under the limits that an sshd has by default, and connections that hang. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import {
  childrenOf,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from '../../lab/process-table.ts';
import { waitUntil } from '../../lab/wait.ts';
import { exitStatuses } from '../../src/core/outcome.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { type Call, callDsh, findParty, type Party, SILENCE_MS_MAX } from './support/two-hosts.ts';

/** sshd_config(5), OpenSSH 9.2. */
const defaultLimits = ['MaxSessions 10', 'MaxStartups 10:30:100'];
const CROWD = 300;
/** Each starts a Node.js here, which takes 100 ms of a CPU that may be shared. */
const CROWD_DEADLINE_MS = 200_000;
/** A channel that was silent for longer is asked before it is used: dsh/agent/liveness.ts. */
const TRUSTED_MS = 2000;

let lab: Lab;
let directory: string;

describeWith(['openssh-server', 'openssh-client'], 'under the default limits of sshd', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3, sshdOptions: defaultLimits });
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-limits-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test(
    `${CROWD} commands at a time all succeed, over one connection a node`,
    async () => {
      const gate = join(directory, 'gate');
      execFileSync('mkfifo', [gate]);
      // Each says that it is there and goes on when somebody opens the gate for writing.
      const each = 'dsh -n -x h1 sh -c ": >at-$1; : <gate; echo $1" sh $1';
      const crowd = lab.runFrom(
        'h1',
        ['sh', '-c', `seq ${CROWD} | xargs -P${CROWD} -n1 sh -c '${each}' sh`],
        {
          directory,
          deadlineMs: CROWD_DEADLINE_MS,
        },
      );
      const present = (): number =>
        readdirSync(directory).filter((name) => name.startsWith('at-')).length;
      await waitUntil('all of them to run at a time', () => present() === CROWD, CROWD_DEADLINE_MS);
      const connections = childrenOf(findParty(lab, 'agent'));
      const opener = openSync(gate, 'r+');
      const { status, stdout, stderr } = await crowd;
      closeSync(opener);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const numbers = stdout
        .trim()
        .split('\n')
        .map(Number)
        .toSorted((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: CROWD }, (_, index) => index + 1));
      expect(connections).toHaveLength(2);
    },
    2 * CROWD_DEADLINE_MS,
  );

  const hanging: readonly Party[] = ['ssh client', 'connection', 'runner'];
  describe.each(hanging)('when the %s to a node hangs', (party) => {
    let other: Call;
    let client: ProcessIdentity;
    let hung: ProcessIdentity;

    /** A command on another node, over a channel of its own. */
    beforeEach(async () => {
      other = callDsh(lab, ['-H', 'h3', 'sh', '-c', 'echo up; exec sleep 1000']);
      await waitUntil('it to run', () => other.output() === 'up\n');
    });
    afterEach(async () => {
      signalProcess(hung, 'SIGCONT');
      await waitUntilGone([hung]);
      expect(other.hasEnded()).toBe(false);
      // It is ended through that very channel.
      other.child.kill('SIGTERM');
      expect(await other.end).toMatchObject({ signal: 'SIGTERM', stderr: '' });
    });

    function hang(): void {
      client = findParty(lab, 'ssh client');
      hung = findParty(lab, party);
      signalProcess(hung, 'SIGSTOP');
    }

    async function expectNewConnection(): Promise<void> {
      const result = await lab.runFrom('h1', ['dsh', '-H', 'h2', 'echo', 'here']);
      expect(result).toMatchObject({ status: 0, stdout: 'here\n', stderr: '' });
      await waitUntilGone([client]);
    }

    test('and nothing runs there, the next command gets a new connection', async () => {
      await lab.runFrom('h1', ['dsh', '-H', 'h2', 'true']);
      const heardMs = performance.now();
      hang();
      await waitUntil('it to be trusted no more', () => performance.now() - heardMs > TRUSTED_MS);
      await expectNewConnection();
    });

    test('what runs there is lost in time, and then there is a new connection', async () => {
      const call = callDsh(lab, ['-H', 'h2', 'sh', '-c', 'echo up; exec sleep 1000']);
      await waitUntil('it to run', () => call.output() === 'up\n');
      hang();
      await waitUntil('a verdict', () => call.hasEnded(), SILENCE_MS_MAX + 30_000);
      const { status, stderr } = await call.end;
      expect(status).toBe(exitStatuses.lost);
      expect(stderr).toMatch(/^dsh: h2: contact was lost: nothing came from it for 15 s.*\n$/);
      await expectNewConnection();
    });
  });
});
