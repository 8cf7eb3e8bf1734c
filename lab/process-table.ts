/** The processes of this machine as /proc lists them, and how to end some of them for certain. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { waitUntil } from './wait.ts';

/** A pid alone may mean another process tomorrow; with its start time it cannot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and its start: field 22 of /proc/PID/stat. */
  readonly startTicks: number;
}

export interface ProcessEntry extends ProcessIdentity {
  readonly parent: number;
  readonly isZombie: boolean;
}

/**
 * Ends `roots` and all that descends from them, and returns when they are gone.
 *
 * All of them are stopped before the first is killed. Otherwise a process could start another one
 * just after it was listed, and the orphan would belong to init, where nobody finds it.
 */
export async function endTrees(roots: readonly ProcessIdentity[]): Promise<void> {
  const frozen = freeze(() => descendantsOf(listProcesses(), roots));
  for (const identity of frozen) signalProcess(identity, 'SIGKILL');
  await waitUntilGone(frozen);
}

export async function waitUntilGone(processes: readonly ProcessIdentity[]): Promise<void> {
  const pids = processes.map(({ pid }) => pid).join(', ');
  await waitUntil(`the end of process ${pids}`, () => !processes.some(isAlive));
}

/** Stops all that `list` finds, until another look shows no new one. */
export function freeze(list: () => readonly ProcessIdentity[]): readonly ProcessIdentity[] {
  const frozen = new Map<number, ProcessIdentity>();
  for (;;) {
    const fresh = list().filter(({ pid }) => !frozen.has(pid));
    if (fresh.length === 0) return [...frozen.values()];
    for (const identity of fresh) {
      signalProcess(identity, 'SIGSTOP');
      frozen.set(identity.pid, identity);
    }
  }
}

/** `roots` themselves, as far as they live, and everything below them. */
export function descendantsOf(
  table: readonly ProcessEntry[],
  roots: readonly ProcessIdentity[],
): readonly ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of table) {
    const siblings = children.get(entry.parent);
    if (siblings) siblings.push(entry);
    else children.set(entry.parent, [entry]);
  }
  const found = new Set(table.filter((entry) => roots.some((root) => isSame(entry, root))));
  // A set that grows while it is walked is walked to its end.
  for (const entry of found) for (const child of children.get(entry.pid) ?? []) found.add(child);
  return [...found].filter((entry) => !entry.isZombie);
}

/** The processes that `parent` has started and that have not ended. */
export function childrenOf(parent: ProcessIdentity): readonly ProcessEntry[] {
  return descendantsOf(listProcesses(), [parent]).filter((each) => each.parent === parent.pid);
}

export type Namespace = 'net' | 'pid' | 'uts' | 'mnt';

/** What tells a process's namespace from all others; `undefined` when it cannot be read. */
export function namespaceOf(pid: number, namespace: Namespace): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${namespace}`);
  } catch {
    return undefined;
  }
}

/** What lives in the same namespace as process `pid`, that one included. */
export function findInNamespace(namespace: Namespace, pid: number): readonly ProcessEntry[] {
  const wanted = namespaceOf(pid, namespace);
  if (wanted === undefined) return [];
  return listProcesses().filter(
    (each) => !each.isZombie && namespaceOf(each.pid, namespace) === wanted,
  );
}

/** Sends a signal to that very process; one that has ended meanwhile is no error. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  const entry = readProcess(identity.pid);
  return entry !== undefined && isSame(entry, identity) && !entry.isZombie;
}

export function listProcesses(): readonly ProcessEntry[] {
  return listPids()
    .map(readProcess)
    .filter((entry) => entry !== undefined);
}

export function readProcess(pid: number): ProcessEntry | undefined {
  const text = readProcessFile(pid, 'stat');
  return text === undefined ? undefined : parseProcessStat(text);
}

/** The words of its command line; none when it has ended. */
export function readArguments(pid: number): readonly string[] {
  return readProcessFile(pid, 'cmdline')?.split('\0').slice(0, -1) ?? [];
}

/** Processes that were given the variable `assignment` (`NAME=value`) when they were started. */
export function findByVariable(assignment: string): readonly ProcessIdentity[] {
  return findByWords('environ', (words) => words.includes(assignment));
}

/** Processes whose command line satisfies `matches`. */
export function findByArguments(
  matches: (words: readonly string[]) => boolean,
): readonly ProcessIdentity[] {
  return findByWords('cmdline', matches);
}

/** Reads /proc/PID/stat. The command's name, in parentheses, may itself hold any character. */
export function parseProcessStat(text: string): ProcessEntry | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const startTicks = fields[19];
  if (Number.isNaN(pid) || parent === undefined || startTicks === undefined) return undefined;
  return {
    pid,
    parent: Number(parent),
    startTicks: Number(startTicks),
    isZombie: state === 'Z' || state === 'X',
  };
}

function findByWords(
  file: 'cmdline' | 'environ',
  matches: (words: readonly string[]) => boolean,
): readonly ProcessIdentity[] {
  return listPids()
    .filter((pid) => pid !== process.pid && matches(readProcessFile(pid, file)?.split('\0') ?? []))
    .map(readProcess)
    .filter((entry) => entry !== undefined);
}

function listPids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Other users' files cannot be read, and a process may end at any moment: both are `undefined`. */
function readProcessFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}
