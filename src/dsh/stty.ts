/** A terminal's modes and size, by stty(1): Node has no call for all of them. */
import { spawnSync } from 'node:child_process';
import { MODES_BYTES, type Window } from '../core/wire/command.ts';

export interface TerminalState {
  /** As `stty -g` prints them: numbers in base 16 between colons. */
  readonly modes: string;
  readonly window: Window;
}

/** The modes that Linux gives to a new pseudo-terminal. */
export const newTerminalModes = '500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16';

/** Undefined where the terminal is gone, or there is no stty. */
export function readTerminal(descriptor: number): TerminalState | undefined {
  const [modes = '', size = ''] = call(descriptor, ['sh', '-c', 'stty -g; stty size']).split('\n');
  const window = parseSize(size);
  return /^[0-9a-f]+(?::[0-9a-f]+){5,}$/.test(modes) && window ? { modes, window } : undefined;
}

export function readWindow(descriptor: number): Window | undefined {
  return parseSize(call(descriptor, ['stty', 'size']));
}

/** Keys come one by one and untouched, and what is written is shown as it is. */
export function setRaw(descriptor: number): void {
  call(descriptor, ['stty', 'raw', '-echo', '-iexten']);
}

export function setModes(descriptor: number, modes: string): void {
  call(descriptor, ['stty', modes]);
}

/**
 * The modes for the command's terminal, as the wire has them. Who echoes keys and turns newlines
 * into carriage returns is one of the two terminals, not both.
 */
export function encodeModes(modes: string, processedBy: 'here' | 'there'): Uint8Array {
  const numbers = modes.split(':').map((word) => Number.parseInt(word, 16));
  const [input = 0, output = 0, control = 0, local = 0, ...characters] = numbers;
  const bytes = new Uint8Array(MODES_BYTES);
  const view = new DataView(bytes.buffer);
  const isHere = processedBy === 'here';
  view.setUint32(0, input);
  view.setUint32(4, isHere ? output & ~OPOST : output);
  view.setUint32(8, control);
  view.setUint32(12, isHere ? local & ~ECHO : local);
  // The line discipline, which stty -g leaves out, is 0, the ordinary one.
  bytes.set(characters.slice(0, MODES_BYTES - CHARACTERS_OFFSET), CHARACTERS_OFFSET);
  return bytes;
}

/** The key that ends the input, ^D unless the user has another one. */
export function endOfInput(modes: Uint8Array | undefined): number {
  return modes?.[CHARACTERS_OFFSET + VEOF] || CONTROL_D;
}

const CHARACTERS_OFFSET = 17;
/** From Linux's <termios.h>. */
const OPOST = 0o1;
const ECHO = 0o10;
const VEOF = 4;
const CONTROL_D = 4;

function call(descriptor: number, [program, ...words]: readonly [string, ...string[]]): string {
  const stdio = [descriptor, 'pipe', 'ignore'] as const;
  return spawnSync(program, words, { stdio: [...stdio], encoding: 'latin1' }).stdout ?? '';
}

function parseSize(text: string): Window | undefined {
  const match = /^([0-9]+) ([0-9]+)$/.exec(text.trim());
  if (!match) return undefined;
  // stty does not tell pixels; 0 means unknown.
  return { rows: Number(match[1]), columns: Number(match[2]), widthPixels: 0, heightPixels: 0 };
}
