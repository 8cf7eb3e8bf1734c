import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropSilent, mergeRecord, type Table } from '../../src/core/table.ts';
import type { NodeRecord } from '../../src/core/wire/packet.ts';

function record(sequence: number, ageMs = 0): NodeRecord {
  return {
    id: 1,
    sequence,
    ageMs,
    load: 0,
    loadavg: 0,
    cpus: 1,
    freeBytes: 0,
    totalBytes: 0,
    jobs: 0,
    placements: 0,
    draining: false,
    pressed: false,
  };
}

describe('mergeRecord', () => {
  it('keeps the newest, in whatever order records arrive, and however often', () => {
    const arrivals = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 50 })), { minLength: 1 });
    const property = fc.property(arrivals, (list) => {
      const table: Table = new Map();
      for (const [epoch, sequence] of list) mergeRecord(table, record(sequence), epoch, 0);
      const newest = [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1)!;
      expect([table.get(1)!.epoch, table.get(1)!.record.sequence]).toEqual(newest);
    });
    fc.assert(property);
  });

  it('compares sequence numbers across the end of their range', () => {
    const table: Table = new Map();
    mergeRecord(table, record(0xffffffff), 1, 0);
    expect(mergeRecord(table, record(0), 1, 0)).toBe('newer');
    expect(mergeRecord(table, record(0xffffffff), 1, 0)).toBe('known');
  });

  it('tells a restart', () => {
    const table: Table = new Map();
    expect(mergeRecord(table, record(9), 1, 0)).toBe('newer');
    expect(mergeRecord(table, record(1), 2, 0)).toBe('restarted');
    expect(mergeRecord(table, record(10), 1, 0)).toBe('known');
  });

  it('counts the age from the origin', () => {
    const table: Table = new Map();
    mergeRecord(table, record(1, 400), 1, 1000);
    expect(table.get(1)!.bornMs).toBe(600);
    expect(dropSilent(table, 1600, 1000)).toEqual([]);
    expect(dropSilent(table, 1601, 1000)).toEqual([1]);
    expect(table.size).toBe(0);
  });
});
