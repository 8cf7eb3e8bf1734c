/** Says where a command runs: asks the daemon, and knows what to do when there is none. */
import { hostname } from 'node:os';
import { type JobLabel, LABEL_COMMAND_MAX } from '../../core/job-label.ts';
import { peekArguments } from '../../core/wire/command.ts';
import type { NodeView } from '../../core/wire/control.ts';
import type { Request } from '../../core/wire/request.ts';
import { connectDaemon, type DaemonLink, type PlaceReply } from '../../node/control-client.ts';
import { createLabel } from '../label.ts';
import { createFirstTime } from './first-time.ts';

export type Placement =
  | (Chosen & { readonly kind: 'node'; readonly destination: string })
  | (Chosen & { readonly kind: 'here'; readonly notice?: string })
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly ranking: readonly NodeView[];
    };

export interface Chosen {
  readonly node: string;
  readonly lease: Lease;
  readonly ranking: readonly NodeView[];
}

/** The daemon's reservation. It is over with the first `ended` or `unreachable`. */
export interface Lease {
  /** @param pid of the command, at another node. */
  started(pid?: number): void;
  ended(outcome?: string): void;
  unreachable(): void;
}

export interface Placer {
  /** @param excluded what the request excludes, and where it was tried in vain. */
  place(request: Request, excluded: ReadonlySet<string>): Promise<Placement>;
  close(): void;
}

/** `-vv`: the user wants to see how the nodes were judged. */
const EXPLAIN = 2;
const noLease: Lease = { started() {}, ended() {}, unreachable() {} };

/** @param daemonPaths where the daemon's socket is looked for, at each request if it is gone. */
export function createPlacer(daemonPaths: readonly string[]): Placer {
  const daemons = new Map<string, DaemonFinder>();
  const isFirstIn = createFirstTime();

  /**
   * The daemon keeps a client for a while from nodes that it could not reach. A node that one remote
   * shell cannot reach may be near for another, so each of them is a client of its own.
   */
  function findDaemon({ remoteShell }: Request): DaemonFinder {
    const key = remoteShell.join(' ');
    const daemon = daemons.get(key) ?? createDaemonFinder(daemonPaths);
    daemons.set(key, daemon);
    return daemon;
  }

  /** Without a daemon no name but our own means anything, so a wish for names is not ignored. */
  function placeAlone(request: Request, reason: string): Placement {
    if (request.requireCluster) return { kind: 'refused', reason, ranking: [] };
    if (request.only.length > 0 || request.order.length > 0) {
      return { kind: 'refused', reason: `${reason}, so no node can be chosen`, ranking: [] };
    }
    return {
      kind: 'here',
      node: hostname(),
      lease: noLease,
      ranking: [],
      ...(isFirstIn(request.session) && { notice: `${reason}; running here` }),
    };
  }

  return {
    async place(request, excluded) {
      if (request.unmanaged) return followOrder(request, excluded);
      const { only, order, cpus, memoryBytes, verbosity } = request;
      const wishes = { only, exclude: [...excluded], order, cpus, memoryBytes };
      const answer = await findDaemon(request).ask((link) =>
        link.place(wishes, verbosity >= EXPLAIN, labelOf(request)),
      );
      if (answer.link === undefined) return placeAlone(request, answer.reason);
      return readReply(answer.link, answer.reply);
    },
    close() {
      for (const daemon of daemons.values()) daemon.close();
    },
  };
}

function labelOf({ command, shellVariables, callerPid }: Request): JobLabel {
  const show = shellVariables.find((variable) => variable.startsWith(SHOW));
  const words = peekArguments(command, LABEL_COMMAND_MAX);
  return createLabel(words, show?.slice(SHOW.length), callerPid);
}

const SHOW = 'DSH_SHOW=';

function followOrder(request: Request, excluded: ReadonlySet<string>): Placement {
  const node = request.order.find((name) => !excluded.has(name));
  if (node !== undefined) {
    return { kind: 'node', node, destination: node, lease: noLease, ranking: [] };
  }
  const reason = request.order.length === 0 ? 'no node was named' : 'no other node was named';
  return { kind: 'refused', reason, ranking: [] };
}

function readReply(link: DaemonLink, reply: PlaceReply): Placement {
  const { ranking } = reply;
  if (reply.op === 'refused') return { kind: 'refused', reason: reply.reason, ranking };
  const { node, destination } = reply;
  const chosen = { node, ranking, lease: createLease(link, reply.job) };
  return reply.here ? { kind: 'here', ...chosen } : { kind: 'node', destination, ...chosen };
}

function createLease(link: DaemonLink, job: number): Lease {
  let isOver = false;
  function end(tell: () => void): void {
    if (!isOver) tell();
    isOver = true;
  }
  return {
    started: (pid) => link.started(job, pid),
    ended: (outcome) => end(() => link.ended(job, outcome)),
    unreachable: () => end(() => link.unreachable(job)),
  };
}

type Found =
  | { readonly link: DaemonLink; readonly reply: PlaceReply }
  | { readonly link: undefined; readonly reason: string };

interface DaemonFinder {
  ask(question: (link: DaemonLink) => Promise<PlaceReply>): Promise<Found>;
  close(): void;
}

/** Keeps one connection to the daemon and makes a new one when the old one is gone. */
function createDaemonFinder(paths: readonly string[]): DaemonFinder {
  let connecting: Promise<DaemonLink | undefined> | undefined;

  async function connect(): Promise<DaemonLink | undefined> {
    const link = await connectDaemon(paths);
    if (link) link.onClose(forget);
    else forget();
    return link;
  }

  function forget(): void {
    connecting = undefined;
  }

  return {
    async ask(question) {
      let reason = '';
      // A connection that broke may only mean that the daemon was started anew: a second one tells.
      for (let attempts = 0; attempts < 2; attempts += 1) {
        connecting ??= connect();
        const attempt = connecting;
        const link = await attempt;
        if (!link) return { link: undefined, reason: `no dshd answers at ${paths.join(' or ')}` };
        try {
          return { link, reply: await question(link) };
        } catch (error) {
          reason = (error as Error).message;
          if (connecting === attempt) break;
        }
      }
      return { link: undefined, reason };
    },
    close() {
      void connecting?.then((link) => link?.close());
    },
  };
}
