/** `dshctl top`: the cluster as it is, again and again, until it is told to stop. */
import { userInfo } from 'node:os';
import { connectDaemon, type DaemonLink } from '../node/control-client.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { openLiveTerminal } from './live-terminal.ts';
import { findNodeOrder, nodeOrderNames } from './node-order.ts';
import { describeScreen } from './screen.ts';
import { formatClock } from './times.ts';
import { createTopState, pressKey, takeFigures, type TopState } from './top-state.ts';
import { countNodeRows, drawTop, type TopFrame } from './top-view.ts';

export const command = createCommand({
  options: [
    { name: 'interval', short: 'i', value: 'SECONDS', help: 'look so often (1)' },
    { name: 'sort', value: 'FIELD', help: `${nodeOrderNames.join(', ')} (load)` },
  ],
  wordsMin: 0,
  wordsMax: 0,
  notes: `Keys: arrows, Enter for a node alone, s for another order, / for a filter,
? for all. The history is that of the load per CPU. The jobs are those that
were started on this machine.`,
  async run({ values: { interval = '1', sort = 'load' } }) {
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      throw failure(
        'top needs a terminal; for programs, see dshctl status --json',
        exitStatuses.misuse,
      );
    }
    if (
      !(/^[0-9]{1,4}(?:\.[0-9]{1,3})?$/.test(interval) && Number(interval) >= INTERVAL_SECONDS_MIN)
    ) {
      const expected = `expected seconds, at least ${INTERVAL_SECONDS_MIN}`;
      throw failure(`-i ${interval}: ${expected}`, exitStatuses.misuse);
    }
    if (!findNodeOrder(sort)) {
      throw failure(
        `--sort ${sort}: expected one of ${nodeOrderNames.join(', ')}`,
        exitStatuses.misuse,
      );
    }
    // Where there is no daemon from the start, that is said before the screen is taken.
    await withDaemon((daemon) => daemon.counters());
    await watch(createTopState(sort), Number(interval) * 1000);
    return exitStatuses.done;
  },
});

const INTERVAL_SECONDS_MIN = 0.1;

/** Resolves when the user has seen enough. */
async function watch(initial: TopState, intervalMs: number): Promise<void> {
  const look = createLook();
  const user = userInfo().username;
  let state = initial;
  let isLooking = false;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  function frame(): TopFrame {
    const { rows, columns } = terminal.size();
    const screen = describeScreen(process.env, { isTTY: true, columns });
    return { rows, screen, clock: formatClock(Date.now()), user };
  }
  function draw(): void {
    terminal.draw(drawTop(state, frame()));
  }
  async function refresh(): Promise<void> {
    // A daemon that is slow to answer is not asked twice.
    if (isLooking) return;
    isLooking = true;
    const change = await look();
    isLooking = false;
    if (!state.isPaused) state = change(state);
    draw();
  }

  const terminal = openLiveTerminal({
    onKey(key) {
      state = pressKey(state, key, countNodeRows(state, frame()));
      if (state.isOver) finish();
      else draw();
    },
    onChange: draw,
    onEnd: () => finish(),
  });
  void refresh();
  const timer = setInterval(() => void refresh(), intervalMs);
  try {
    await finished;
  } finally {
    clearInterval(timer);
    terminal.close();
    look.close();
  }
}

interface Look {
  (): Promise<(state: TopState) => TopState>;
  close(): void;
}

/** Asks the daemon over one connection, and over another one when that is gone. */
function createLook(): Look {
  let daemon: DaemonLink | undefined;
  const look = async (): Promise<(state: TopState) => TopState> => {
    try {
      daemon ??= await connect();
      const [nodes, jobs] = await Promise.all([daemon.nodes(), daemon.jobs()]);
      return (state) => takeFigures(state, nodes, jobs);
    } catch (error) {
      return (state) => ({ ...state, problem: (error as Error).message });
    }
  };
  async function connect(): Promise<DaemonLink> {
    const link = await connectDaemon();
    if (!link) throw new Error('no dshd answers any more; waiting for it');
    link.onClose(() => {
      daemon = undefined;
    });
    return link;
  }
  return Object.assign(look, { close: () => daemon?.close() });
}
