/** The lines of the status port, made readable. */

/** The names of the columns, as `core/wire/status-line.ts` describes them. */
export const statusHeading =
  'NODE STATE LOAD CPUS LOADAVG FREE(MiB) TOTAL(MiB) LOADWEIGHT MEMWEIGHT JOBS AGE COST DESTINATION';

/** Pads the words of all lines so that those of a column begin at the same place. */
export function alignColumns(text: string): string {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  const widths = rows.reduce<number[]>((widest, row) => {
    for (const [index, word] of row.entries()) {
      widest[index] = Math.max(widest[index] ?? 0, word.length);
    }
    return widest;
  }, []);
  return rows
    .map((row) =>
      row
        .map((word, index) => word.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
