/**
 * The doctor's eye on a node: a program of its own, which is sent through ssh to `node -` there, so
 * that it works where dsh is missing, broken or of another version. It changes nothing but for one
 * file in the directory that it is told to look at. For that reason it imports Node.js alone.
 */
import { spawnSync, type SpawnSyncOptionsWithStringEncoding } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { About } from '../../core/wire/about.ts';
import type { ControlReply, NodeView } from '../../core/wire/control.ts';
import type {
  DaemonFacts,
  DirectoryFacts,
  FileFacts,
  LimitFacts,
  NodeFacts,
  ProbeRequest,
  SshdFacts,
} from './facts.ts';

const ANSWER_MS = 10_000;
const HEARD_MS = 4500;
const LOOK_AGAIN_MS = 250;
const TOOL_MS = 15_000;
const FILE_BYTES_MAX = 1024 * 1024;
const SYSTEM_SOCKET = '/run/dsh/dshd.sock';
const UNLIMITED = -1;

async function probe(request: ProbeRequest): Promise<NodeFacts> {
  const daemon = await askDaemon();
  const home = process.env['HOME'] ?? '/';
  const own = `${home}/.config/dsh`;
  const clusterFile = daemon.about?.clusterFile ?? firstThere('/etc/dsh/cluster', `${own}/cluster`);
  const keyFile = daemon.about?.keyFile ?? firstThere('/etc/dsh/key', `${own}/key`);
  const { uid, username: user } = userInfo();
  return {
    uid,
    user,
    home,
    connection: process.env['SSH_CONNECTION'] ?? '',
    installed: readText(`${uid === 0 ? '/usr/local' : `${home}/.local`}/lib/dsh/digest`),
    nodeVersion: process.versions.node,
    ...lookAtRunner(request),
    daemon,
    clusterFile: lookAtFile(clusterFile, true),
    keyFile: lookAtFile(keyFile, false),
    directory: lookAtDirectory(request),
    compilers: lookAtCompilers(request.compilers),
    limits: readLimits(),
    sshd: lookAtSshd(),
    clockMs: Date.now(),
  };
}

/** The sockets of `src/node/control-client.ts`, in its order. */
function socketPaths(): string[] {
  const { DSH_SOCKET: given, XDG_RUNTIME_DIR: runtime } = process.env;
  if (given) return [given];
  const own = `/tmp/dsh-${process.getuid!()}/dshd.sock`;
  return [SYSTEM_SOCKET, ...(runtime ? [`${runtime}/dsh/dshd.sock`] : []), own];
}

async function askDaemon(): Promise<DaemonFacts> {
  const sockets = socketPaths();
  for (const path of sockets) {
    const answers = await ask(path, ['about', 'nodes']);
    if (answers === undefined) continue;
    const about = answers.find((reply) => reply.op === 'about')?.about;
    const nodes = await waitForSilent(path, nodesIn(answers));
    const state = answers.length > 0 ? 'answers' : 'mute';
    return { state, sockets: [path], ...(about && { about }), ...(nodes && { nodes }) };
  }
  return { state: 'absent', sockets };
}

/** A daemon that was started just now has three ticks to be heard. */
async function waitForSilent(path: string, first: Nodes): Promise<Nodes> {
  const end = performance.now() + HEARD_MS;
  let nodes = first;
  while (nodes?.some(({ state }) => state === 'silent' || state === 'unknown')) {
    if (performance.now() > end) break;
    await delay(LOOK_AGAIN_MS);
    nodes = nodesIn((await ask(path, ['nodes'])) ?? []) ?? nodes;
  }
  return nodes;
}

type Nodes = readonly NodeView[] | undefined;

function nodesIn(answers: readonly Answer[]): Nodes {
  return answers.find((reply) => reply.op === 'nodes')?.nodes;
}

interface Answer {
  readonly op: ControlReply['op'];
  readonly about?: About;
  readonly nodes?: readonly NodeView[];
}

/** The answers to questions without parameters; undefined where nobody listens. */
function ask(path: string, ops: readonly string[]): Promise<readonly Answer[] | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    const end = (): void => {
      socket.destroy();
      const lines = text.split('\n').slice(0, -1);
      resolve(lines.map((line) => JSON.parse(line) as Answer));
    };
    socket.on('connect', () => {
      socket.end(ops.map((op, id) => `${JSON.stringify({ op, id })}\n`).join(''));
    });
    socket.setTimeout(ANSWER_MS, end);
    socket.on('data', (piece) => (text += piece.toString()));
    socket.on('end', end);
    socket.on('error', () => resolve(undefined));
  });
}

function firstThere(...paths: string[]): string {
  return paths.find((path) => existsSync(path)) ?? paths[0]!;
}

function lookAtRunner({
  dshexec,
  whichDshexec,
}: ProbeRequest): Pick<NodeFacts, 'dshVersion' | 'isNative'> {
  const version = readTool(['sh', '-c', `${dshexec} --version`]);
  const path = readTool(['sh', '-c', whichDshexec]);
  return {
    dshVersion: /^dshexec (\S+)$/.exec(version ?? '')?.[1] ?? null,
    isNative: path !== undefined && hasNativeRunner(path),
  };
}

function hasNativeRunner(path: string): boolean {
  try {
    return existsSync(`${dirname(realpathSync(path))}/../dist/dshexec-serve`);
  } catch {
    return false;
  }
}

/** The first line that a tool prints; undefined where it fails or is not there. */
function readTool(words: readonly string[]): string | undefined {
  const [file, ...rest] = words;
  const options: SpawnSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    timeout: TOOL_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  };
  const { status, stdout } = spawnSync(file!, rest, options);
  return status === 0 ? stdout.split('\n')[0]! : undefined;
}

function lookAtFile(path: string, isText: boolean): FileFacts {
  try {
    const { mode, uid, size } = statSync(path);
    const facts = { path, mode: mode & 0o777, uid };
    const isReadable = isText && size <= FILE_BYTES_MAX;
    return isReadable ? { ...facts, text: readFileSync(path, 'utf8') } : facts;
  } catch {
    return { path };
  }
}

function lookAtDirectory({ directory, token, node }: ProbeRequest): DirectoryFacts {
  if (directory === undefined) return { read: null, written: null };
  return {
    read: reasonOf(() => {
      // Reading the directory ends what an NFS client remembers of files that were not there.
      readdirSync(dirname(directory));
      const found = readFileSync(`${directory}/token`, 'utf8');
      if (found !== token) throw new Error('other text');
    }),
    written: reasonOf(() => writeFileSync(`${directory}/${node}`, token, { flag: 'wx' })),
  };
}

function reasonOf(attempt: () => void): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

function lookAtCompilers(names: readonly string[]): NodeFacts['compilers'] {
  const found = names.map((name) => [name, readTool([name, '--version'])] as const);
  return Object.fromEntries(found.filter(([, version]) => version !== undefined)) as {
    [name: string]: string;
  };
}

function readLimits(): LimitFacts {
  const text = readText('/proc/self/limits');
  const soft = (title: string): number => {
    const word = new RegExp(`^${title} +(\\S+)`, 'm').exec(text)?.[1];
    return word === undefined || word === 'unlimited' ? UNLIMITED : Number(word);
  };
  return { files: soft('Max open files'), processes: soft('Max processes') };
}

/** sshd shows its MaxStartups in its title, and is given its configuration by -f, or has the usual. */
function lookAtSshd(): SshdFacts {
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    const title = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    if (!/sshd.*\[listener\]/.test(title)) continue;
    const startups = /of (\d+)-\d+ startups/.exec(title)?.[1];
    const file = / -f (\S+)/.exec(title)?.[1] ?? '/etc/ssh/sshd_config';
    const sessions = /^\s*MaxSessions\s+(\d+)/im.exec(readText(file))?.[1];
    return { startups: toNumber(startups), sessions: toNumber(sessions) };
  }
  return { startups: null, sessions: null };
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0);
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function readText(path: string): string {
  try {
    return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}

/** Put before this text by the doctor. */
declare const dshDoctorRequest: ProbeRequest;
process.stdout.write(
  `${dshDoctorRequest.marker}${JSON.stringify(await probe(dshDoctorRequest))}\n`,
);
