/** Figures as a person reads them. */
import type { NodeViewState } from '../core/wire/control.ts';
import type { NodeRow } from './model.ts';

export function formatLoad(load: number): string {
  return load < 10 ? load.toFixed(2) : load < 1000 ? load.toFixed(1) : formatWhole(load);
}

/** A fraction only where there is one, under a quota. */
export function formatCpus(cpus: number): string {
  return Number.isInteger(cpus) || cpus >= 1000 ? formatWhole(cpus) : cpus.toFixed(1);
}

/** 12,345. */
export function formatWhole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes / 2 ** 20, 0];
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1)
    [value, unit] = [value / 1024, unit + 1];
  return `${Math.abs(value) < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A length of time. */
export function formatTime(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatCount(count: number, singular: string): string {
  return `${formatWhole(count)} ${singular}${count === 1 ? '' : 's'}`;
}

/** One line that says all of a node. */
export function describeNode(node: NodeRow): string {
  const { name, state, load, cpus } = node;
  if (state === 'unknown') return `${name}: nothing heard from it`;
  return `${name}: ${stateWords[state]}, load ${formatLoadOf(load, cpus)}, ${describeRest(node)}`;
}

export function describeRest({ freeBytes, totalBytes, jobs }: NodeRow): string {
  return `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free, ${formatCount(jobs, 'job')}`;
}

export function formatLoadOf(load: number, cpus: number): string {
  return `${formatLoad(load)} of ${formatCpus(cpus)} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
}

export const stateWords: { readonly [State in NodeViewState]: string } = {
  ok: 'ok',
  hot: 'short of memory',
  draining: 'draining',
  silent: 'silent',
  unknown: 'unknown',
  unreachable: 'unreachable',
};

const UNITS = ['MiB', 'GiB', 'TiB', 'PiB'];
