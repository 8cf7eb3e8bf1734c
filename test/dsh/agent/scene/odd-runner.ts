/** A runner that does what the real one never should; its argument says what. */
import { encodeFileReport } from '../../../../src/core/wire/file-report.ts';
import type { Frame } from '../../../../src/core/wire/frame.ts';
import { PROTOCOL_VERSION, RUNNER_PREAMBLE } from '../../../../src/core/wire/frame.ts';
import { createFrameLink } from '../../../../src/node/frame-link.ts';

type Behaviour = (job: number, frame: Frame, send: (frame: Frame) => void) => void;

const HOUR_MS = 3_600_000;

/** As of a file server whose clock is wrong by so much. */
function stampFiles(wrongMs: number): Behaviour {
  return (_job, frame, send) => {
    if (frame.type !== 'start') return;
    send({ type: 'started', pid: 4242 });
    const ctimeNs = BigInt(Date.now() + wrongMs) * 1_000_000n;
    const stamp = {
      kind: 'stamp',
      bytes: 0n,
      mtimeNs: 0n,
      ctimeNs,
      path: Buffer.from('.'),
    } as const;
    send({ type: 'changed', fields: encodeFileReport(stamp) });
    send({ type: 'exited', status: 0 });
  };
}

const behaviours: { readonly [name: string]: Behaviour } = {
  'dies-at-start'(_job, frame) {
    if (frame.type === 'start') process.exit(3);
  },
  'dies-when-started'(_job, frame, send) {
    if (frame.type !== 'start') return;
    send({ type: 'started', pid: 4242 });
    setImmediate(() => process.exit(3));
  },
  'dies-after-output'(_job, frame, send) {
    if (frame.type !== 'start') return;
    send({ type: 'started', pid: 4242 });
    send({ type: 'data', stream: 1, bytes: Buffer.from('half') });
    setImmediate(() => process.exit(3));
  },
  'dies-on-input'(_job, frame, send) {
    if (frame.type === 'start') send({ type: 'started', pid: 4242 });
    if (frame.type === 'data') process.exit(3);
  },
  'dies-on-signal'(_job, frame, send) {
    if (frame.type === 'start') send({ type: 'started', pid: 4242 });
    if (frame.type === 'signal') process.exit(3);
  },
  /** Runs commands, but answers no PING. */
  'answers-no-ping'(_job, frame, send) {
    if (frame.type !== 'start') return;
    send({ type: 'started', pid: process.pid });
    send({ type: 'exited', status: 0 });
  },
  'speaks-version-99'() {},
  'sends-garbage'(_job, frame) {
    if (frame.type === 'start') process.stdout.write(Buffer.alloc(64, 0xff));
  },
  'stamps-yesterday': stampFiles(-HOUR_MS),
  'stamps-now': stampFiles(0),
  'stamps-tomorrow': stampFiles(HOUR_MS),
  /** Speaks of commands that nobody started, and goes on after the end. */
  'talks-too-much'(job, frame, send) {
    if (frame.type !== 'start') return;
    link.send(job + 1000, { type: 'exited', status: 9 });
    send({ type: 'started', pid: 4242 });
    send({ type: 'exited', status: 7 });
    send({ type: 'exited', status: 8 });
  },
};

const name = process.argv[2]!;
process.stdout.write(RUNNER_PREAMBLE);
const link = createFrameLink(process.stdin, process.stdout, {
  onFrame(job, frame) {
    if (job !== 0) behaviours[name]!(job, frame, (answer) => link.send(job, answer));
  },
  onClose: () => process.exit(0),
});
const version = name === 'speaks-version-99' ? 99 : PROTOCOL_VERSION;
link.send(0, { type: 'hello', version, capabilities: 0 });
