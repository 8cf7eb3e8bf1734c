import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureReason, failureReasons } from '../../../src/core/wire/failure-reason.ts';
import {
  DATA_BYTES_MAX,
  encodeFrame,
  type Frame,
  FRAME_PAYLOAD_BYTES_MAX,
  frameTypes,
} from '../../../src/core/wire/frame.ts';
import { createFrameSplitter } from '../../../src/core/wire/frame-splitter.ts';

const u32 = fc.nat({ max: 0xffffffff });
const u16 = fc.nat({ max: 0xffff });
const u8 = fc.nat({ max: 255 });
const stream = fc.constantFrom(0 as const, 1 as const, 2 as const);
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const bytes = fc.uint8Array({ maxLength: 500 });
const of = <T extends string>(type: T): fc.Arbitrary<T> => fc.constant(type);

const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: of('hello'), version: u32, capabilities: u32 }),
  fc.record({
    type: fc.constantFrom('request' as const, 'start' as const, 'changed' as const),
    fields: bytes,
  }),
  fc.record({ type: fc.constantFrom('placed' as const, 'run-here' as const), node: text }),
  fc.record({ type: of('started'), pid: u32 }),
  fc.record({
    type: of('failed'),
    reason: fc.constantFrom(...(Object.keys(failureReasons) as FailureReason[])),
    message: text,
  }),
  fc.record({ type: of('exited'), status: u8 }),
  fc.record({
    type: fc.constantFrom('signalled' as const, 'signal' as const, 'stopped' as const),
    signal: u8,
  }),
  fc.record({ type: of('lost'), pid: u32, message: text }),
  fc.record({ type: of('data'), stream, bytes }),
  fc.record({ type: fc.constantFrom('eof' as const, 'broken' as const), stream }),
  fc.record({ type: of('credit'), stream, bytes: u32 }),
  fc.record({ type: of('resize'), rows: u16, columns: u16 }),
  fc.record({ type: of('notice'), message: text }),
  fc.record({
    type: of('ending'),
    end: fc.oneof(
      fc.record({ type: of('exited'), status: u8 }),
      fc.record({ type: of('signalled'), signal: u8 }),
      fc.record({ type: of('timed-out') }),
    ),
  }),
  fc.record({ type: fc.constantFrom('abandon', 'ping', 'pong', 'timed-out') }),
);
const jobFrames = fc.array(fc.record({ job: u32, frame }), { maxLength: 20 });

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

describe('frames', () => {
  it('survive the journey, in whatever pieces they arrive', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
    const property = fc.property(jobFrames, sizes, (sent, pieceSizes) => {
      const sentBytes = join(sent.map(({ job, frame: one }) => encodeFrame(job, one)));
      const splitter = createFrameSplitter();
      const got = [];
      for (let at = 0, turn = 0; at < sentBytes.length; turn += 1) {
        const size = pieceSizes[turn % pieceSizes.length]!;
        for (const one of splitter.push(sentBytes.subarray(at, at + size))) {
          got.push(structuredClone(one));
        }
        at += size;
      }
      expect(splitter.error()).toBeUndefined();
      expect(got).toEqual(sent);
    });
    fc.assert(property);
  });

  it('have numbers of their own', () => {
    const numbers = Object.values(frameTypes);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('never throw, whatever arrives, and nothing follows an error', () => {
    const property = fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
      const splitter = createFrameSplitter();
      for (const piece of pieces) {
        const hadFailed = splitter.error() !== undefined;
        const got = splitter.push(piece);
        if (hadFailed) expect(got).toEqual([]);
      }
    });
    fc.assert(property);
  });

  it('are refused when too long, without waiting for their end', () => {
    const header = new Uint8Array(9);
    new DataView(header.buffer).setUint32(0, FRAME_PAYLOAD_BYTES_MAX + 1);
    const splitter = createFrameSplitter();
    splitter.push(header);
    expect(splitter.error()).toContain('at most');
  });

  it('of an unknown type are passed over', () => {
    const unknown = encodeFrame(1, { type: 'ping' });
    unknown[8] = 200;
    const splitter = createFrameSplitter();
    const got = splitter.push(join([unknown, encodeFrame(2, { type: 'pong' })]));
    expect(got).toEqual([{ job: 2, frame: { type: 'pong' } }]);
  });

  it('carry no more than the largest piece of data', () => {
    const sent = encodeFrame(1, {
      type: 'data',
      stream: 1,
      bytes: new Uint8Array(DATA_BYTES_MAX + 1),
    });
    const splitter = createFrameSplitter();
    splitter.push(sent);
    expect(splitter.error()).toContain('malformed data frame');
  });
});
