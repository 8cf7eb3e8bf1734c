/**
 * One command over the agent: the request goes out, and what comes back is shown, run or relayed
 * until the command has ended.
 */
import { exitStatuses, type Outcome } from '../core/outcome.ts';
import type { Coherence, Command } from '../core/wire/command.ts';
import type { Frame } from '../core/wire/frame.ts';
import type { FrameLink } from '../node/frame-link.ts';
import { connectAgent } from './connect-agent.ts';
import { openStreams, type RemoteStreams } from './remote-streams.ts';
import { type LocalRun, runHere } from './run-here.ts';
import { say } from './say.ts';
import { catchSignals, dieBySignal, signalNumber } from './signals.ts';
import { stopAs } from './stop.ts';
import type { TerminalPlan } from './terminal.ts';
import { createToldSignals } from './told-signals.ts';

export interface Dispatch {
  readonly socketPath: string;
  readonly request: Uint8Array;
  /** The command if it is to run here. */
  readonly localCommand: Command;
  readonly coherence: Coherence | undefined;
  readonly terminal: TerminalPlan;
  readonly noStdin: boolean;
  readonly quiet: boolean;
  readonly verbosity: number;
}

/** The agent's connections carry one command each. */
const JOB = 1;

/** Resolves when the command has ended and its output has left. */
export async function dispatch(settings: Dispatch): Promise<Outcome> {
  let link: FrameLink | undefined;
  let local: LocalRun | undefined;
  let streams: RemoteStreams | undefined;
  let isDead = false;
  const signals = createToldSignals(send, () => onClose('it does not answer'));
  const changes: Uint8Array[] = [];
  const remote = { node: '', pid: 0, capabilities: 0 };
  let conclude: (outcome: Outcome) => void;
  const concluded = new Promise<Outcome>((resolve) => {
    conclude = resolve;
  });

  function send(frame: Frame): void {
    link?.send(JOB, frame);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (local) local.signal(signal);
    else if (signal === 'SIGCONT') streams?.continued();
    else if (signal === 'SIGTSTP' && (isDead || !streams)) stopAs(signalNumber(signal), false);
    else if (streams) passOn(signalNumber(signal));
    // As any process before its exec. The agent sees our socket close and calls everything off.
    else dieBySignal(signalNumber(signal));
  }

  function passOn(signal: number): void {
    if (!isDead) return signals.tell(signal);
    // Only the output is left.
    signals.note(signal);
    conclude({ verdict: 'signalled', signal });
  }

  function onEnding(outcome: Outcome): void {
    isDead = true;
    if (signals.endsPatience(outcome)) conclude(outcome);
  }

  function onFrame(frame: Frame): void {
    const outcome = readOutcome(frame);
    if (outcome) return conclude(outcome);
    if ('node' in frame && settings.verbosity > 0) say(frame.node);
    if (frame.type === 'ending') onEnding(readOutcome(frame.end)!);
    else if (frame.type === 'hello') remote.capabilities = frame.capabilities;
    else if (frame.type === 'changed') changes.push(frame.fields.slice());
    else if (frame.type === 'placed') remote.node = frame.node;
    else if (frame.type === 'pong') signals.answered();
    else if (frame.type === 'notice') {
      if (!settings.quiet) say(frame.message);
    } else if (frame.type === 'run-here') {
      // The agent's socket stays open: it is the lease, and proves that the command runs.
      local ??= runHere(settings.localCommand, settings.noStdin);
      void local.outcome.then(conclude);
    } else if (frame.type === 'started') {
      remote.pid = frame.pid;
      streams ??= openStreams(settings.terminal, remote.capabilities, send);
    } else {
      streams?.onFrame(frame);
    }
  }

  function onClose(reason: string): void {
    // A command that runs here needs no agent any more.
    if (!local) conclude(explainLostAgent(remote.node, remote.pid, reason));
  }

  const stopSignals = catchSignals(onSignal);
  process.on('SIGWINCH', () => streams?.resized());
  const connection = await connectAgent(settings.socketPath, { onFrame, onClose });
  if (!connection.ok) return notStarted(connection.reason);
  link = connection.value;
  send({ type: 'request', fields: settings.request });
  const outcome = await concluded;
  // Closed first: what dsh dies of from now on must not leave the terminal raw.
  const closed = streams?.close(!signals.endsPatience(outcome));
  stopSignals();
  const isOutputLost = await closed;
  link.end();
  const settled = streams ? await settle(outcome, changes, remote.node, settings) : outcome;
  return isOutputLost ? withoutSuccess(settled, 1) : settled;
}

/** No success where a file that the command has changed does not appear here. */
async function settle(
  outcome: Outcome,
  changes: readonly Uint8Array[],
  node: string,
  { coherence, quiet }: Dispatch,
): Promise<Outcome> {
  if (!coherence) return outcome;
  const { settleFiles } = await import('./settle-files.ts');
  const isSettled = await settleFiles(changes, node, coherence, quiet);
  return isSettled ? outcome : withoutSuccess(outcome, exitStatuses.incoherent);
}

/** A full disk, say: the command could not know, and must not seem to have done its work. */
function withoutSuccess(outcome: Outcome, status: number): Outcome {
  const isSuccess = outcome.verdict === 'exited' && outcome.status === 0;
  return isSuccess ? { verdict: 'exited', status } : outcome;
}

/** PLACED comes before the agent hands a command over, so without it nothing can have run. */
function explainLostAgent(node: string, pid: number, reason: string): Outcome {
  const message = `contact with the agent was lost: ${reason}`;
  if (node === '' && pid === 0) return notStarted(message);
  const process = pid === 0 ? 'the command may have run' : `process ${pid} may still have run`;
  return { verdict: 'lost', message: `${node}: ${message}; ${process}` };
}

function notStarted(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}

function readOutcome(frame: Frame): Outcome | undefined {
  if (frame.type === 'exited') return { verdict: 'exited', status: frame.status };
  if (frame.type === 'signalled') return { verdict: 'signalled', signal: frame.signal };
  if (frame.type === 'timed-out') return { verdict: 'timed-out' };
  if (frame.type === 'lost') return { verdict: 'lost', message: frame.message };
  if (frame.type === 'failed') {
    return { verdict: 'not-started', reason: frame.reason, message: frame.message };
  }
  return undefined;
}
