/**
 * Which packets of a sender were seen: recorded ones that somebody sends again must change nothing.
 *
 * A sender's epoch only rises, and within an epoch its counter does. A STATE must be newer than the
 * last one, since an older one is worth nothing. Requests and answers may overtake each other, so
 * the 64 last counters are remembered (as in RFC 4303 and 6479, but in entries and not in numbers,
 * because the counter follows the clock and leaps).
 *
 * A daemon that has just started remembers nothing. It takes a sender's epoch on trust if epoch plus
 * counter, which is the sender's clock, is within five seconds of its own; else the sender is asked to
 * echo a nonce, which also works where a clock is wrong. An epoch lower than the known one is never
 * taken on trust, but it can be proven likewise: a clock that was set back locks nobody out. Once that
 * has happened, the higher epochs of before have to be proven as well.
 */
import type { PacketHeader } from './wire/packet.ts';
import type { RefusalKind } from './wire/refusal.ts';

/**
 * How far clocks may be apart before a new epoch has to be proven. A daemon that has just started can
 * be told what was recorded so long ago, and not what is older. To have every epoch proven would double
 * the packets of a large cluster for minutes after a start, and where clocks agree would prove little.
 */
export const CLOCK_TRUST_MS = 5000;
const WINDOW_ENTRIES = 64;

/** A row for each slot of the roster. */
export interface Freshness {
  /** 0: never heard. */
  readonly epochs: Float64Array;
  /** The highest epoch so far: with a lower one proven since, it may be one of a recorded packet. */
  readonly highest: Float64Array;
  /** Counter of the last STATE of the epoch. */
  readonly counters: Float64Array;
  /** Ascending; only of senders that asked or answered something. */
  readonly windows: Map<number, number[]>;
  /** Packets since the last tick. */
  readonly packets: Uint16Array;
}

export function createFreshness(count: number): Freshness {
  return {
    epochs: new Float64Array(count),
    highest: new Float64Array(count),
    counters: new Float64Array(count).fill(-1),
    windows: new Map(),
    packets: new Uint16Array(count),
  };
}

export type EpochVerdict = 'current' | 'new' | 'stale-epoch' | 'unproven-epoch';

export function judgeEpoch(
  { epochs, highest }: Freshness,
  slot: number,
  { epoch, counter }: PacketHeader,
  clockMs: number,
): EpochVerdict {
  const known = epochs[slot]!;
  if (epoch === known) return 'current';
  if (epoch < known) return 'stale-epoch';
  if (epoch <= highest[slot]!) return 'unproven-epoch';
  return Math.abs(epoch + counter - clockMs) <= CLOCK_TRUST_MS ? 'new' : 'unproven-epoch';
}

export function adoptEpoch(freshness: Freshness, slot: number, epoch: number): void {
  freshness.epochs[slot] = epoch;
  freshness.highest[slot] = Math.max(freshness.highest[slot]!, epoch);
  freshness.counters[slot] = -1;
  freshness.windows.delete(slot);
}

/** Notes a STATE; a reason: it is no newer than the last one. */
export function takeStateCounter(
  { counters }: Freshness,
  slot: number,
  counter: number,
): RefusalKind | undefined {
  if (counter <= counters[slot]!) return 'replayed';
  counters[slot] = counter;
  return undefined;
}

/** Notes any other packet; a reason: it was seen, or is older than all that are remembered. */
export function takeRequestCounter(
  { windows }: Freshness,
  slot: number,
  counter: number,
): RefusalKind | undefined {
  const window = windows.get(slot) ?? [];
  if (window.length === 0) windows.set(slot, window);
  const before = window.findLastIndex((seen) => seen <= counter);
  if (window[before] === counter) return 'replayed';
  if (before < 0 && window.length === WINDOW_ENTRIES) return 'replayed';
  window.splice(before + 1, 0, counter);
  if (window.length > WINDOW_ENTRIES) window.shift();
  return undefined;
}

/** Rows of nodes that both rosters have are kept. */
export function moveFreshness(
  previous: Freshness,
  count: number,
  oldSlotOf: (slot: number) => number | undefined,
): Freshness {
  const moved = createFreshness(count);
  for (let slot = 0; slot < count; slot += 1) {
    const old = oldSlotOf(slot);
    if (old === undefined) continue;
    moved.epochs[slot] = previous.epochs[old]!;
    moved.highest[slot] = previous.highest[old]!;
    moved.counters[slot] = previous.counters[old]!;
    const window = previous.windows.get(old);
    if (window) moved.windows.set(slot, window);
  }
  return moved;
}
