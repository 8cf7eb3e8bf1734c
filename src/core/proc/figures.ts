/** Numbers as /proc and the cgroup files write them. */

/** A non-negative decimal number, or `undefined` for anything else. */
export function parseFigure(text: string | undefined): number | undefined {
  return text !== undefined && FIGURE.test(text) ? Number(text) : undefined;
}

/** The first figure that follows `name` at the start of a line; `undefined` without such a line. */
export function parseNamedFigure(text: string, name: string): number | undefined {
  const start = `\n${text}`.indexOf(`\n${name}`);
  if (start < 0) return undefined;
  return parseFigure(LEADING_WORD.exec(text.slice(start + name.length))?.[1]);
}

/** Twenty digits hold the largest 64-bit number, which the kernel writes for "no limit". */
const FIGURE = /^\d{1,20}(\.\d{1,20})?$/;
const LEADING_WORD = /^[ \t]*([^ \t\n]+)/;
