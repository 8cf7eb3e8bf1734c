import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  JOBS_UNSTATED,
  type Packet,
  PACKET_BYTES_MAX,
  PACKET_HEADER_BYTES,
  type PacketBody,
  RELAYED_MAX,
  WELCOME_RECORDS,
} from '../../../src/core/wire/packet.ts';
import { decodePacket, encodePacket, findFault } from '../../../src/core/wire/packet-codec.ts';
import { decodeMemory, RECORD_BYTES } from '../../../src/core/wire/record.ts';
import { wireRecord } from '../../support/arbitrary-record.ts';

const u32 = fc.nat({ max: 0xffffffff });
const u16 = fc.nat({ max: 0xffff });
const u48 = fc.nat({ max: 2 ** 48 - 1 });
const eighths = u16.map((n) => n / 8);
const memory = u16.map(decodeMemory);

function recordBytes(least: number, most: number): fc.Arbitrary<Uint8Array> {
  return fc
    .integer({ min: least, max: most })
    .chain((count) =>
      fc.uint8Array({ minLength: count * RECORD_BYTES, maxLength: count * RECORD_BYTES }),
    );
}

const body: fc.Arbitrary<PacketBody> = fc.oneof(
  fc.record({
    type: fc.constant('state' as const),
    liveJobs: u16,
    jobsHash: u16,
    clock: u32,
    version: fc.nat(0xffffff),
    records: recordBytes(1, 1 + RELAYED_MAX),
  }),
  fc.record({ type: fc.constant('probe' as const), nonce: u32 }),
  fc.record({ type: fc.constant('reply' as const), nonce: u32, record: wireRecord }),
  fc.record({
    type: fc.constant('reserve' as const),
    nonce: u32,
    job: u32,
    count: fc.integer({ min: 1, max: 1024 }),
    kind: fc.constantFrom('job' as const, 'hold' as const),
    cpus: eighths,
    memoryBytes: memory,
  }),
  fc.record({ type: fc.constantFrom('started' as const, 'ended' as const), job: u32 }),
  fc.record({ type: fc.constant('hello' as const), nonce: u32, page: u16 }),
  fc.record({
    type: fc.constant('welcome' as const),
    nonce: u32,
    page: u16,
    pages: fc.nat({ max: 256 }),
    records: recordBytes(0, WELCOME_RECORDS),
  }),
);
const packet: fc.Arbitrary<Packet> = fc.record({
  sender: u32,
  epoch: u48,
  counter: u48,
  isMulticast: fc.constant(false),
  body,
});

describe('packets', () => {
  it('survive the journey', () => {
    const property = fc.property(packet, (sent) => {
      const bytes = encodePacket(sent);
      expect(findFault(bytes)).toBeUndefined();
      expect(decodePacket(bytes)).toEqual(sent);
    });
    fc.assert(property);
  });

  it('never throw, whatever arrives', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => {
      findFault(bytes);
      decodePacket(bytes);
    });
    fc.assert(property);
  });

  it('are refused when cut anywhere', () => {
    const property = fc.property(packet, fc.nat(), (sent, at) => {
      const bytes = encodePacket(sent);
      const cut = bytes.subarray(0, at % bytes.length);
      const isRead = findFault(cut) === undefined && decodePacket(cut) !== undefined;
      // A list of records may end after any of them; nothing else may.
      if (isRead) expect(['state', 'welcome']).toContain(sent.body.type);
    });
    fc.assert(property);
  });

  it('go to a group only as statements', () => {
    const property = fc.property(packet, (sent) => {
      const read = decodePacket(encodePacket({ ...sent, isMulticast: true }));
      expect(read?.body.type).toBe(sent.body.type === 'state' ? 'state' : undefined);
    });
    fc.assert(property);
  });

  it.each([
    { what: 'longer than any', bytes: new Uint8Array(PACKET_BYTES_MAX + 1), fault: 'oversized' },
    { what: 'cut in its header', bytes: new Uint8Array(37), fault: 'truncated' },
    { what: 'of something else', bytes: new Uint8Array(80), fault: 'foreign' },
  ])('are told apart from one $what', ({ bytes, fault }) => {
    expect(findFault(bytes)).toBe(fault);
  });

  it.each([
    { records: 1, bytes: 97 },
    { records: 1 + RELAYED_MAX, bytes: 1377 },
  ])('take $bytes bytes on the wire for a statement of $records', ({ records, bytes }) => {
    const sent = encodePacket({
      sender: 1,
      epoch: 1,
      counter: 1,
      isMulticast: false,
      body: {
        type: 'state',
        liveJobs: JOBS_UNSTATED,
        jobsHash: 0,
        clock: 0,
        version: 0,
        records: new Uint8Array(records * RECORD_BYTES),
      },
    });
    expect(sent.length + 28).toBe(bytes);
    expect(sent.length).toBeGreaterThan(PACKET_HEADER_BYTES);
  });
});
