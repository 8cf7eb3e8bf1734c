/** Load and memory of the last hour, of the cluster or of a node, drawn by uPlot. */
import uPlot from 'uplot';
import type { HistoryAnswer } from '../core/wire/web-api.ts';
import { fetchHistory } from './api.ts';
import { h, setText } from './dom.ts';
import { formatCpus, formatLoad, formatShare } from './format.ts';

export interface HistoryCharts {
  readonly root: HTMLElement;
  close(): void;
}

/** Until there is a point, and when the daemon does not answer. */
const RETRY_MS = 3000;
const HEIGHT = 150;
const MINUTES_MIN = 1;

export function createHistoryCharts(node: string | undefined): HistoryCharts {
  const [load, memory] = [createFigure('Load'), createFigure('Memory')];
  const root = h('div', { class: 'charts' }, load.root, memory.root);
  let timer = 0;
  let latest: HistoryAnswer | undefined;

  function draw(): void {
    if (!latest) return;
    load.draw(latest, loadLines(latest), (value) => formatLoad(value));
    memory.draw(latest, memoryLines(latest), (value) => formatShare(value));
    setText(load.caption, describeLoad(latest));
    setText(memory.caption, describeMemory(latest));
  }

  async function refresh(): Promise<void> {
    const answered = await fetchHistory(node);
    if (answered.ok) latest = answered.value;
    draw();
    const isEmpty = !latest || latest.load.length === 0;
    const waitMs = isEmpty ? RETRY_MS : latest!.stepSeconds * 1000;
    if (timer >= 0) timer = window.setTimeout(() => void refresh(), waitMs);
  }

  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', draw);
  const observer = new ResizeObserver(draw);
  observer.observe(root);
  void refresh();
  return {
    root,
    close() {
      clearTimeout(timer);
      timer = -1;
      observer.disconnect();
      scheme.removeEventListener('change', draw);
    },
  };
}

type Values = (number | null)[];

interface Line {
  readonly label: string;
  /** The custom properties of its colours. */
  readonly stroke: string;
  readonly fill?: string;
  readonly values: Values;
}

function loadLines({ load, cpus }: HistoryAnswer): Line[] {
  return [
    { label: 'load', stroke: '--line', fill: '--area', values: [...load] },
    { label: 'CPUs', stroke: '--limit', values: [...cpus] },
  ];
}

function memoryLines({ memory }: HistoryAnswer): Line[] {
  const full = memory.map((share) => (share === null ? null : 1));
  return [
    { label: 'in use', stroke: '--line', fill: '--area', values: [...memory] },
    { label: 'all', stroke: '--limit', values: full },
  ];
}

function createFigure(title: string): {
  readonly root: HTMLElement;
  readonly caption: HTMLElement;
  draw(history: HistoryAnswer, lines: readonly Line[], format: (value: number) => string): void;
} {
  const caption = h('span', { class: 'muted' }, 'nothing is known yet');
  const canvas = h('div', { class: 'chart', 'aria-hidden': true });
  const root = h('figure', {}, h('figcaption', {}, h('strong', {}, title), ' ', caption), canvas);
  return {
    root,
    caption,
    draw(history, lines, format) {
      canvas.replaceChildren();
      // uPlot takes its colours once; with a few hundred points it is cheap to be drawn anew.
      const width = canvas.clientWidth;
      if (width === 0 || history.load.length === 0) return;
      const times = timesOf(history);
      const data: uPlot.AlignedData = [times, ...lines.map(({ values }) => values)];
      // A daemon that has just started shows its minutes, not an hour of nothing.
      const minutes = Math.max(MINUTES_MIN, -times[0]!);
      void new uPlot(createOptions(width, minutes, lines, format), data, canvas);
    },
  };
}

/** Minutes before now. */
function timesOf({ load, stepSeconds, ageSeconds }: HistoryAnswer): number[] {
  return load.map((_, index) => -(ageSeconds + (load.length - 1 - index) * stepSeconds) / 60);
}

function createOptions(
  width: number,
  minutes: number,
  lines: readonly Line[],
  format: (value: number) => string,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--border'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-minutes, 0] },
      y: { range: (_self, _min, max) => [0, max * 1.05 || 1] },
    },
    axes: [
      { ...axis, size: 24, values: (_self, values) => values.map(formatMinutes) },
      { ...axis, size: 52, values: (_self, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ label, stroke, fill, values }) => ({
        label,
        stroke: colour(stroke),
        width: 1.5,
        // A line needs two points.
        points: { show: values.length === 1 },
        ...(fill === undefined ? { dash: [4, 4] } : { fill: colour(fill) }),
      })),
    ],
  };
}

function formatMinutes(minutes: number): string {
  if (minutes === 0) return 'now';
  return minutes > -2 ? `${Math.round(minutes * 60)} s` : `${minutes} min`;
}

function describeLoad({ load, cpus }: HistoryAnswer): string {
  const [now, most, limit] = [load.at(-1), maximum(load), cpus.at(-1)];
  if (most === undefined) return 'nothing is known yet';
  const present = now === null || now === undefined ? 'unknown' : formatLoad(now);
  const of = limit === null || limit === undefined ? '' : ` of ${formatCpus(limit)} CPUs`;
  return `now ${present}${of}, at most ${formatLoad(most)} in the last hour`;
}

function describeMemory({ memory }: HistoryAnswer): string {
  const [now, most] = [memory.at(-1), maximum(memory)];
  if (most === undefined) return 'nothing is known yet';
  const present = now === null || now === undefined ? 'unknown' : formatShare(now);
  return `in use: now ${present}, at most ${formatShare(most)} in the last hour`;
}

function maximum(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : Math.max(...known);
}
