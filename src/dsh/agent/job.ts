/**
 * One command: placed, tried on one node after the other until one takes it, and relayed to its
 * end.
 *
 * A command whose START was not sent has not started, so it is placed again without asking. Once
 * START was sent and the channel is cut, the outcome is unknown: the command is lost, unless the
 * request allows to run it again and its conversation can be repeated.
 */
import { formatRanking } from '../../core/ranking-text.ts';
import type { NodeView } from '../../core/wire/control.ts';
import type { Request } from '../../core/wire/request.ts';
import type { Frame } from '../../core/wire/frame.ts';
import { describeEnd } from '../outcome-text.ts';
import type { Channel } from './channel.ts';
import type { Channels } from './channels.ts';
import type { Clocks } from './clocks.ts';
import type { NodeAbilities } from './node-abilities.ts';
import { type Conversation, createConversation } from './conversation.ts';
import type { Chosen, Lease, Placement, Placer } from './placer.ts';
import { createTrace, type Trace } from './trace.ts';

export interface Job {
  /** A frame of the client about its command; the bytes are valid during the call only. */
  onFrame(frame: Frame): void;
  /** The client is gone: the command is ended, wherever it is by now. */
  abandon(): void;
  /** The agent ends: the client is told so, and nobody waits for the command. */
  end(message: string): void;
}

export interface JobServices {
  readonly placer: Placer;
  readonly channels: Channels;
  readonly abilities: NodeAbilities;
  readonly clocks: Clocks;
  /** That of a new ssh, under the variables of the request. */
  readonly environment: NodeJS.ProcessEnv;
}

/** @param reply takes the frames for the client; an end frame or RUN_HERE is the last. */
export function startJob(
  request: Request,
  reply: (frame: Frame) => void,
  services: JobServices,
): Job {
  const job: JobState = {
    request,
    reply,
    services,
    conversation: createConversation(reply),
    tried: new Set(request.exclude),
    lease: undefined,
    node: '',
    isGone: false,
    retriesLeft: request.retries,
    lastFailure: undefined,
    trace: createTrace(request.traceBegunUs),
  };
  job.trace.mark('the request is read');

  function abandon(): void {
    job.isGone = true;
    job.conversation.abandon();
    // The end of a client that runs its command itself is that command's end.
    job.lease?.ended(job.conversation.isRunning() ? 'cancelled' : undefined);
  }

  // One command that goes wrong must not end the agent, and with it all others.
  run(job).catch((error: Error) => {
    abandon();
    reply({
      type: 'lost',
      pid: job.conversation.pid(),
      message: `the agent failed: ${error.message}`,
    });
  });
  return {
    abandon,
    end(message) {
      const isLost = job.conversation.isRunning() || job.lastFailure?.type === 'lost';
      abandon();
      const pid = job.conversation.pid();
      reply(
        isLost
          ? { type: 'lost', pid, message: `${job.node}: ${message}; ${explainLoss(pid)}` }
          : { type: 'failed', reason: 'no-node', message },
      );
    },
    onFrame(frame) {
      if (job.conversation.fromClient(frame)) return;
      abandon();
      const message = 'the client sent too much before its command had started';
      reply({ type: 'failed', reason: 'bad-request', message });
    },
  };
}

interface JobState {
  readonly request: Request;
  readonly reply: (frame: Frame) => void;
  readonly services: JobServices;
  readonly conversation: Conversation;
  /** Where the command may not go: excluded, or tried already. */
  readonly tried: Set<string>;
  lease: Lease | undefined;
  /** Where the command was handed over last. */
  node: string;
  isGone: boolean;
  retriesLeft: number;
  /** What the client is told when no other node is left. */
  lastFailure: Frame | undefined;
  readonly trace: Trace;
}

/** What an attempt came to: the client knows the end, or another node is to try. */
type Attempt = 'settled' | 'open';

async function run(job: JobState): Promise<void> {
  let attempt: Attempt = 'open';
  while (attempt === 'open' && !job.isGone) {
    const placement = await job.services.placer.place(job.request, job.tried);
    job.trace.mark('dshd has placed it');
    attempt = await tryPlacement(job, placement);
  }
}

async function tryPlacement(job: JobState, placement: Placement): Promise<Attempt> {
  if (job.isGone) {
    if (placement.kind !== 'refused') placement.lease.ended();
    return 'settled';
  }
  showRanking(job, placement.ranking);
  if (placement.kind === 'refused') return refuse(job, placement.reason);
  job.lease = placement.lease;
  // Whoever names a node again would do so for ever.
  if (job.tried.has(placement.node)) {
    job.lease.ended();
    return refuse(job, `${placement.node} is excluded, and no other node was found`);
  }
  job.tried.add(placement.node);
  return placement.kind === 'here' ? runHere(job, placement) : tryNode(job, placement);
}

function showRanking(job: JobState, ranking: readonly NodeView[]): void {
  if (job.request.verbosity < 2) return;
  for (const message of formatRanking(ranking)) job.reply({ type: 'notice', message });
}

function showTrace(job: JobState): void {
  for (const message of job.trace.lines()) job.reply({ type: 'notice', message });
}

function refuse(job: JobState, message: string): Attempt {
  job.reply(job.lastFailure ?? { type: 'failed', reason: 'no-node', message });
  return 'settled';
}

function runHere(job: JobState, placement: Extract<Placement, { kind: 'here' }>): Attempt {
  // A client that has seen STARTED reads its input already: nothing but a stream could have it.
  if (job.conversation.hasStarted()) {
    placement.lease.ended();
    return 'open';
  }
  if (placement.notice) job.reply({ type: 'notice', message: placement.notice });
  placement.lease.started();
  showTrace(job);
  job.reply({ type: 'run-here', node: placement.node });
  return 'settled';
}

async function tryNode(
  job: JobState,
  placement: Extract<Placement, { kind: 'node' }>,
): Promise<Attempt> {
  const { node, lease } = placement;
  let channel: Channel;
  try {
    channel = await openChannel(job, placement);
  } catch (error) {
    return onUnreachable(job, placement, (error as Error).message);
  }
  if (job.isGone) return 'settled';
  const { abilities, clocks } = job.services;
  abilities.tell(job.request, node, channel, job.reply);
  warn(job, clocks.explainNode(job.request, node, placement.skewMs));
  job.reply({ type: 'placed', node });
  // The frames of this turn leave at its end. A client that never heard PLACED may thus be sure
  // that nothing was started for it, even if this agent is killed now.
  await new Promise(process.nextTick);
  if (job.isGone) return 'settled';
  job.node = node;
  job.trace.mark('START is sent');
  const fromMs = Date.now();
  const end = await job.conversation.run(channel, job.request.command, {
    onStarted() {
      job.trace.mark('STARTED has come');
      lease.started(job.conversation.pid());
    },
    onStamp(stampMs) {
      warn(job, clocks.explainServer(job.request, stampMs, { fromMs, toMs: Date.now() }));
    },
    onEnd(frame) {
      job.trace.mark('the end has come');
      showTrace(job);
      const isReason = frame.type === 'failed' || frame.type === 'lost';
      job.reply(isReason ? { ...frame, message: `${node}: ${frame.message}` } : frame);
      lease.ended(describeEnd(frame));
    },
  });
  if (end.kind === 'cut') return onCut(job, placement, end.reason);
  if (end.kind === 'not-sent') return onUnreachable(job, placement, 'the connection was lost');
  return 'settled';
}

function warn(job: JobState, message: string | undefined): void {
  if (message !== undefined) job.reply({ type: 'notice', message });
}

function openChannel(
  job: JobState,
  { node, destination }: { readonly node: string; readonly destination: string },
): Promise<Channel> {
  const { remoteShell, shellVariables } = job.request;
  const environment = { ...job.services.environment };
  for (const variable of shellVariables) {
    const at = variable.indexOf('=');
    if (at > 0) environment[variable.slice(0, at)] = variable.slice(at + 1);
  }
  return job.services.channels.open({ node, destination, remoteShell, environment });
}

function onUnreachable(job: JobState, placement: Chosen, reason: string): Attempt {
  placement.lease.unreachable();
  const message = `${placement.node}: ${reason}`;
  // A command that was cut before stays one whose outcome is unknown.
  if (job.lastFailure?.type !== 'lost') {
    job.lastFailure = { type: 'failed', reason: 'no-node', message };
  }
  if (job.request.verbosity >= 1) {
    job.reply({ type: 'notice', message: `${message}; trying another node` });
  }
  return 'open';
}

function onCut(job: JobState, placement: Chosen, reason: string): Attempt {
  placement.lease.ended('lost');
  const message = `${placement.node}: contact was lost: ${reason}`;
  const pid = job.conversation.pid();
  job.lastFailure = { type: 'lost', pid, message: `${message}; ${explainLoss(pid)}` };
  if (job.retriesLeft === 0 || !job.conversation.isRepeatable()) {
    job.reply(job.lastFailure);
    return 'settled';
  }
  job.retriesLeft -= 1;
  job.reply({ type: 'notice', message: `${message}; running it again` });
  return 'open';
}

function explainLoss(pid: number): string {
  return pid === 0 ? 'the command may have run' : `process ${pid} may still have run`;
}
