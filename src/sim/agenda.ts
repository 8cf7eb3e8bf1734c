/** Virtual time: what happens when. Things due at the same instant happen in the order of planning. */
export interface Agenda {
  nowMs(): number;
  /** Plans `act`; a time in the past means now. */
  at(atMs: number, act: () => void): void;
  /** Lets time pass up to `endMs`, or until `stop` says so after an event. */
  run(endMs: number, stop?: () => boolean): void;
  /** Events so far. */
  count(): number;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

export function createAgenda(): Agenda {
  const heap: Entry[] = [];
  let nowMs = 0;
  let planned = 0;
  let done = 0;
  return {
    nowMs: () => nowMs,
    count: () => done,
    at(atMs, act) {
      push(heap, { atMs: Math.max(atMs, nowMs), order: planned, act });
      planned += 1;
    },
    run(endMs, stop) {
      while (heap.length > 0 && heap[0]!.atMs <= endMs) {
        const { atMs, act } = pop(heap);
        nowMs = atMs;
        done += 1;
        act();
        if (stop?.()) return;
      }
      nowMs = Math.max(nowMs, endMs);
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(entry, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = entry;
}

/** Takes the first entry; the heap is not empty. */
function pop(heap: Entry[]): Entry {
  const first = heap[0]!;
  const entry = heap.pop()!;
  const { length } = heap;
  if (length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= length) break;
    if (below + 1 < length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
    if (!isBefore(heap[below]!, entry)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = entry;
  return first;
}
