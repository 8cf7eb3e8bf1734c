/** What looking after files costs. Prints figures; the only bound is one that a wrong design breaks. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { median, percentile } from '../../bench/figure.ts';
import { runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeHosts } from './support/hosts.ts';

const support = join(projectDirectory, 'test/nfs/support');
/** DSH_NFS_ROUNDS=10: fewer of each. */
const rounds = Number(process.env['DSH_NFS_ROUNDS'] || 100);

/** Milliseconds, one a round; of all ways in the same order of rounds. */
type Times = readonly number[];

describeHosts('one command', ({ lab, read }) => {
  /** Runs the ways in turn, so that all meet the same machine. */
  async function measure(
    prepare: string,
    ways: Readonly<Record<string, string>>,
  ): Promise<Times[]> {
    const timer = join(lab().directory, 'timer');
    const compiled = await runCommand(['gcc', '-O2', '-static', '-o', timer, `${support}/timer.c`]);
    expect(compiled).toMatchObject({ status: 0, stderr: '' });
    const lines = Object.values(ways).map((way) => `'${way}'`);
    const output = await read(`${prepare}\n${timer} ${rounds} ${lines.join(' ')}`);
    const taken = output.split('\n').map((line) => line.split(' ').map(Number));
    Object.keys(ways).forEach((name, index) => print(name, taken[index]!));
    return taken;
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
    const [fewOff, manyOff, few, many] = await measure(prepare, {
      '10 files, off': 'cd few; dsh --coherence=off -H h2 cp f1 a.o',
      '10,000 files, off': 'cd many; dsh --coherence=off -H h2 cp f1 a.o',
      '10 files': 'cd few; dsh -H h2 cp f1 a.o',
      '10,000 files': 'cd many; dsh -H h2 cp f1 a.o',
    });
    // What is off tells what the file system itself takes longer for.
    print('10,000 files over 10, off', differences(manyOff!, fewOff!));
    print('10,000 files over 10', differences(many!, few!));
    // Reading such a directory takes 100 ms and more in these kernels.
    expect(median(many!).value).toBeLessThan(median(few!).value * 1.5);
  });
});

function print(name: string, times: Times): void {
  const { value, spread } = median(times);
  const [low, high] = spread!;
  console.log(
    `${name}: p50 ${value.toFixed(1)} ms (half of them ${low.toFixed(1)} to ${high.toFixed(1)}), ` +
      `p99 ${percentile(times, 99).value.toFixed(1)} ms, ${times.length} rounds`,
  );
}

/** Those of the same round are a pair: what slowed both does not count. */
function differences(more: Times, less: Times): Times {
  return more.map((time, round) => time - less[round]!);
}
