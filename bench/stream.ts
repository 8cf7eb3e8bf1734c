/** One large stream, to a command's stdin and from its stdout. */
import { startBenchLab } from './bench-lab.ts';
import { median, scale } from './figure.ts';
import { multiplexedSsh, openMasters, plainSsh } from './peers/ssh.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { type Timed, timeInTurn } from './timing.ts';
import { warmUp } from './warm-up.ts';

const SHARE_OF_SSH = 0.7;
const directions = ['stdin', 'stdout'] as const;

export async function benchStream(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: 2 });
  await openMasters(lab, 'h1', ['h2']);
  await warmUp(lab, 'h1', ['h2']);
  const mebibytes = setting.count(1024, 8);
  const rows: Row[] = [];
  for (const direction of directions) {
    const pipe = direction === 'stdin' ? feed : drain;
    const taken = await timeInTurn(setting, lab, 'h1', {
      commands: {
        dsh: pipe(['dsh', '-H', 'h2'], mebibytes),
        master: pipe([...withInput(multiplexedSsh(lab)), 'h2'], mebibytes),
        plain: pipe([...withInput(plainSsh(lab)), 'h2'], mebibytes),
      },
      rounds: setting.count(3, 1),
    });
    const rate = (samples: readonly number[]): ReturnType<typeof median> =>
      scale(median(samples), (ms) => (mebibytes * 1000) / ms);
    const [master, plain] = [rate(taken.master), rate(taken.plain)];
    const limit = SHARE_OF_SSH * master.value;
    rows.push(
      makeRow(['stream', `${mebibytes} MiB through ${direction}`], rate(taken.dsh), 'MiB/s', {
        goal: { relation: '>=', limit, basis: `${SHARE_OF_SSH} x ssh, ControlMaster` },
        peers: { 'ssh, ControlMaster': master, ssh: plain },
      }),
    );
  }
  return rows;
}

/** One way only: what `cat` would send back is not measured. */
function feed(prefix: readonly string[], mebibytes: number): Timed {
  return shell(`head -c ${mebibytes}M /dev/zero | ${prefix.join(' ')} wc -c`);
}

function drain(prefix: readonly string[], mebibytes: number): Timed {
  return shell(`${prefix.join(' ')} head -c ${mebibytes}M /dev/zero | cat`);
}

function shell(text: string): Timed {
  return { words: ['sh', '-c', text] };
}

function withInput(words: readonly string[]): readonly string[] {
  return words.filter((word) => word !== '-n');
}
