/** The whole daemon on a page: what is opened, in which order, and what is told to whom. */
import { join } from 'node:path';
import type { Cluster } from '../core/cluster.ts';
import type { Effect } from '../core/daemon-state.ts';
import type { Policy } from '../core/policy.ts';
import type { Authenticator } from '../core/wire/authentication.ts';
import type { NodeView } from '../core/wire/control.ts';
import { formatStatusLine } from '../core/wire/status-line.ts';
import { encodeVersion } from '../core/wire/version.ts';
import { describeDaemon } from './about.ts';
import { type AddressBook, createAddressBook } from './addresses.ts';
import { createAuthenticator } from './authenticator.ts';
import { BEST_PORT_CLIENT, type BestQueue, createBestQueue } from './best-queue.ts';
import { DEFAULT_CLUSTER_FILE, readCluster } from './cluster-config.ts';
import { createEngine, type Engine } from './engine.ts';
import { openEpoch } from './epoch-file.ts';
import { createCoreClient, HTTP_CLIENT } from './http/core-client.ts';
import { startHttpService } from './http/service.ts';
import { DEFAULT_KEY_FILE, type Key, readKeys } from './key-file.ts';
import { type LocalSocket, openLocalSocket } from './local-socket.ts';
import type { Log } from './log.ts';
import { createMeasurer, type Measurer } from './measure.ts';
import type { DshdOptions } from './options.ts';
import { writePidFile } from './pid-file.ts';
import { loadPolicy } from './policy-module.ts';
import { openTcpPort, type TcpPort } from './tcp-ports.ts';
import { type DatagramPort, type DatagramPortOptions, openDatagramPort } from './udp.ts';

declare const DSH_VERSION: string;

export interface Daemon {
  /** Reads the cluster file and the keys again; what is bad is reported and the old ones stay. */
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
/** While nobody wants to know; that is most of what an idle daemon does. */
const SAMPLE_IDLE_MS = 1000;

async function assemble(
  options: DshdOptions,
  socketPath: string,
  log: Log,
  keep: <Part extends { close(): void }>(part: Part) => Part,
): Promise<Daemon['reload']> {
  const { maxLoops, stateDirectory } = options;
  let settings = await readSettings(options, log);
  const { cluster, policy, authenticator } = settings;
  const measurer = createMeasurer(options);
  const measurement = measurer.sample();
  const nodeName = cluster.self.name;
  const epochFile = openEpoch({ stateDirectory, socketPath, nodeName }, log);
  const { epoch } = epochFile;
  const multicast = options.multicast !== undefined;
  const version = encodeVersion(DSH_VERSION);
  const core = { epoch, cluster, policy, authenticator, maxLoops, measurement, multicast, version };

  const engine = keep(
    createEngine({
      ...core,
      perform: (effect) => perform(effect),
      onUse: () => sampling.hurry(),
    }),
  );
  const sampling = keep(createSampling(engine, measurer));
  const best = createBestQueue(engine.feed);
  const http = createCoreClient(engine.feed);
  const perform = (effect: Effect): void => {
    if (effect.type === 'send') datagrams.send(effect.to, effect.bytes);
    else if (effect.client === BEST_PORT_CLIENT) best.settle(effect.reply);
    else if (effect.client === HTTP_CLIENT) http.settle(effect.reply);
    else localSocket.reply(effect.client, effect.reply);
  };

  const datagrams = keep(await openPeerPort(options, cluster.self.id, engine));
  const localSocket: LocalSocket = keep(
    await openLocalSocket(socketPath, {
      onOpen: (client) => engine.feed({ type: 'client-opened', client }),
      onRequest(client, request) {
        if (request.op !== 'about') return engine.feed({ type: 'request', client, request });
        const about = describeDaemon(options, settings.cluster.self.name, settings.keys);
        localSocket.reply(client, { op: 'about', id: request.id, about });
      },
      onClose: (client) => engine.feed({ type: 'client-closed', client }),
    }),
  );
  const addresses = keep(
    createAddressBook({
      onChange: (known) => datagrams.setAddresses(known),
      onUnresolved: (name) => log(`cannot find the address of node '${name}'; trying again`),
      onUntrusted: (names) => log(describeUntrusted(names)),
    }),
  );
  addresses.setNodes(cluster.peers, settings.isOpen);
  // The first event is the first tick, which is to reach all; and who asks must be known before it can.
  engine.feed({ type: 'client-opened', client: BEST_PORT_CLIENT });
  keep(await openStatusPort(options, engine));
  keep(await openBestPort(options, best));
  const pageDirectory = join(import.meta.dirname, 'web');
  const service = { options, engine, core: http, self: nodeName, version: DSH_VERSION };
  keep(await startHttpService({ ...service, pageDirectory }, log));

  sampling.hurry();
  if (options.pidFile !== undefined) keep(writePidFile(options.pidFile));
  keep(epochFile.keep());
  log(`started: ${describeSettings(options, settings)}`);
  return async () => {
    settings = (await rereadSettings(options, engine, addresses, log)) ?? settings;
  };
}

function openPeerPort(options: DshdOptions, selfId: number, engine: Engine): Promise<DatagramPort> {
  const { udpPort: port, listen, multicast } = options;
  const onDatagram: DatagramPortOptions['onDatagram'] = (from, bytes) =>
    engine.feed({ type: 'datagram', from, bytes });
  return openDatagramPort({ port, listen, multicast, selfId, onDatagram });
}

function openStatusPort(
  { statusPort: port, listen }: DshdOptions,
  engine: Engine,
): Promise<TcpPort> {
  const text = async (): Promise<string> => formatStatus(engine.knownNodes());
  return openTcpPort({ port, listen, option: '--status-port', text });
}

function openBestPort({ bestPort: port, listen }: DshdOptions, best: BestQueue): Promise<TcpPort> {
  const text = async (): Promise<string> => formatBest(await best.ask());
  return openTcpPort({ port, listen, option: '--best-port', text });
}

/** All that can be read again while the daemon runs. */
interface Settings {
  readonly cluster: Cluster;
  readonly policy: Policy;
  readonly authenticator: Authenticator;
  /** Nodes count that are not on loopback addresses. */
  readonly isOpen: boolean;
  readonly keys: readonly Key[];
}

/** Throws an Error of one line. */
async function readSettings(options: DshdOptions, log: Log): Promise<Settings> {
  const keys = options.trustsNetwork ? [] : readKeys(options.keyFile);
  return {
    cluster: readCluster(options),
    policy: await loadPolicy(options.policy, log),
    authenticator: createAuthenticator(keys, options.clusterName),
    isOpen: options.trustsNetwork || keys.length > 0,
    keys,
  };
}

interface Sampling {
  /** Takes the next sample soon: at the start, or when somebody asks who had not asked for long. */
  hurry(): void;
  close(): void;
}

/** A timer that is due only when there is something to do: waking up is most of an idle daemon's work. */
function createSampling(engine: Engine, measurer: Measurer): Sampling {
  let timer: NodeJS.Timeout | undefined;

  function plan(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(sample, ms);
  }

  function sample(): void {
    engine.feed({ type: 'measured', measurement: measurer.sample(), clockMs: Date.now() });
    plan(engine.isInUse() ? SAMPLE_MS : SAMPLE_IDLE_MS);
  }

  return { hurry: () => plan(SAMPLE_MS), close: () => clearTimeout(timer) };
}

async function rereadSettings(
  options: DshdOptions,
  engine: Engine,
  addresses: AddressBook,
  log: Log,
): Promise<Settings | undefined> {
  try {
    const settings = await readSettings(options, log);
    const { cluster, policy, authenticator } = settings;
    engine.feed({ type: 'configured', cluster, policy, authenticator });
    addresses.setNodes(cluster.peers, settings.isOpen);
    log(`cluster file and keys read again: ${describeSettings(options, settings)}`);
    return settings;
  } catch (error) {
    log(`${(error as Error).message}; cluster and keys stay as they were`);
    return undefined;
  }
}

function describeSettings({ clusterFile }: DshdOptions, settings: Settings): string {
  const { cluster, policy, isOpen } = settings;
  const keys = settings.keys.length;
  const { self, peers } = cluster;
  const file = clusterFile ?? DEFAULT_CLUSTER_FILE;
  const place =
    peers.length === 0
      ? `node ${self.name}, alone: ${file} names no other`
      : `node ${self.name}, one of ${peers.length + 1} of ${file}`;
  const trust =
    keys > 0 ? `${keys} key${keys > 1 ? 's' : ''}` : isOpen ? 'no key' : 'no key, loopback only';
  return `${place}, policy ${policy.name}, ${trust}`;
}

function describeUntrusted(names: readonly string[]): string {
  const named = names.slice(0, 4).join(', ') + (names.length > 4 ? ', ...' : '');
  return `without a key only loopback peers are talked to, not ${named}: make one by dshd keygen ${DEFAULT_KEY_FILE}, the same on all nodes, or say --auth none on a network that you trust`;
}

function formatStatus(nodes: readonly NodeView[]): string {
  return nodes.map((node) => `${formatStatusLine(node)}\n`).join('');
}

/** An empty answer says that no node can be chosen. */
function formatBest(node: NodeView | undefined): string {
  return node ? `${formatStatusLine(node)}\n` : '';
}
