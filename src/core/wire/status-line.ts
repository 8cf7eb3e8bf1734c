/**
 * The lines that the daemon prints on its TCP ports: on 8181 one for each node, on 8282 that of the
 * best node. A line has these columns, separated by blanks:
 *
 *      1 name
 *      2 state           ok, hot, draining, silent, unknown or unreachable
 *      3 load            runnable processes, jobs on their way included
 *      4 cpus            CPUs that the node may use
 *      5 loadavg         the kernel's average over one minute
 *      6 free            free memory, MiB
 *      7 total           memory, MiB
 *      8 load weight     of the cluster file
 *      9 memory weight
 *     10 jobs            placed by dsh and not ended
 *     11 age             seconds since the node was measured
 *     12 cost            of one more job; `-` where the node cannot be chosen
 *     13 destination     what ssh is to be called with
 *
 * Columns are only ever appended, so a reader skips those that it does not know.
 */
import { type NodeView, type NodeViewState, nodeViewStates } from './control.ts';
import type { Result } from '../result.ts';

export const STATUS_LINE_CHARACTERS_MAX = 1024;
export const STATUS_LINE_COLUMNS = 13;

const MEBIBYTE = 1024 * 1024;

/** The line of one node, without its newline. */
export function formatStatusLine(view: NodeView): string {
  return [
    view.name,
    view.state,
    formatFigure(view.load, 2),
    formatFigure(view.cpus, 2),
    formatFigure(view.loadavg, 2),
    formatFigure(view.freeBytes / MEBIBYTE, 0),
    formatFigure(view.totalBytes / MEBIBYTE, 0),
    formatFigure(view.loadWeight, 3),
    formatFigure(view.memoryWeight, 3),
    formatFigure(view.jobs, 0),
    formatFigure(view.ageSeconds, 1),
    view.cost === null ? '-' : formatFigure(view.cost, 4),
    view.destination,
  ].join(' ');
}

/** Reads a line; what it does not carry (`self`, `note`) is false and empty. */
export function parseStatusLine(line: string): Result<NodeView> {
  if (line.length > STATUS_LINE_CHARACTERS_MAX) {
    return { ok: false, reason: `a status line longer than ${STATUS_LINE_CHARACTERS_MAX}` };
  }
  const columns = line.split(/[ \t\r\n]+/).filter((column) => column !== '');
  if (columns.length < STATUS_LINE_COLUMNS) {
    return {
      ok: false,
      reason: `a status line of ${columns.length} columns; expected ${STATUS_LINE_COLUMNS}`,
    };
  }
  const state = nodeViewStates.find((candidate) => candidate === columns[1]);
  if (!state) return { ok: false, reason: `unknown state '${columns[1]}' in column 2` };
  const badColumn = figureColumns.find((column) => !isFigure(columns[column - 1]!, column));
  if (badColumn !== undefined) {
    return {
      ok: false,
      reason: `'${columns[badColumn - 1]}' in column ${badColumn}; expected a number`,
    };
  }
  // It becomes a word of a command line: an option there could make ssh run anything.
  if (columns[0]!.startsWith('-') || columns[12]!.startsWith('-')) {
    return { ok: false, reason: `a name that starts with '-' in '${line.trim()}'` };
  }
  return { ok: true, value: readColumns(columns, state) };
}

const COST_COLUMN = 12;
const figureColumns = [3, 4, 5, 6, 7, 8, 9, 10, 11, COST_COLUMN];

function readColumns(columns: readonly string[], state: NodeViewState): NodeView {
  const figure = (column: number): number => Number(columns[column - 1]);
  return {
    name: columns[0]!,
    state,
    load: figure(3),
    cpus: figure(4),
    loadavg: figure(5),
    freeBytes: figure(6) * MEBIBYTE,
    totalBytes: figure(7) * MEBIBYTE,
    loadWeight: figure(8),
    memoryWeight: figure(9),
    jobs: figure(10),
    ageSeconds: figure(11),
    cost: columns[COST_COLUMN - 1] === '-' ? null : figure(COST_COLUMN),
    destination: columns[12]!,
    self: false,
    note: '',
  };
}

/** At most `digits` decimals and no trailing zeros: `2`, `0.25`. */
function formatFigure(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

function isFigure(text: string, column: number): boolean {
  if (column === COST_COLUMN && text === '-') return true;
  return /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3})?$/i.test(text) && Number.isFinite(Number(text));
}
