/** Bugs that are planted in the core, one at a time, and the invariant that has to notice each. */
import type { Patch } from '../patched-core.ts';

export interface Mutation {
  readonly what: string;
  readonly invariant: string;
  readonly patches: readonly Patch[];
}

export const mutations: readonly Mutation[] = [
  {
    what: 'records are merged by number without regard to the wrap',
    invariant: 'I1',
    patches: [
      {
        file: 'table.ts',
        find: 'if (isLatest && (than - sequence) >>> 0 > TICK_SEQUENCES) return true;',
        replace: '',
      },
      {
        file: 'table.ts',
        find: 'return sequence !== than && (sequence - than) >>> 0 < 0x80000000;',
        replace: 'return sequence > than;',
      },
    ],
  },
  {
    what: 'a record of an earlier life is believed, though the node itself says otherwise',
    invariant: 'I1',
    patches: [
      {
        file: 'table.ts',
        find: 'if (isLatest && (than - sequence) >>> 0 > TICK_SEQUENCES) return true;',
        replace: '',
      },
    ],
  },
  {
    what: 'the first record of a node stays',
    invariant: 'I1',
    patches: [
      {
        file: 'table.ts',
        find: 'if (isKnown && !isNewer(sequence, recordSequence(table.records, row), isLatest)) return false;',
        replace: 'if (isKnown) return false;',
      },
    ],
  },
  {
    what: 'a node says that it is idle',
    invariant: 'I1',
    patches: [
      {
        file: 'dissemination.ts',
        find: 'const own = encodeRecord(ownRecord(state, nowMs));',
        replace: 'const own = encodeRecord({ ...ownRecord(state, nowMs), load: 0 });',
      },
    ],
  },
  {
    what: 'a relay does not add the time for which it held a record',
    invariant: 'I2',
    patches: [
      {
        file: 'table.ts',
        find: 'writeAge(target, index * RECORD_BYTES, ageOf(table, slot, nowMs));',
        replace: 'writeAge(target, index * RECORD_BYTES, 0);',
      },
    ],
  },
  {
    what: 'a record is reborn when it is merged',
    invariant: 'I2',
    patches: [
      {
        file: 'table.ts',
        find: 'table.bornMs[slot] = Math.floor(nowMs - recordAgeMs(bytes, at));',
        replace: 'table.bornMs[slot] = Math.floor(nowMs);',
      },
    ],
  },
  {
    what: 'statements of live jobs are ignored',
    invariant: 'I3',
    patches: [
      {
        file: 'dissemination.ts',
        find: 'reconcile(state.ledger, id, body, nowMs, TICK_MS);',
        replace: 'void reconcile;',
      },
    ],
  },
  {
    what: 'a statement of fewer jobs ends none',
    invariant: 'I3',
    patches: [
      {
        file: 'reconcile.ts',
        find: 'const surplus = isMistaken ? live.length : Math.min(live.length - liveJobs, settled.length);',
        replace: 'const surplus = isMistaken ? live.length : 0;',
      },
    ],
  },
  {
    what: 'the end of a job is taken from those on their way',
    invariant: 'I4',
    patches: [
      {
        file: 'ledger.ts',
        find: 'else strike(ledger, -entry.cpus, nowMs);',
        replace: 'else ledger.cpusOnTheWay -= entry.cpus;',
      },
    ],
  },
  {
    what: 'what has ended never fades',
    invariant: 'I4',
    patches: [
      {
        file: 'fading.ts',
        find: 'fading.sum *= Math.exp(-(toMs - fading.atMs) / fading.tauMs);',
        replace: 'fading.sum *= 1;',
      },
    ],
  },
  {
    what: 'STATEs that were seen are taken again',
    invariant: 'I5',
    patches: [
      {
        file: 'freshness.ts',
        find: "if (counter <= counters[slot]!) return 'replayed';",
        replace: '',
      },
    ],
  },
  {
    what: 'requests that were seen are taken again',
    invariant: 'I5',
    patches: [
      {
        file: 'freshness.ts',
        find: "if (window[before] === counter) return 'replayed';",
        replace: '',
      },
    ],
  },
  {
    what: 'the seal is not looked at',
    invariant: 'I5',
    patches: [{ file: 'receive.ts', find: 'if (refusal) return refusal;', replace: '' }],
  },
  {
    // Either alone is made up for by the other.
    what: 'silent nodes may be chosen, and are neither asked nor waited for',
    invariant: 'I6',
    patches: [
      {
        file: 'judge.ts',
        find: "if (!self && ageMs > judge.usableMs) return 'silent';",
        replace: '',
      },
      { file: 'decision.ts', find: 'const RECENT_MS = 5;', replace: 'const RECENT_MS = Infinity;' },
      {
        file: 'decision.ts',
        find: 'const isFinal = decision.repeated || decision.isForced;',
        replace: 'const isFinal = true;',
      },
    ],
  },
  {
    what: 'a push does not wait for the pause',
    invariant: 'I7',
    patches: [
      {
        file: 'dissemination.ts',
        find: 'state.nextPushMs = Math.max(nowMs, state.lastSentMs + PUSH_PAUSE_MS);',
        replace: 'state.nextPushMs = nowMs;',
      },
    ],
  },
  {
    what: 'jobs of a client that hangs up are kept',
    invariant: 'I7',
    patches: [
      {
        file: 'client-jobs.ts',
        find: 'for (const job of jobs) endJob(context, client, job);',
        replace: 'void jobs;',
      },
    ],
  },
  {
    what: 'a probe has no deadline',
    invariant: 'I8',
    patches: [
      {
        file: 'decision.ts',
        find: 'decision.deadlineMs = nowMs + (',
        replace: 'decision.deadlineMs = Infinity + (',
      },
    ],
  },
  {
    what: 'ties go to the first of the list',
    invariant: 'I9',
    patches: [
      {
        file: 'fill.ts',
        find: 'best[Math.floor(random() * best.length)]',
        replace: 'best[0]',
      },
    ],
  },
  {
    what: 'the own node is judged by exacter figures than the others',
    invariant: 'I9',
    patches: [
      {
        file: 'judge.ts',
        find: 'own: decodeRecord(encodeRecord(ownRecord(state, nowMs)), 0),',
        replace: 'own: ownRecord(state, nowMs),',
      },
    ],
  },
];
