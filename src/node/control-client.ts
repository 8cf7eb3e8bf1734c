/** The client's side of the daemon's Unix socket; `core/wire/control.ts` is the protocol. */
import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { About } from '../core/wire/about.ts';
import {
  ADMIN_SUFFIX,
  CONTROL_REPLY_BYTES_MAX,
  CONTROL_REQUEST_BYTES_MAX,
  type ControlReply,
  type ControlRequest,
  type NodeView,
  type Wishes,
} from '../core/wire/control.ts';
import type { JobLabel } from '../core/job-label.ts';
import type { Counters, JobReport } from '../core/wire/control-report.ts';
import { decodeControlReply } from '../core/wire/control-reply.ts';
import { createLineSplitter } from './line-splitter.ts';
import { type Answer, createQuestions } from './questions.ts';

export type RefusedReply = Extract<ControlReply, { op: 'refused' }>;
export type PlaceReply = Extract<ControlReply, { op: 'placed' }> | RefusedReply;
export type BestReply = Extract<ControlReply, { op: 'best' }> | RefusedReply;
export type ExplainReply = Extract<ControlReply, { op: 'explained' }> | RefusedReply;
export type PingReply = Extract<ControlReply, { op: 'pinged' }> | RefusedReply;
export type DrainReply = Extract<ControlReply, { op: 'done' }> | RefusedReply;

/**
 * A connection to the daemon and the lease of all jobs placed through it. An answer that does not
 * come within ANSWER_DEADLINE_MS, or not at all, rejects with one line that names the socket.
 */
export interface DaemonLink {
  /** Where the daemon was found. */
  readonly path: string;
  /** @param explain the answer is to hold the ranking. */
  place(wishes: Wishes, explain: boolean, label?: JobLabel): Promise<PlaceReply>;
  best(wishes: Wishes): Promise<BestReply>;
  /** Every known node, best first. */
  nodes(): Promise<readonly NodeView[]>;
  /** How the node of a job was chosen. */
  explain(job: number): Promise<ExplainReply>;
  /** Whether the node answers a packet. */
  ping(node: string): Promise<PingReply>;
  counters(): Promise<Counters>;
  /** Those that this daemon placed, the newest first. */
  jobs(): Promise<readonly JobReport[]>;
  /** Leaves the daemon's own node alone, or no longer; refused but over the administrator's socket. */
  setDraining(isDraining: boolean): Promise<DrainReply>;
  /** How the daemon was set up. */
  about(): Promise<About>;
  /** @param pid of the command, at its node. */
  started(job: number, pid?: number): void;
  /** @param outcome as a `JobReport` has it. */
  ended(job: number, outcome?: string): void;
  /** The job did not start because its node could not be reached. */
  unreachable(job: number): void;
  /** Called once, when either side has closed the connection. */
  onClose(listener: () => void): void;
  close(): void;
}

const SYSTEM_SOCKET = '/run/dsh/dshd.sock';

/** Where the daemon's socket may be, in the order of the search. */
export function daemonSocketPath(environment: NodeJS.ProcessEnv): string[] {
  if (environment['DSH_SOCKET']) return [environment['DSH_SOCKET']];
  const runtime = environment['XDG_RUNTIME_DIR'];
  return [
    SYSTEM_SOCKET,
    ...(runtime ? [`${runtime}/dsh/dshd.sock`] : []),
    `/tmp/dsh-${process.getuid!()}/dshd.sock`,
  ];
}

/** Connects to the first path where a daemon listens; undefined when none does. */
export async function connectDaemon(
  paths: readonly string[] = daemonSocketPath(process.env),
): Promise<DaemonLink | undefined> {
  for (const path of paths) {
    if (!isTrusted(path)) continue;
    const socket = await connectSocket(path);
    if (socket) return createDaemonLink(path, socket);
  }
  return undefined;
}

/**
 * Connects to the administrator's socket of the daemon that listens at `path`; undefined where that
 * is not open to this user.
 */
export async function connectAdministrator(path: string): Promise<DaemonLink | undefined> {
  const socket = await connectSocket(`${path}${ADMIN_SUFFIX}`);
  return socket ? createDaemonLink(path, socket) : undefined;
}

/**
 * The daemon says where ssh goes with all that the command has, so a socket counts only where root
 * or the user put it: anybody may make a directory /tmp/dsh-UID.
 */
function isTrusted(path: string): boolean {
  if (path === process.env['DSH_SOCKET']) return true;
  const stats = lstatSync(dirname(path), { throwIfNoEntry: false });
  if (!stats) return false;
  // In /run only root makes directories; this one may be nobody's, or whoever dshd runs as.
  if (path === SYSTEM_SOCKET) return true;
  return stats.isDirectory() && stats.uid === process.getuid!() && (stats.mode & 0o022) === 0;
}

function connectSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

function createDaemonLink(path: string, socket: Socket): DaemonLink {
  const { tell, ask, onClose, close } = createTalk(path, socket);
  return {
    path,
    async place(wishes, explain, label) {
      const more = label && { label };
      const answer = await ask((id) => ({ op: 'place', id, wishes, explain, ...more }));
      return expectReply(path, answer, ['placed', 'refused']);
    },
    best: async (wishes) =>
      expectReply(path, await ask((id) => ({ op: 'best', id, wishes })), ['best', 'refused']),
    nodes: async () => expectReply(path, await ask((id) => ({ op: 'nodes', id })), ['nodes']).nodes,
    about: async () => expectReply(path, await ask((id) => ({ op: 'about', id })), ['about']).about,
    explain: async (job) =>
      expectReply(path, await ask((id) => ({ op: 'explain', id, job })), ['explained', 'refused']),
    ping: async (node) =>
      expectReply(path, await ask((id) => ({ op: 'ping', id, node })), ['pinged', 'refused']),
    counters: async () =>
      expectReply(path, await ask((id) => ({ op: 'counters', id })), ['counters']).counters,
    jobs: async () => expectReply(path, await ask((id) => ({ op: 'jobs', id })), ['jobs']).jobs,
    async setDraining(isDraining) {
      const op = isDraining ? 'drain' : 'undrain';
      return expectReply(path, await ask((id) => ({ op, id })), ['done', 'refused']);
    },
    started: (job, pid) => tell({ op: 'started', job, ...(pid !== undefined && { pid }) }),
    ended: (job, outcome) => tell({ op: 'ended', job, ...(outcome !== undefined && { outcome }) }),
    unreachable: (job) => tell({ op: 'unreachable', job }),
    onClose,
    close: () => close('the connection was closed by this side'),
  };
}

interface Talk {
  tell(request: ControlRequest): void;
  ask(createRequest: (id: number) => ControlRequest): Promise<Answer>;
  onClose(listener: () => void): void;
  close(reason: string): void;
}

function createTalk(path: string, socket: Socket): Talk {
  const splitter = createLineSplitter(CONTROL_REPLY_BYTES_MAX);
  const questions = createQuestions(path);
  const closeListeners: (() => void)[] = [];
  /** What is asked is a line already, since its length had to be known. */
  let queue: (ControlRequest | string)[] = [];
  let closed = false;

  function close(reason: string): void {
    if (closed) return;
    closed = true;
    // What was told in this turn still leaves: an `ended` is often the last word.
    socket.write(linesOf(queue));
    socket.destroySoon();
    questions.rejectAll(reason);
    for (const listener of closeListeners) listener();
  }

  /** All lines of one turn of the event loop leave in one write. */
  function enqueue(entry: ControlRequest | string): void {
    if (closed) return;
    if (queue.length === 0) process.nextTick(flush);
    queue.push(entry);
  }

  function tell(request: ControlRequest): void {
    enqueue(request.op === 'ended' ? takeStart(request) : request);
  }

  /** Of a job that started and ended within one turn, the end tells both. */
  function takeStart(end: Extract<ControlRequest, { op: 'ended' }>): ControlRequest {
    const at = queue.findIndex((other) => isStartOf(end.job, other));
    return at < 0 ? end : { ...(queue.splice(at, 1)[0] as ControlRequest), ...end };
  }

  function flush(): void {
    if (closed || queue.length === 0) return;
    socket.write(linesOf(queue));
    queue = [];
  }

  async function ask(createRequest: (id: number) => ControlRequest): Promise<Answer> {
    const question = questions.add();
    if (closed) questions.rejectAll('the connection was closed');
    const line = JSON.stringify(createRequest(question.id));
    const bytes = Buffer.byteLength(line);
    if (bytes < CONTROL_REQUEST_BYTES_MAX) enqueue(line);
    else onError(`a request of ${bytes} bytes; name fewer nodes`, question.id);
    return question.answer;
  }

  function onLine(line: string): void {
    const reply = decodeControlReply(line);
    if (!reply) return close(`it sent a line that is no reply: ${line.slice(0, 60)}`);
    if (reply.op === 'error') return onError(reply.reason, reply.id);
    const wasAwaited = questions.resolve(reply);
    // Too late for whoever asked: the reservation must not stay.
    if (!wasAwaited && reply.op === 'placed') tell({ op: 'ended', job: reply.job });
  }

  /** One bad question is refused; the connection is the lease of all other jobs, and stays. */
  function onError(reason: string, id: number | undefined): void {
    if (id === undefined) close(`it refused our request: ${reason}`);
    else questions.resolve({ op: 'refused', id, reason: `dshd: ${reason}`, ranking: [] });
  }

  socket.on('data', (piece: Buffer) => {
    for (const line of splitter.push(piece)) onLine(line);
    const error = splitter.error();
    if (error !== undefined) close(`it sent ${error}`);
  });
  socket.on('error', (error) => close(error.message));
  socket.on('close', () => close('the connection was closed'));

  return { tell, ask, close, onClose: (listener) => closeListeners.push(listener) };
}

/** One without a process, of a command that runs here, says more than the end could. */
function isStartOf(job: number, entry: ControlRequest | string): boolean {
  if (typeof entry === 'string') return false;
  return entry.op === 'started' && entry.job === job && entry.pid !== undefined;
}

function linesOf(entries: readonly (ControlRequest | string)[]): string {
  return entries
    .map((entry) => `${typeof entry === 'string' ? entry : JSON.stringify(entry)}\n`)
    .join('');
}

function expectReply<Op extends Answer['op']>(
  path: string,
  answer: Answer,
  expected: readonly Op[],
): Extract<Answer, { op: Op }> {
  if (expected.some((op) => op === answer.op)) return answer as Extract<Answer, { op: Op }>;
  throw new Error(`dshd at ${path}: it answered ${answer.op} instead of ${expected.join(' or ')}`);
}
