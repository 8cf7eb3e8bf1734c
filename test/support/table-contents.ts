/** What a table says of each node, for comparison. */
import { recordOf, type Table } from '../../src/core/table.ts';

export function contentsOf(table: Table, nowMs = 1e9): unknown {
  return table.roster.nodes.map((_, slot) => recordOf(table, slot, nowMs) ?? null);
}
