/**
 * Our terminal, as far as a command on another node has it.
 *
 * With input and output both on it, it is lent wholly: raw, so that each key goes to the command's
 * terminal there, which makes of ^C, ^Z and ^D what they are. It is ours only while we are in its
 * foreground, and is given back whenever we stop or end.
 *
 * In a pipeline (`dsh ls | less`) others have their eyes on the same terminal, and modes that we
 * set and restore would come in their way. So it is left as it is: lines are sent as they are
 * typed, keys become signals here, and the command's terminal neither echoes nor processes output.
 * The price: a command cannot turn the echo off there; -t lends the terminal all the same.
 */
import { isatty } from 'node:tty';
import type { Window } from '../core/wire/command.ts';
import { isInBackground } from './caller.ts';
import { type Descriptors, examineDescriptors, has, type TerminalWish } from './descriptors.ts';
import { encodeModes, newTerminalModes, readTerminal, setModes, setRaw } from './stty.ts';

export interface TerminalPlan extends Descriptors {
  readonly window: Window | undefined;
  readonly modes: Uint8Array | undefined;
  /** Lent wholly, as above. */
  readonly isRaw: boolean;
}

export function planTerminal(wish: TerminalWish, noStdin: boolean): TerminalPlan {
  const descriptors = examineDescriptors(wish, noStdin);
  const { terminals, ownTerminal } = descriptors;
  const nothing = { ...descriptors, window: undefined, modes: undefined, isRaw: false };
  if (terminals === 0 || ownTerminal === undefined) return nothing;
  const state = readTerminal(ownTerminal);
  if (!state) return { ...nothing, terminals: wish === 'always' ? terminals : 0 };
  const isRaw = isatty(0) && has(terminals, 0) && has(terminals, 1);
  // In the background one sees those that the shell's line editor has set for itself.
  const ownModes = isInBackground() ? newTerminalModes : state.modes;
  const modes = encodeModes(ownModes, isRaw ? 'there' : 'here');
  return { ...descriptors, window: state.window, modes, isRaw };
}

export interface LentTerminal {
  /** Takes the terminal if we are in its foreground, else as soon as we are. */
  take(): void;
  /** Its modes are what they were before; nothing happens where we had not taken it. */
  giveBack(): void;
}

/** From the background nothing tells when `fg` makes a running job the foreground's. */
const LOOK_AGAIN_MS = 250;

/**
 * @param isRaw false: the modes are left alone.
 * @param onTaken is told whether keys may be read from now on.
 */
export function lendTerminal(isRaw: boolean, onTaken: (isTaken: boolean) => void): LentTerminal {
  let timer: NodeJS.Timeout | undefined;
  let modesBefore: string | undefined;

  function take(): void {
    clearTimeout(timer);
    const isOurs = !isInBackground();
    if (!isOurs) timer = setTimeout(take, LOOK_AGAIN_MS).unref();
    else if (isRaw && modesBefore === undefined) {
      modesBefore = readTerminal(0)?.modes;
      if (modesBefore !== undefined) setRaw(0);
    }
    onTaken(isOurs);
  }

  function giveBack(): void {
    clearTimeout(timer);
    onTaken(false);
    // Stopped by somebody else and sent to the background, we find modes of the shell's.
    if (modesBefore !== undefined && !isInBackground()) setModes(0, modesBefore);
    modesBefore = undefined;
  }

  // Whatever ends this program, an error of its own included.
  if (isRaw) process.once('exit', giveBack);
  return { take, giveBack };
}
