import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMemory,
  decodeRecord,
  encodeMemory,
  encodeRecord,
  type NodeRecord,
  RECORD_BYTES,
  recordAgeMs,
  recordSequence,
  writeAge,
} from '../../../src/core/wire/record.ts';
import { wireRecord } from '../../support/arbitrary-record.ts';

const u32 = fc.nat({ max: 0xffffffff });
const figure = fc.double({ min: 0, max: 900, noNaN: true });
const bytes = fc.nat({ max: 2 ** 50 });
const measured: fc.Arbitrary<NodeRecord> = fc.record({
  id: u32,
  sequence: u32,
  ageMs: fc.nat({ max: 2_000_000 }).map((n) => n / 8),
  load: figure,
  loadavg: figure,
  cpus: fc.double({ min: 0.2, max: 4096, noNaN: true }),
  freeBytes: bytes,
  totalBytes: bytes.map((n) => n + 65_536),
  jobs: fc.nat({ max: 3000 }),
  placements: fc.nat({ max: 255 }),
  draining: fc.boolean(),
  pressed: fc.boolean(),
});

describe('a record', () => {
  it('is the same after a second journey', () => {
    const property = fc.property(wireRecord, (record) => {
      // Mantissas have more than one form, so one journey settles on the shortest.
      const settled = decodeRecord(encodeRecord(record), 0);
      expect(decodeRecord(encodeRecord(settled), 0)).toEqual(settled);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('is close to what was measured, and never younger or roomier', () => {
    const property = fc.property(measured, (record) => {
      const read = decodeRecord(encodeRecord(record), 0);
      expect(read).toMatchObject({
        id: record.id,
        sequence: record.sequence,
        placements: record.placements,
        draining: record.draining,
        pressed: record.pressed,
      });
      expect(read.ageMs).toBeGreaterThanOrEqual(record.ageMs);
      expect(read.ageMs).toBeLessThanOrEqual(record.ageMs * 1.008 + 4);
      for (const key of ['load', 'loadavg', 'cpus'] as const) {
        const unit = key === 'cpus' ? 0.125 : 0.016;
        expect(Math.abs(read[key] - record[key])).toBeLessThanOrEqual(record[key] / 256 + unit);
      }
      expect(read.freeBytes).toBeLessThanOrEqual(record.freeBytes);
      expect(read.totalBytes).toBeLessThanOrEqual(record.totalBytes);
      expect(read.jobs).toBeLessThanOrEqual(record.jobs);
      expect(read.jobs).toBeGreaterThanOrEqual(record.jobs * 0.93);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('keeps all but its age when it is relayed', () => {
    const property = fc.property(wireRecord, fc.nat({ max: 200_000 }), (record, heldMs) => {
      const relayed = encodeRecord(record);
      const before = decodeRecord(relayed, 0);
      writeAge(relayed, 0, before.ageMs + heldMs);
      const after = decodeRecord(relayed, 0);
      expect({ ...after, ageMs: 0 }).toEqual({ ...before, ageMs: 0 });
    });
    fc.assert(property);
  });

  it('never throws, whatever its bytes', () => {
    const any = fc.uint8Array({ minLength: RECORD_BYTES, maxLength: RECORD_BYTES });
    const property = fc.property(any, (wire) => {
      const { cpus, load } = decodeRecord(wire, 0);
      expect(cpus).toBeGreaterThan(0);
      expect(load).toBeGreaterThanOrEqual(0);
      expect(recordSequence(wire, 0)).toBeLessThan(2 ** 32);
      expect(recordAgeMs(wire, 0)).toBeLessThan(300_000);
    });
    fc.assert(property);
  });
});

describe('memory figures', () => {
  it('are never rounded up, and by less than a thousandth down', () => {
    const property = fc.property(bytes, (amount) => {
      const read = decodeMemory(encodeMemory(amount));
      expect(read).toBeLessThanOrEqual(amount);
      expect(amount - read).toBeLessThanOrEqual(Math.max(1024, amount / 1000));
    });
    fc.assert(property);
  });
});
