/**
 * The start time that this daemon gives itself. It must rise from start to start, or peers would
 * take its packets for old ones: so the last time that was used is kept in a file, in case the clock
 * is set back.
 */
import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './log.ts';
import { describeError } from './setup-error.ts';

const SYSTEM_DIRECTORY = '/var/lib/dsh';

export interface EpochFile {
  readonly epoch: number;
  /** Writes it; to be called once all else is set up. Closing writes the time of the last packet. */
  keep(): { close(): void };
}

export interface EpochPlace {
  /** Of `--state-dir`. */
  readonly stateDirectory: string | undefined;
  readonly socketPath: string;
  readonly nodeName: string;
}

/** A file that cannot be written is reported: then the clock alone counts. */
export function openEpoch(place: EpochPlace, log: Log): EpochFile {
  const path = epochPath(place);
  const startedMs = performance.now();
  const epoch = Math.max(Date.now(), (readEpoch(path) ?? 0) + 1);
  const save = (value: number): void => {
    try {
      writeFileSync(`${path}.new`, `${value}\n`);
      renameSync(`${path}.new`, path);
    } catch (error) {
      rmSync(`${path}.new`, { force: true });
      log(`cannot keep the start time in ${path}: ${describeError(error)}; see --state-dir`);
    }
  };
  return {
    epoch,
    keep() {
      save(epoch);
      return { close: () => save(Math.ceil(epoch + performance.now() - startedMs)) };
    },
  };
}

/** Beside the socket where there is no better place: that may be gone after a reboot. */
function epochPath({ stateDirectory, socketPath, nodeName }: EpochPlace): string {
  const given = stateDirectory ?? [process.env['STATE_DIRECTORY'], SYSTEM_DIRECTORY].find(isUsable);
  return given === undefined ? `${socketPath}.epoch` : join(given, `epoch-${nodeName}`);
}

function isUsable(directory: string | undefined): boolean {
  try {
    accessSync(directory ?? '', constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readEpoch(path: string): number | undefined {
  try {
    const value = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(value) && value > 0 && value < 2 ** 48 ? value : undefined;
  } catch {
    return undefined;
  }
}
