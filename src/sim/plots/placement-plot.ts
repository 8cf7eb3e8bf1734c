/** By how much each rule's jobs take longer than on an empty cluster, case by case. */
import type { Row } from '../report.ts';
import { bar, line, logScale, svgOf, text } from './svg.ts';

export interface PlacementFigure {
  readonly workload: string;
  readonly title: string;
  readonly placer: string;
  readonly value: number;
}

const NAME = /^(\S+) \((.*)\), (.*): (?:mean slowdown|makespan)$/;

/** What the rows of `sim placement` say of each rule on each workload. */
export function readFigures(rows: readonly Row[]): PlacementFigure[] {
  return rows.flatMap(({ name, value, unit }) => {
    const [, workload, title, placer] = NAME.exec(name) ?? [];
    if (!workload || title === undefined || !placer || unit !== 'x') return [];
    return [{ workload, title, placer, value }];
  });
}

const LEFT = 110;
const BAR_WIDTH = 220;
const BAR_HEIGHT = 12;
const PANEL_WIDTH = LEFT + BAR_WIDTH + 60;
const LEAST = 0.001;
const MOST = 100;

/** Panels of bars, two in a row; the axis is logarithmic. */
export function drawPlacement(
  figures: readonly PlacementFigure[],
  cases: readonly string[],
): string {
  const panels = cases.map((name) => figures.filter(({ workload }) => workload === name));
  const most = Math.max(...panels.map((panel) => panel.length));
  const panelHeight = (most + 3) * BAR_HEIGHT * 1.3;
  const parts = panels.flatMap((panel, index) =>
    drawPanel(panel, (index % 2) * PANEL_WIDTH, Math.floor(index / 2) * panelHeight + 20),
  );
  const title = text({ x: 10, y: 14 }, 'mean slowdown over an empty cluster, less 1 (logarithmic)');
  return svgOf(2 * PANEL_WIDTH, Math.ceil(cases.length / 2) * panelHeight + 30, [title, ...parts]);
}

function drawPanel(panel: readonly PlacementFigure[], left: number, top: number): string[] {
  const scale = logScale(LEAST, MOST, BAR_WIDTH);
  const parts = [text({ x: left + 10, y: top + 14 }, `${panel[0]?.workload}: ${panel[0]?.title}`)];
  const bottom = top + 22 + panel.length * BAR_HEIGHT * 1.3;
  for (const tick of [0.001, 0.01, 0.1, 1, 10, 100]) {
    const x = left + LEFT + scale(tick);
    parts.push(line({ x, y: top + 20 }, { x, y: bottom }, '#ddd'));
    parts.push(text({ x, y: bottom + 11 }, String(tick), 'middle'));
  }
  for (const [index, { placer, value }] of panel.entries()) {
    const y = top + 22 + index * BAR_HEIGHT * 1.3;
    const excess = value - 1;
    const color = placer === '2+2+push' ? '#c33' : placer === 'oracle' ? '#393' : '#69a';
    const length = scale(excess);
    parts.push(text({ x: left + LEFT - 5, y: y + 10 }, placer, 'end'));
    parts.push(bar({ x: left + LEFT, y }, Math.max(1, length), BAR_HEIGHT, color));
    parts.push(text({ x: left + LEFT + length + 4, y: y + 10 }, excess.toPrecision(2)));
  }
  return parts;
}
