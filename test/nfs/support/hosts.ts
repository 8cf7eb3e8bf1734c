/** Three hosts that share a directory by NFS, for the tests of one file. */
import { beforeAll } from 'vitest';
import type { CommandResult } from '../../../lab/command.ts';
import { startUmlLab, type UmlLab } from '../../../lab/uml.ts';
import { waitUntil } from '../../../lab/wait.ts';
import { describeWith, type Requirement } from '../../support/lab-requirements.ts';

export interface Hosts {
  lab(): UmlLab;
  /**
   * Runs a line of shell on h1, in a directory of its own below the shared one. What dsh says of
   * clocks and of a slow dshd is left out: on a busy machine both really happen to these kernels.
   */
  run(text: string, environment?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** The same; its output without the last newline. Throws where it fails or complains. */
  read(text: string, environment?: NodeJS.ProcessEnv): Promise<string>;
}

const DEADLINE_MS = 1_200_000;
const AGENT_DEADLINE_MS = 180_000;
const busyNotices = /^dsh: (the clock of .*|dshd at .* gave no answer within .*; running here)\n/gm;

/** `describe` with three hosts, where kernels and NFS are at hand. */
export function describeHosts(
  title: string,
  tests: (hosts: Hosts) => void,
  more: readonly Requirement[] = [],
): void {
  const packages = ['user-mode-linux', 'nfs-kernel-server', 'nfs-common', 'kmod'] as const;
  const needs = ['root', ...packages, 'openssh-server', 'openssh-client', 'gcc', ...more] as const;
  describeWith(needs, title, () => {
    let lab: UmlLab;
    let count = 0;
    beforeAll(async () => {
      lab = await startUmlLab({ hosts: 3 });
      // Node.js takes seconds to start here, and on a busy machine more than clients wait for an agent.
      const isServed = async (): Promise<boolean> => (await run('dsh -H h2 true')).status === 0;
      await waitUntil('an agent', isServed, AGENT_DEADLINE_MS);
      return () => lab.close();
    });

    const run: Hosts['run'] = async (text, environment = {}) => {
      count += 1;
      const script = `mkdir dir${count} && cd dir${count}\n${text}`;
      const settings = { environment: { LC_ALL: 'C', ...environment }, deadlineMs: DEADLINE_MS };
      const result = await lab.runFrom('h1', ['sh', '-c', script], settings);
      return { ...result, stderr: result.stderr.replaceAll(busyNotices, '') };
    };

    tests({
      lab: () => lab,
      run,
      async read(text, environment) {
        const { status, stdout, stderr } = await run(text, environment);
        if (status === 0 && stderr === '') return stdout.trimEnd();
        throw new Error(`status ${status}\n${stdout}${stderr}`);
      },
    });
  });
}
