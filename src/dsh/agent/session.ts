/** The agent's side of one client: its HELLO, its one request, and then its command. */
import type { Socket } from 'node:net';
import { decodeRequest } from '../../core/wire/request.ts';
import { type Frame, isEndFrame, PROTOCOL_VERSION } from '../../core/wire/frame.ts';
import { createFrameLink, type FrameLink } from '../../node/frame-link.ts';
import { type Job, type JobServices, startJob } from './job.ts';

export interface Session {
  /** The agent ends: the client is told what became of its command. */
  end(): void;
}

/** A client carries one command, under this number. */
const CLIENT_JOB = 1;
/** A client that has not said what it wants by then never will. */
const REQUEST_DEADLINE_MS = 10_000;
/** Much less than a client waits for it. */
const GREETING_MS = 1000;

/** @param onEnd is called once, when the client's socket is closed. */
export function serveClient(socket: Socket, services: JobServices, onEnd: () => void): Session {
  let phase: 'hello' | 'request' | 'command' | 'over' = 'hello';
  let job: Job | undefined;
  const link = createFrameLink(socket, socket, { onFrame, onClose });
  const timer = setTimeout(() => link.destroy(), REQUEST_DEADLINE_MS);
  const greeting = createGreeting(link);

  function reply(frame: Frame): void {
    if (phase === 'over') return;
    greeting.say();
    link.send(CLIENT_JOB, frame);
    // The socket of RUN_HERE stays open: it is the lease of the command that now runs there.
    if (frame.type === 'run-here') phase = 'over';
    else if (isEndFrame(frame)) close();
  }

  function close(): void {
    phase = 'over';
    clearTimeout(timer);
    // Only our direction: the client may still give credit for what it reads, and a write that
    // fails would have it drop the rest. It closes when it has read the end.
    link.end();
  }

  function refuse(message: string): void {
    reply({ type: 'failed', reason: 'bad-request', message });
  }

  function onFrame(number: number, frame: Frame): void {
    switch (phase) {
      case 'hello':
        return onHello(frame);
      case 'request':
        return onRequest(number, frame);
      case 'command':
        if (frame.type === 'abandon') return link.destroy();
        if (frame.type === 'ping') return link.send(number, { type: 'pong' });
        return job?.onFrame(frame);
      case 'over':
    }
  }

  function onHello(frame: Frame): void {
    if (frame.type !== 'hello') return refuse(`HELLO was expected, not ${frame.type}`);
    phase = 'request';
    greeting.awaitRequest();
    if (frame.version === PROTOCOL_VERSION) return;
    refuse(
      `this dsh speaks protocol ${frame.version}, its running agent ${PROTOCOL_VERSION}: ` +
        `end the agent (kill ${process.pid}) and try again`,
    );
  }

  function onRequest(number: number, frame: Frame): void {
    if (frame.type !== 'request' || number !== CLIENT_JOB) {
      return refuse(`REQUEST for job ${CLIENT_JOB} was expected, not ${frame.type} for ${number}`);
    }
    // The frame's bytes are only lent, and a request is looked at again at each attempt.
    const request = decodeRequest(frame.fields.slice());
    if (!request.ok) return refuse(`malformed request: ${request.reason}`);
    clearTimeout(timer);
    greeting.awaitReply();
    phase = 'command';
    job = startJob(request.value, reply, services);
  }

  function onClose(): void {
    clearTimeout(timer);
    greeting.cancel();
    phase = 'over';
    job?.abandon();
    onEnd();
  }

  return {
    end() {
      job?.end('the dsh agent was ended');
      close();
      socket.destroySoon();
    },
  };
}

interface Greeting {
  /** Nothing happens the second time. */
  say(): void;
  /** The client has said HELLO. Does it say no more in this turn, it waits for ours. */
  awaitRequest(): void;
  /** It has said all: the first reply is time enough, so that it is woken up once. */
  awaitReply(): void;
  cancel(): void;
}

function createGreeting(link: FrameLink): Greeting {
  let isSaid = false;
  let isAwaited = false;
  let timer: NodeJS.Timeout | undefined;

  function say(): void {
    if (isSaid) return;
    isSaid = true;
    clearTimeout(timer);
    link.send(0, { type: 'hello', version: PROTOCOL_VERSION, capabilities: 0 });
  }

  return {
    say,
    awaitRequest() {
      isAwaited = true;
      setImmediate(() => isAwaited && say());
    },
    awaitReply() {
      isAwaited = false;
      // It tells that somebody is alive here.
      if (!isSaid) timer = setTimeout(say, GREETING_MS);
    },
    cancel() {
      isAwaited = false;
      clearTimeout(timer);
    },
  };
}
