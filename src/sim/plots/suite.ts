/** `sim plots FILE…`: draws what earlier runs left as JSON, and prints the tables of the docs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNumber, type Row } from '../report.ts';
import { drawDissemination } from './dissemination-plot.ts';
import { drawPlacement, type PlacementFigure, readFigures } from './placement-plot.ts';

const plotted = ['A', 'B', 'D', 'G', 'H', 'J', 'F'];

export function drawPlots(files: readonly string[], directory: string): string {
  const rows = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Row[]);
  const figures = readFigures(rows);
  const cases = plotted.filter((name) => figures.some(({ workload }) => workload === name));
  const dissemination = rows.filter(({ suite }) => suite === 'dissemination');
  if (cases.length > 0) {
    writeFileSync(join(directory, 'placement.svg'), drawPlacement(figures, cases));
  }
  if (dissemination.length > 0) {
    writeFileSync(join(directory, 'dissemination.svg'), drawDissemination(dissemination));
  }
  const goals = rows.filter(({ goal }) => goal !== null);
  return [tableOfRules(figures, cases), tableOfGoals(goals)].join('\n');
}

function tableOfRules(figures: readonly PlacementFigure[], cases: readonly string[]): string {
  const placers = [...new Set(figures.map(({ placer }) => placer))];
  const cell = (placer: string, workload: string): string => {
    const found = figures.find(
      (figure) => figure.placer === placer && figure.workload === workload,
    );
    return found ? formatNumber(found.value) : '';
  };
  return markdown(
    ['rule', ...cases],
    placers
      .map((placer) => [placer, ...cases.map((workload) => cell(placer, workload))])
      .filter((cells) => cells.slice(1).some((text) => text !== '')),
  );
}

function tableOfGoals(rows: readonly Row[]): string {
  return markdown(
    ['goal', 'figure', '95 %', 'to reach', ''],
    rows.map(({ name, value, unit, interval, goal, met }) => [
      name,
      `${formatNumber(value)} ${unit}`,
      interval ? interval.map(formatNumber).join(' to ') : '',
      goal ?? '',
      met ? 'met' : '**missed**',
    ]),
  );
}

function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
