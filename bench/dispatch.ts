/** The warm way: `dsh true` on another node, when everything is there already. */
import { startBenchLab } from './bench-lab.ts';
import { median, percentile } from './figure.ts';
import { multiplexedSsh, openMasters, plainSsh } from './peers/ssh.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { timeInTurn } from './timing.ts';
import { warmUp } from './warm-up.ts';

/** A quarter of what an ssh takes that has no connection to make either. */
const SHARE_OF_SSH = 0.25;
const P99_PER_P50 = 3;
/** Files of a local file system need no care, and must cost none. */
const CARE_MAX = 1.03;
/** An ssh that connects takes 20 times as long as one that does not; fewer of them are enough. */
const PLAIN_EVERY = 10;

export async function benchDispatch(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: 2 });
  await openMasters(lab, 'h1', ['h2']);
  await warmUp(lab, 'h1', ['h2']);
  const taken = await timeInTurn(setting, lab, 'h1', {
    commands: {
      exec: { words: ['true'] },
      dsh: { words: ['dsh', '-H', 'h2', 'true'] },
      unseen: { words: ['dsh', '--coherence', 'off', '-H', 'h2', 'true'] },
      master: { words: [...multiplexedSsh(lab), 'h2', 'true'] },
      plain: { words: [...plainSsh(lab), 'h2', 'true'], every: PLAIN_EVERY },
    },
    rounds: setting.count(500, 10),
  });
  const p50 = median(taken.dsh);
  const unseen = median(taken.unseen);
  const master = median(taken.master);
  const limit = SHARE_OF_SSH * master.value;
  const basis = `${SHARE_OF_SSH} x ssh, ControlMaster`;
  return [
    makeRow(['dispatch', 'dsh true, p50'], p50, 'ms', {
      goal: { relation: '<=', limit, basis },
      peers: {
        'ssh, ControlMaster': master,
        ssh: median(taken.plain),
        'no dispatch': median(taken.exec),
      },
    }),
    makeRow(['dispatch', 'dsh true, p99'], percentile(taken.dsh, 99), 'ms', {
      goal: { relation: '<=', limit: P99_PER_P50 * p50.value, basis: `${P99_PER_P50} x its p50` },
      peers: {
        'ssh, ControlMaster': percentile(taken.master, 99),
        ssh: percentile(taken.plain, 99),
        'no dispatch': percentile(taken.exec, 99),
      },
    }),
    makeRow(['dispatch', 'dsh true, local files, p50'], p50, 'ms', {
      goal: {
        relation: '<=',
        limit: CARE_MAX * unseen.value,
        basis: `${CARE_MAX} x --coherence off`,
      },
      peers: { '--coherence off': unseen },
    }),
  ];
}
