/** What a command asks for and this runner, for want of system calls in Node, cannot give. */
import { readFileSync } from 'node:fs';
import type { Command } from '../core/wire/command.ts';

/**
 * Limits that people set on purpose, by their numbers in Linux. The others follow from a machine's
 * size and differ from node to node anyway.
 */
const deliberate = new Map([
  [0, { name: 'cpu time', title: 'Max cpu time' }],
  [1, { name: 'file size', title: 'Max file size' }],
  [2, { name: 'data size', title: 'Max data size' }],
  [9, { name: 'address space', title: 'Max address space' }],
]);

/** One line about the limits that would have bound the command, or undefined. */
export function explainMissingLimits(command: Command, host: string): string | undefined {
  const unkept = command.limits
    .filter(({ resource, soft }) => soft < ownLimit(deliberate.get(resource)?.title))
    .map(({ resource }) => deliberate.get(resource)!.name);
  if (unkept.length === 0) return undefined;
  return `${host}: its dshexec cannot limit ${unkept.join(' and ')}, so the command runs without`;
}

let ownLimits: string | undefined;

function ownLimit(title: string | undefined): number {
  if (title === undefined) return -1;
  ownLimits ??= readFileSync('/proc/self/limits', 'latin1');
  const soft = new RegExp(`^${title} +(\\S+)`, 'm').exec(ownLimits)?.[1] ?? 'unlimited';
  return soft === 'unlimited' ? Infinity : Number(soft);
}
