/** The few shapes that the plots are made of, as SVG text. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function svgOf(width: number, height: number, parts: readonly string[]): string {
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="sans-serif" font-size="11">`;
  const ground = `<rect width="${width}" height="${height}" fill="#fff"/>`;
  return `${[head, ground, ...parts, '</svg>'].join('\n')}\n`;
}

export function text(
  at: Point,
  words: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${round(at.x)}" y="${round(at.y)}" text-anchor="${anchor}">${escape(words)}</text>`;
}

export function bar(at: Point, width: number, height: number, color: string): string {
  const size = `width="${round(width)}" height="${round(height)}"`;
  return `<rect x="${round(at.x)}" y="${round(at.y)}" ${size} fill="${color}"/>`;
}

export function line(from: Point, to: Point, color: string): string {
  const ends = `x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(to.x)}" y2="${round(to.y)}"`;
  return `<line ${ends} stroke="${color}"/>`;
}

export function path(points: readonly Point[], color: string): string {
  const list = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${list}" fill="none" stroke="${color}" stroke-width="2"/>`;
}

/** Maps a figure to a length on a logarithmic axis; what is below the least is at its start. */
export function logScale(least: number, most: number, length: number): (value: number) => number {
  const decades = Math.log10(most / least);
  return (value) => (length * Math.log10(Math.max(value, least) / least)) / decades;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
