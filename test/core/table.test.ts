import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoster, plainNode } from '../../src/core/cluster.ts';
import {
  ageOf,
  createTable,
  dropSilent,
  mergeRecord,
  recordOf,
  type Table,
} from '../../src/core/table.ts';
import { encodeRecord } from '../../src/core/wire/record.ts';

const roster = createRoster(['h1', 'h2', 'h3'].map(plainNode));

function merge(table: Table, slot: number, sequence: number, ageMs = 0, nowMs = 0): boolean {
  const record = {
    id: roster.nodes[slot]!.id,
    sequence,
    ageMs,
    load: sequence % 8,
    loadavg: 0,
    cpus: 1,
    freeBytes: 0,
    totalBytes: 0,
    jobs: 0,
    placements: 0,
    draining: false,
    pressed: false,
  };
  return mergeRecord(table, slot, encodeRecord(record), 0, nowMs);
}

/** What a table says, whatever the order in which it was told. */
function contents(table: Table): unknown {
  return roster.nodes.map((_, slot) => recordOf(table, slot, 10_000));
}

describe('mergeRecord', () => {
  const arrivals = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 60 })), { maxLength: 40 });
  /** As one node says it: what is newer was measured later. */
  const ageMs = (sequence: number): number => 4 * (100 - sequence);

  it('comes to the same in any order, with repetitions, and in parts', () => {
    const property = fc.property(
      arrivals.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([list, shuffled]) => {
        const [one, other] = [createTable(roster), createTable(roster)];
        for (const [slot, sequence] of list) merge(one, slot, sequence, ageMs(sequence));
        for (const [slot, sequence] of [...shuffled, ...shuffled.slice(0, 9)]) {
          merge(other, slot, sequence, ageMs(sequence));
        }
        expect(contents(other)).toEqual(contents(one));
        expect(other.size).toBe(one.size);
        for (const [slot, sequence] of list) {
          expect(merge(one, slot, sequence, ageMs(sequence))).toBe(false);
        }
      },
    );
    fc.assert(property);
  });

  it('compares sequence numbers across the end of their range', () => {
    const table = createTable(roster);
    merge(table, 0, 0xffffffff);
    expect(merge(table, 0, 0)).toBe(true);
    expect(merge(table, 0, 0xffffffff)).toBe(false);
  });

  it('counts the age from the origin, also where the clock passes 2^32 ms', () => {
    for (const startMs of [1000, 2 ** 32 + 200]) {
      const table = createTable(roster);
      merge(table, 1, 1, 400, startMs);
      expect(ageOf(table, 1, startMs)).toBe(400);
      expect(ageOf(table, 1, startMs + 50)).toBe(450);
      expect(ageOf(table, 0, startMs)).toBe(Infinity);
      expect(dropSilent(table, startMs + 600, 1000)).toEqual([]);
      expect(dropSilent(table, startMs + 601, 1000)).toEqual([1]);
      expect(table.size).toBe(0);
    }
  });
});

describe('a table for another roster', () => {
  it('keeps the nodes that stay, wherever they are now', () => {
    const table = createTable(roster);
    merge(table, 1, 5);
    merge(table, 2, 6);
    const moved = createTable(createRoster([plainNode('h3'), plainNode('h9')]), table);
    expect(recordOf(moved, 0, 0)).toEqual(recordOf(table, 2, 0));
    expect(moved.size).toBe(1);
  });
});
