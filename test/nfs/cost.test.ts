/** What looking after files costs. Prints figures; the only bound is one that a wrong design breaks. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeHosts } from './support/hosts.ts';

const support = join(projectDirectory, 'test/nfs/support');
/** DSH_NFS_ROUNDS=10: fewer of each. */
const rounds = Number(process.env['DSH_NFS_ROUNDS'] || 60);

interface Figures {
  readonly p50: number;
  readonly p99: number;
}

describeHosts('one command', ({ lab, read }) => {
  /** Runs the ways in turn, so that all meet the same machine; milliseconds by way. */
  async function measure(
    prepare: string,
    ways: Readonly<Record<string, string>>,
  ): Promise<Figures[]> {
    const timer = join(lab().directory, 'timer');
    const compiled = await runCommand(['gcc', '-O2', '-static', '-o', timer, `${support}/timer.c`]);
    expect(compiled).toMatchObject({ status: 0, stderr: '' });
    const lines = Object.values(ways).map((way) => `'${way}'`);
    const output = await read(`${prepare}\n${timer} ${rounds} ${lines.join(' ')}`);
    const figures = output.split('\n').map((line) => {
      const times = line
        .split(' ')
        .map(Number)
        .toSorted((a, b) => a - b);
      return { p50: times[Math.floor(times.length / 2)]!, p99: times.at(-1)! };
    });
    Object.keys(ways).forEach((name, index) => {
      const { p50, p99 } = figures[index]!;
      console.log(`${name}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
    });
    return figures;
  }

  test('that writes a file, beside the same unwatched and with a sleep of a second', async () => {
    await measure('echo a >a.c', {
      'barrier off': 'dsh --coherence=off -H h2 cp a.c a.o',
      'barrier on': 'dsh -H h2 cp a.c a.o',
      'fixed sleep': 'dsh --coherence=off -H h2 cp a.c a.o; sleep 1',
    });
  });

  test('that does nothing', async () => {
    await measure(':', {
      'true, off': 'dsh --coherence=off -H h2 true',
      'true, on': 'dsh -H h2 true',
    });
  });

  test('in a directory of 10,000 files costs no more than in one of 10', async () => {
    const fill = 'i=0; while [ $i -lt $1 ]; do : >f$i; i=$((i+1)); done';
    const prepare = `mkdir few many; fill() { ${fill}; }; (cd few; fill 10); (cd many; fill 10000)`;
    const [few, many] = await measure(prepare, {
      '10 files': 'cd few; dsh -H h2 cp f1 a.o',
      '10,000 files': 'cd many; dsh -H h2 cp f1 a.o',
    });
    console.log(`difference: ${(many!.p50 - few!.p50).toFixed(1)} ms`);
    // Reading such a directory takes 100 ms and more in these kernels.
    expect(many!.p50).toBeLessThan(few!.p50 * 1.5);
  });
});
