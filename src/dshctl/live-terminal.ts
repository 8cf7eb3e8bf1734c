/**
 * A terminal that a program draws on: the alternate screen, keys one by one, and all as it was when the program
 * ends, is stopped, or is ended by a signal. Plain ECMA-48 with xterm's private modes; no library.
 */
import { writeSync } from 'node:fs';

export interface LiveTerminal {
  /** Takes the place of what was there; lines must not be wider than the terminal. */
  draw(lines: readonly string[]): void;
  size(): { readonly rows: number; readonly columns: number };
  /** Gives the terminal back. Nothing happens the second time. */
  close(): void;
}

export interface LiveTerminalHandlers {
  onKey(key: string): void;
  /** It has another size, or came back from being stopped. */
  onChange(): void;
  /** A signal ends the program. */
  onEnd(): void;
}

const ESCAPE = '\u001b';
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?25l${ESCAPE}[2J`;
const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`;
const CONTROL_C = '\u0003';
const CONTROL_L = '\u000c';
const CONTROL_Z = '\u001a';

export function openLiveTerminal(handlers: LiveTerminalHandlers): LiveTerminal {
  const { stdin, stdout } = process;
  let isActive = false;

  function enter(): void {
    if (isActive) return;
    isActive = true;
    stdin.setRawMode(true);
    writeOut(ENTER);
  }

  function leave(): void {
    if (!isActive) return;
    isActive = false;
    stdin.setRawMode(false);
    writeOut(LEAVE);
  }

  function suspend(): void {
    leave();
    // SIGTSTP is ours now, and a handler does not stop.
    process.kill(process.pid, 'SIGSTOP');
  }

  function resume(): void {
    enter();
    handlers.onChange();
  }

  function onData(text: string): void {
    for (const key of splitKeys(text)) {
      if (key === CONTROL_C) return handlers.onEnd();
      if (key === CONTROL_Z) suspend();
      else if (key === CONTROL_L) handlers.onChange();
      else handlers.onKey(key);
    }
  }

  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  for (const signal of signals) process.on(signal, handlers.onEnd);
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', resume);
  stdout.on('resize', handlers.onChange);
  stdin.setEncoding('utf8').on('data', onData);
  // The last resort, for an error that nobody expected.
  process.on('exit', leave);
  enter();

  return {
    draw(lines) {
      if (!isActive) return;
      const text = lines.map((line) => `${line}${ESCAPE}[K`).join('\r\n');
      writeOut(`${ESCAPE}[H${text}${ESCAPE}[J`);
    },
    size: () => ({ rows: stdout.rows, columns: stdout.columns }),
    close() {
      leave();
      stdin.off('data', onData).pause();
      stdout.off('resize', handlers.onChange);
      process.off('SIGTSTP', suspend).off('SIGCONT', resume).off('exit', leave);
      for (const signal of signals) process.off(signal, handlers.onEnd);
    },
  };
}

/** A terminal that is gone takes nothing any more, which ends the program by SIGHUP. */
function writeOut(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // See above.
  }
}

/** Names of the keys that send more than a character. */
const sequences: ReadonlyMap<string, string> = new Map([
  ['[A', 'up'],
  ['OA', 'up'],
  ['[B', 'down'],
  ['OB', 'down'],
  ['[5~', 'pageup'],
  ['[6~', 'pagedown'],
  ['[H', 'home'],
  ['[1~', 'home'],
  ['OH', 'home'],
  ['[F', 'end'],
  ['[4~', 'end'],
  ['OF', 'end'],
]);

const singles: ReadonlyMap<string, string> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  [ESCAPE, 'escape'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
]);

const keyPattern = new RegExp(`${ESCAPE}(?:\\[[0-9;?]*[@-~]|O[A-Z])|[^]`, 'gu');

export function splitKeys(text: string): string[] {
  const found = text.match(keyPattern) ?? [];
  return found.map((key) =>
    key.length > 1 && key.startsWith(ESCAPE)
      ? (sequences.get(key.slice(1)) ?? 'unknown')
      : (singles.get(key) ?? key),
  );
}
