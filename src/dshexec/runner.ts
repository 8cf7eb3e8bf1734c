/** Serves the commands of one channel, as many at once as the agent starts. */
import type { Readable, Writable } from 'node:stream';
import { capabilities, type Frame, PROTOCOL_VERSION } from '../core/wire/frame.ts';
import { createFrameLink } from '../node/frame-link.ts';
import { createHeartbeat, type Heartbeat, SILENCE_SECONDS_MAX } from '../node/heartbeat.ts';
import { type Job, startJob } from './job.ts';
import { createPipeSource } from './pipes.ts';
import type { ProcessGroups } from './process-groups.ts';

/** `onClose` is called once, when the agent is gone; its argument says what was wrong, if it was. */
export function createRunner(
  input: Readable,
  output: Writable,
  groups: ProcessGroups,
  onClose: (error: string | undefined) => void,
): void {
  const jobs = new Map<number, Job>();
  const takePipe = createPipeSource();
  let error: string | undefined;
  let heartbeat: Heartbeat | undefined;

  const link = createFrameLink(input, output, {
    onFrame: receive,
    onClose(reason) {
      heartbeat?.stop();
      onClose(reason.startsWith('protocol error') ? reason : error);
    },
  });
  link.send(0, {
    type: 'hello',
    version: PROTOCOL_VERSION,
    // Node has neither pseudo-terminals nor setrlimit, and does not tell when a child has stopped.
    capabilities: capabilities.timeouts,
  });

  function receive(number: number, frame: Frame): void {
    heartbeat?.heard();
    if (frame.type === 'start') {
      if (jobs.has(number)) refuse(`job ${number} was started twice`);
      else start(number, frame.fields);
    } else if (frame.type === 'ping') {
      link.send(number, { type: 'pong' });
    } else if (frame.type === 'hello') {
      greet(frame.version, frame.capabilities);
    } else {
      // A job that is not known has just ended: its last frame crossed with this one.
      jobs.get(number)?.receive(frame);
    }
  }

  function greet(version: number, agentCapabilities: number): void {
    if (version !== PROTOCOL_VERSION) {
      return refuse(`the agent speaks version ${version}, expected ${PROTOCOL_VERSION}`);
    }
    if ((agentCapabilities & capabilities.heartbeats) === 0) return;
    heartbeat = createHeartbeat({
      isBusy: () => jobs.size > 0,
      onBeat() {},
      onSilence() {
        error = `nothing came from the agent for ${SILENCE_SECONDS_MAX} s`;
        link.destroy();
      },
    });
  }

  function start(number: number, fields: Uint8Array): void {
    const job = startJob(fields, {
      groups,
      takePipe,
      send: (frame) => link.send(number, frame),
      onEnd: () => jobs.delete(number),
    });
    if (job) jobs.set(number, job);
  }

  function refuse(reason: string): void {
    error = `protocol error: ${reason}`;
    link.destroy();
  }
}
