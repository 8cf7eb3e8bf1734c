/** What every benchmark is given: a folder, what it may use, and how it is cleaned up after. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How much is to be measured. */
export interface Extent {
  /** Fewer and shorter runs: shows that the benchmark works, not how fast dsh is. */
  readonly isQuick: boolean;
  /** How long a benchmark runs that looks for slow changes; undefined: its own choice. */
  readonly minutes: number | undefined;
}

export interface Setting extends Extent {
  /** Its own folder; it is removed at the end. */
  readonly directory: string;
  /** The full count, or the quick one. */
  count(full: number, quick: number): number;
  /** Whether all of these are there; says so when `who` is left out for want of one. */
  has(who: string, needs: readonly string[]): boolean;
  say(line: string): void;
  /** Has `action` run at the end, however it comes; the last one given is the first to run. */
  atEnd(action: () => Promise<void>): void;
}

export interface OwnedSetting extends Setting {
  /** Runs what `atEnd` was given and removes the folder; nothing happens the second time. */
  close(): Promise<void>;
}

/** @param missing names of Debian packages that could not be had; `root` where this user is not. */
export function openSetting(extent: Extent, missing: readonly string[]): OwnedSetting {
  const directory = mkdtempSync(join(tmpdir(), 'dsh-bench-'));
  const actions: (() => Promise<void>)[] = [];
  const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

  return {
    ...extent,
    directory,
    say,
    count: (full, quick) => (extent.isQuick ? quick : full),
    has(who, needs) {
      const lacking = needs.filter((name) => missing.includes(name));
      if (lacking.length > 0) say(`left out: ${who}: this needs ${lacking.join(', ')}`);
      return lacking.length === 0;
    },
    atEnd: (action) => void actions.push(action),
    async close() {
      for (let action = actions.pop(); action; action = actions.pop()) await action();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
