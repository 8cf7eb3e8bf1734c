/** Figures as a person reads them. */
import type { NodeRow } from './model.ts';

export function formatLoad(load: number): string {
  return load < 10 ? load.toFixed(2) : load < 1000 ? load.toFixed(1) : Math.round(load).toString();
}

/** A fraction only where there is one, under a quota. */
export function formatCpus(cpus: number): string {
  return Number.isInteger(cpus) ? String(cpus) : cpus.toFixed(1);
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
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatCount(count: number, singular: string): string {
  return `${count.toLocaleString('en')} ${singular}${count === 1 ? '' : 's'}`;
}

/** One line that says all of a node, for the map's cells and whoever cannot see them. */
export function describeNode(node: NodeRow): string {
  const { name, state, load, cpus, freeBytes, totalBytes, jobs } = node;
  if (state === 'unknown') return `${name}: nothing heard from it`;
  const parts = [
    `${name}: ${state}`,
    `load ${formatLoad(load)} of ${formatCount(cpus, 'CPU')}`,
    `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`,
    formatCount(jobs, 'job'),
  ];
  return parts.join(', ');
}

const UNITS = ['MiB', 'GiB', 'TiB', 'PiB'];
