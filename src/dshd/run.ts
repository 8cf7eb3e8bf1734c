/** The whole daemon on a page: what is opened, in which order, and what is told to whom. */
import type { Cluster } from '../core/cluster.ts';
import type { Effect } from '../core/daemon-state.ts';
import type { NodeView } from '../core/wire/control.ts';
import { formatStatusLine } from '../core/wire/status-line.ts';
import { type AddressBook, createAddressBook } from './addresses.ts';
import { BEST_PORT_CLIENT, createBestQueue } from './best-queue.ts';
import { DEFAULT_CLUSTER_FILE, readCluster } from './cluster-config.ts';
import { createEngine, type Engine } from './engine.ts';
import { type LocalSocket, openLocalSocket } from './local-socket.ts';
import type { Log } from './log.ts';
import { createMeasurer, type Measurer } from './measure.ts';
import type { DshdOptions } from './options.ts';
import { writePidFile } from './pid-file.ts';
import { loadPolicy } from './policy-module.ts';
import { openTcpPort } from './tcp-ports.ts';
import { type DatagramPort, openDatagramPort } from './udp.ts';

export interface Daemon {
  /** Reads the cluster file again; a bad one is reported and the old one stays. */
  reload(): Promise<void>;
  close(): void;
}

/** Starts everything. If a part fails, what was opened is closed and an Error of one line thrown. */
export async function runDaemon(
  options: DshdOptions,
  socketPath: string,
  log: Log,
): Promise<Daemon> {
  const parts: { close(): void }[] = [];
  const close = (): void => {
    for (const part of parts.splice(0).toReversed()) part.close();
  };
  try {
    const reload = await assemble(options, socketPath, log, (part) => {
      parts.push(part);
      return part;
    });
    return { reload, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** How often the run queue is read; five samples make up the average of a second. */
const SAMPLE_MS = 200;

async function assemble(
  options: DshdOptions,
  socketPath: string,
  log: Log,
  keep: <Part extends { close(): void }>(part: Part) => Part,
): Promise<Daemon['reload']> {
  const { udpPort, statusPort, bestPort, listen, maxLoops } = options;
  const cluster = readCluster(options);
  const policy = await loadPolicy(options.policy, log);
  const measurer = createMeasurer(options);
  const measurement = measurer.sample();
  const core = { epoch: Date.now(), cluster, policy, maxLoops, measurement };

  const engine = keep(createEngine(core, (effect) => perform(effect)));
  const best = createBestQueue(engine.feed);
  const perform = (effect: Effect): void => {
    if (effect.type === 'send') datagrams.send(effect.to, effect.bytes);
    else if (effect.client === BEST_PORT_CLIENT) best.settle(effect.reply);
    else localSocket.reply(effect.client, effect.reply);
  };

  const datagrams: DatagramPort = keep(
    await openDatagramPort({
      port: udpPort,
      listen,
      onDatagram: (from, bytes) => engine.feed({ type: 'datagram', from, bytes }),
    }),
  );
  const localSocket: LocalSocket = keep(
    await openLocalSocket(socketPath, {
      onOpen: (client) => engine.feed({ type: 'client-opened', client }),
      onRequest: (client, request) => engine.feed({ type: 'request', client, request }),
      onClose: (client) => engine.feed({ type: 'client-closed', client }),
    }),
  );
  const statusText = async (): Promise<string> => formatStatus(engine.knownNodes());
  const bestText = async (): Promise<string> => formatBest(await best.ask());
  keep(await openTcpPort({ port: statusPort, listen, option: '--status-port', text: statusText }));
  keep(await openTcpPort({ port: bestPort, listen, option: '--best-port', text: bestText }));

  const addresses = keep(
    createAddressBook(
      (known) => datagrams.setAddresses(known),
      (name) => log(`cannot find the address of node '${name}'; trying again`),
    ),
  );
  addresses.setNodes(cluster.peers);
  engine.feed({ type: 'client-opened', client: BEST_PORT_CLIENT });
  keep(startSampling(engine, measurer));
  if (options.pidFile !== undefined) keep(writePidFile(options.pidFile));
  log(`started: ${describeCluster(options, cluster)}, policy ${policy.name}`);
  return () => reloadCluster(options, engine, addresses, log);
}

function startSampling(engine: Engine, measurer: Measurer): { close(): void } {
  const timer = setInterval(
    () => engine.feed({ type: 'measured', measurement: measurer.sample(), clockMs: Date.now() }),
    SAMPLE_MS,
  );
  return { close: () => clearInterval(timer) };
}

async function reloadCluster(
  options: DshdOptions,
  engine: Engine,
  addresses: AddressBook,
  log: Log,
): Promise<void> {
  try {
    const cluster = readCluster(options);
    const policy = await loadPolicy(options.policy, log);
    engine.feed({ type: 'configured', cluster, policy });
    addresses.setNodes(cluster.peers);
    log(`cluster file read again: ${describeCluster(options, cluster)}`);
  } catch (error) {
    log(`${(error as Error).message}; the cluster stays as it was`);
  }
}

function describeCluster({ clusterFile }: DshdOptions, { self, peers }: Cluster): string {
  const file = clusterFile ?? DEFAULT_CLUSTER_FILE;
  if (peers.length === 0) return `node ${self.name}, alone: ${file} names no other`;
  return `node ${self.name}, one of ${peers.length + 1} of ${file}`;
}

function formatStatus(nodes: readonly NodeView[]): string {
  return nodes.map((node) => `${formatStatusLine(node)}\n`).join('');
}

/** An empty answer says that no node can be chosen. */
function formatBest(node: NodeView | undefined): string {
  return node ? `${formatStatusLine(node)}\n` : '';
}
