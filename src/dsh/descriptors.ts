/** What the descriptors 0, 1 and 2 are here, so that the command's can be the same elsewhere. */
import { fstatSync, type Stats } from 'node:fs';
import { isatty } from 'node:tty';
import type { DescriptorMask } from '../core/wire/command.ts';

/** -t: always; -T: never. */
export type TerminalWish = 'auto' | 'always' | 'never';

export interface Descriptors {
  /** Those that share the command's terminal. */
  readonly terminals: DescriptorMask;
  /**
   * Those that are /dev/null. A closed one counts as such: Node opens /dev/null in its place
   * before any of our code runs.
   */
  readonly devNull: DescriptorMask;
  /** The first that is a terminal here. */
  readonly ownTerminal: number | undefined;
}

export function examineDescriptors(wish: TerminalWish, noStdin: boolean): Descriptors {
  const ownTerminal = standard.find((descriptor) => isatty(descriptor));
  // With -n the command reads nothing of ours, be it a terminal or not.
  const unread = noStdin ? 1 : 0;
  if (wish === 'always') return { terminals: ALL & ~unread, devNull: unread, ownTerminal };
  const devNull = unread | maskOf(isDevNull);
  const terminals =
    wish === 'never' || ownTerminal === undefined
      ? 0
      : maskOf((descriptor) => isSameTerminal(descriptor, ownTerminal)) & ~unread;
  return { terminals, devNull, ownTerminal };
}

export function has(mask: DescriptorMask, descriptor: number): boolean {
  return (mask & (1 << descriptor)) !== 0;
}

const standard: readonly number[] = [0, 1, 2];
const ALL = 0b111;

function maskOf(is: (descriptor: number) => boolean): DescriptorMask {
  return standard.reduce((mask, each) => (is(each) ? mask | (1 << each) : mask), 0);
}

function isDevNull(descriptor: number): boolean {
  return isDevice(fstatSync(descriptor), DEV_NULL);
}

/** A second terminal (`2>/dev/pts/7`) stays apart: what is written to it is not for the first. */
function isSameTerminal(descriptor: number, other: number): boolean {
  if (!isatty(descriptor)) return false;
  const [one, two] = [fstatSync(descriptor), fstatSync(other)];
  return one.rdev === two.rdev || isDevice(one, DEV_TTY) || isDevice(two, DEV_TTY);
}

/** The device numbers of Linux: 1:3, and 5:0, which is whatever terminal a process has. */
const DEV_NULL = 0x0103;
const DEV_TTY = 0x0500;

function isDevice(status: Stats, device: number): boolean {
  return status.isCharacterDevice() && status.rdev === device;
}
