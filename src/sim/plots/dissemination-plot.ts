/** How old the records are, and what they cost, by the size of the cluster. */
import type { Row } from '../report.ts';
import { line, logScale, path, type Point, svgOf, text } from './svg.ts';

const NAME = /^(?:G8 )?(\d+) nodes: (.*)$/;
const SIZE = 300;
const LEFT = 50;
const TOP = 20;

const series = [
  { title: 'age p50', color: '#69a' },
  { title: 'age p99', color: '#c33' },
  { title: 'bytes sent', color: '#393' },
] as const;

/** Seconds and kB/s over the number of nodes, both axes logarithmic. */
export function drawDissemination(rows: readonly Row[]): string {
  const x = logScale(8, 10_000, SIZE);
  const y = logScale(0.1, 100, SIZE);
  const at = (nodes: number, value: number): Point => ({
    x: LEFT + x(nodes),
    y: TOP + SIZE - y(value),
  });
  const parts: string[] = [];
  for (const value of [0.1, 1, 10, 100]) {
    parts.push(line(at(8, value), at(10_000, value), '#ddd'));
    const { x: left, y: height } = at(8, value);
    parts.push(text({ x: left - 5, y: height + 4 }, String(value), 'end'));
  }
  for (const nodes of [8, 33, 256, 1000, 10_000]) {
    parts.push(line(at(nodes, 0.1), at(nodes, 100), '#ddd'));
    const { x: middle, y: foot } = at(nodes, 0.1);
    parts.push(text({ x: middle, y: foot + 14 }, String(nodes), 'middle'));
  }
  for (const [index, { title, color }] of series.entries()) {
    parts.push(path(pointsOf(rows, title, at), color));
    const unit = title === 'bytes sent' ? 'kB/s' : 's';
    const height = TOP + 14 + index * 15;
    parts.push(line({ x: LEFT + 8, y: height - 4 }, { x: LEFT + 24, y: height - 4 }, color));
    parts.push(text({ x: LEFT + 28, y: height }, `${title} (${unit})`));
  }
  parts.push(text({ x: LEFT, y: 14 }, 'records and traffic of a node, by number of nodes'));
  return svgOf(LEFT + SIZE + 30, TOP + SIZE + 30, parts);
}

function pointsOf(
  rows: readonly Row[],
  wanted: string,
  at: (nodes: number, value: number) => Point,
): Point[] {
  return rows
    .flatMap(({ name, value }) => {
      const [, nodes, title] = NAME.exec(name) ?? [];
      return title === wanted ? [{ nodes: Number(nodes), value }] : [];
    })
    .sort((a, b) => a.nodes - b.nodes)
    .map(({ nodes, value }) => at(nodes, value));
}
