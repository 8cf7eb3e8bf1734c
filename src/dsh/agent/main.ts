/**
 * The per-user agent: serves `dsh` on a Unix socket, asks dshd where commands run, and keeps one
 * warm remote shell to each node in use. This page is its wiring.
 */
import { daemonSocketPath } from '../../node/control-client.ts';
import { closeInheritedDescriptors } from '../../node/inherited-descriptors.ts';
import { createChannels } from './channels.ts';
import { createClocks } from './clocks.ts';
import { createIdleTimer } from './idle.ts';
import { createNodeAbilities } from './node-abilities.ts';
import { createPlacer } from './placer.ts';
import { listenAt } from './server.ts';
import { serveClient, type Session } from './session.ts';

export interface AgentOptions {
  readonly socketPath: string;
  readonly environment: NodeJS.ProcessEnv;
  /** From the start of a remote shell to its runner's HELLO. */
  readonly connectTimeoutMs?: number;
}

export interface Agent {
  /** What is under way, for tests: all of it is 0 when nobody is served. */
  counts(): { readonly clients: number; readonly channels: number; readonly jobs: number };
  /** Ends at once: its commands are lost, their runners end them. */
  end(): void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
}

const CONNECT_TIMEOUT_MS = 15_000;
const IDLE_SECONDS = 600;
/** Long enough for the client that started it to connect. */
const IDLE_MS_MIN = 1000;
/** A timer of more would end at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Runs until it has been idle for DSH_AGENT_IDLE seconds, or is told to end by a signal. */
export async function runAgent(options: AgentOptions): Promise<void> {
  closeInheritedDescriptors();
  const agent = await startAgent(options);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, agent.end);
  await agent.ended;
}

/** Rejects with one line when the socket cannot be made. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { socketPath } = options;
  // A plain object: each look at process.env is a call of getenv(3), of which a command makes many.
  const environment = { ...options.environment };
  const placer = createPlacer(daemonSocketPath(environment));
  const channels = createChannels(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const services = {
    placer,
    channels,
    abilities: createNodeAbilities(),
    clocks: createClocks(),
    environment,
  };
  const sessions = new Set<Session>();
  let isListening = true;
  let markEnded: () => void;
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve;
  });

  const server = await listenAt(socketPath, {
    onConnection(socket) {
      const session = serveClient(socket, services, () => {
        sessions.delete(session);
        idle.leave();
        endIfUnused();
      });
      sessions.add(session);
      idle.enter();
    },
    onClose() {
      isListening = false;
      endIfUnused();
    },
  });

  const idle = createIdleTimer(idleMs(environment), server.close);

  /** An agent that listens no more serves its last clients first. */
  function endIfUnused(): void {
    if (isListening || sessions.size > 0) return;
    idle.stop();
    placer.close();
    void channels.close().then(markEnded);
  }

  function end(): void {
    server.close();
    for (const session of sessions) session.end();
    void channels.close();
  }

  return {
    counts: () => ({ clients: sessions.size, ...channels.counts() }),
    end,
    ended,
  };
}

function idleMs(environment: NodeJS.ProcessEnv): number {
  const seconds = Number(environment['DSH_AGENT_IDLE'] || IDLE_SECONDS);
  const wanted = (seconds >= 0 ? seconds : IDLE_SECONDS) * 1000;
  return Math.min(Math.max(wanted, IDLE_MS_MIN), TIMER_MS_MAX);
}
