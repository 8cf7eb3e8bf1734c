import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMemory,
  decodePacket,
  encodeMemory,
  encodePacket,
  type NodeRecord,
  type PacketBody,
  PACKET_BYTES_MAX,
  PACKET_HEADER_BYTES,
} from '../../../src/core/wire/packet.ts';

const u32 = fc.nat({ max: 0xffffffff });
const u16 = fc.nat({ max: 0xffff });
const memory = u16.map(decodeMemory);
const record: fc.Arbitrary<NodeRecord> = fc.record({
  id: u32,
  sequence: u32,
  ageMs: u16.map((n) => n * 4),
  load: u16.map((n) => n / 64),
  loadavg: u16.map((n) => n / 64),
  cpus: fc.integer({ min: 1, max: 0xffff }).map((n) => n / 8),
  freeBytes: memory,
  totalBytes: memory,
  jobs: u16,
  placements: fc.nat({ max: 255 }),
  draining: fc.boolean(),
  pressed: fc.boolean(),
});
const body: fc.Arbitrary<PacketBody> = fc.oneof(
  fc.record({
    type: fc.constant('state' as const),
    liveJobs: u16,
    records: fc.array(record, { minLength: 1, maxLength: 50 }),
  }),
  fc.record({ type: fc.constant('probe' as const), nonce: u32 }),
  fc.record({ type: fc.constant('reply' as const), nonce: u32, record }),
  fc.record({
    type: fc.constant('reserve' as const),
    nonce: u32,
    job: u32,
    kind: fc.constantFrom('job' as const, 'hold' as const),
    cpus: u16.map((n) => n / 8),
    memoryBytes: memory,
  }),
  fc.record({ type: fc.constantFrom('started' as const, 'ended' as const), job: u32 }),
);
const packet = fc.record({
  sender: u32,
  epoch: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  counter: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  body,
});

describe('packets', () => {
  it('survive the journey', () => {
    const property = fc.property(packet, (sent) => {
      expect(decodePacket(encodePacket(sent))).toEqual({ ok: true, packet: sent });
    });
    fc.assert(property);
  });

  it('never throw, whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => void decodePacket(bytes)));
  });

  it('are refused when cut anywhere', () => {
    const property = fc.property(packet, fc.nat(), (sent, at) => {
      const bytes = encodePacket(sent);
      const cut = bytes.subarray(0, at % bytes.length);
      const decoded = decodePacket(cut);
      // A list of records may end after any of them; nothing else may.
      if (decoded.ok) expect(decoded.packet.body.type).toBe('state');
    });
    fc.assert(property);
  });

  it('never pass the size of a datagram that no router cuts up', () => {
    expect(decodePacket(new Uint8Array(PACKET_BYTES_MAX + 1))).toMatchObject({ ok: false });
  });

  it('take 96 bytes on the wire for a statement in a small cluster', () => {
    const [one] = fc.sample(record, 1);
    const bytes = encodePacket({
      sender: 1,
      epoch: 1,
      counter: 1,
      body: { type: 'state', liveJobs: 0, records: [one!] },
    });
    expect(bytes.length + 28).toBe(96);
    expect(bytes.length).toBeGreaterThan(PACKET_HEADER_BYTES);
  });
});

describe('memory figures', () => {
  it('are never rounded up, and by less than a thousandth down', () => {
    const property = fc.property(fc.nat({ max: 2 ** 50 }), (bytes) => {
      const read = decodeMemory(encodeMemory(bytes));
      expect(read).toBeLessThanOrEqual(bytes);
      expect(bytes - read).toBeLessThanOrEqual(Math.max(1024, bytes / 1000));
    });
    fc.assert(property);
  });
});
