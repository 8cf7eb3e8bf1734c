/**
 * Files for a command on a node that does not share the directory: sent before it, fetched after it,
 * and removed there if wanted. rsync carries them, with dsh itself as its remote shell, so that all
 * goes over the warm connection. The directory is made there if it is missing.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Outcome } from '../core/outcome.ts';
import type { Result } from '../core/result.ts';
import { connectDaemon } from '../node/control-client.ts';
import { toText } from './byte-string.ts';
import type { TransferOptions } from './file-options.ts';
import type { RunOptions } from './options.ts';
import { say } from './say.ts';

/** @param run runs the command on the nodes that its options name. */
export async function runWithFiles(
  options: RunOptions,
  transfer: TransferOptions,
  run: (options: RunOptions) => Promise<Outcome>,
): Promise<Outcome> {
  const node = await chooseNode(options);
  if (!node.ok) return notStarted(node.reason);
  if (node.value === undefined) return run(options);
  const choice = { ...options.choice, only: [node.value], rank: undefined };
  const place = createPlace(node.value, options.remoteShell);
  const prepared = await place.prepare();
  if (!prepared.ok) return notStarted(prepared.reason);
  if (prepared.value === 'shared') {
    if (!options.quiet) say(`${node.value} shares ${place.directory}: no file is sent or removed`);
    return run({ ...options, choice });
  }
  const sent = await place.send([...transfer.base, ...transfer.send]);
  const outcome = sent.ok ? await run({ ...options, choice }) : incoherent(sent.reason);
  const fetched = sent.ok ? await place.fetch(transfer.fetch) : sent;
  if (transfer.cleanup) {
    const removed = await place.remove([...transfer.send, ...transfer.fetch]);
    if (!removed.ok) say(removed.reason);
  }
  if (fetched.ok || !sent.ok) return outcome;
  // The command's own failure says more, and mostly explains this one.
  const isSuccess = outcome.verdict === 'exited' && outcome.status === 0;
  return isSuccess ? incoherent(fetched.reason) : outcome;
}

/** The name of another node, or undefined where the command runs here. */
async function chooseNode({ choice, verbosity }: RunOptions): Promise<Result<string | undefined>> {
  if (choice.rank || choice.daemon) {
    const rank = await import('./rank.ts');
    const order = await rank.orderNodes(choice, verbosity);
    if (!order.ok) return order;
    return { ok: true, value: order.value.nodes[0] };
  }
  const daemon = await connectDaemon();
  if (!daemon) return { ok: true, value: undefined };
  const { only, exclude, cpus, memoryBytes } = choice;
  const placed = await daemon.place({ only, exclude, order: [], cpus, memoryBytes }, false);
  // The reservation ends with the connection: the call that runs the command makes its own.
  daemon.close();
  if (placed.op === 'refused') return { ok: false, reason: placed.reason };
  return { ok: true, value: placed.here ? undefined : placed.node };
}

interface Place {
  readonly directory: string;
  prepare(): Promise<Result<'shared' | 'own'>>;
  send(files: readonly string[]): Promise<Result<undefined>>;
  fetch(files: readonly string[]): Promise<Result<undefined>>;
  remove(files: readonly string[]): Promise<Result<undefined>>;
}

/** The current directory's namesake on a node. */
function createPlace(node: string, remoteShell: readonly string[]): Place {
  const directory = process.cwd();
  const shell = [...ownProgram(), '-q', '-T', '--coherence=off', '-e', quoteWords(remoteShell)];
  let firstMade = '';

  /** Runs a line of shell there, where $1 is the directory; its output. */
  function call(line: string, words: readonly string[]): Promise<Result<string>> {
    return runProgram([...shell, '-n', '-H', node, '--sh', line, directory, ...words]);
  }

  async function copy(
    what: string,
    files: readonly string[],
    words: readonly string[],
  ): Promise<Result<undefined>> {
    if (files.length === 0) return done;
    const rsh = `--rsh=${quoteWords([...shell, '-H'])}`;
    const copied = await runProgram(['rsync', '-rlptRs', rsh, ...words]);
    if (copied.ok) return done;
    return failed(`${node}: cannot ${what} ${files.map(toText).join(', ')}: ${copied.reason}`);
  }

  const places = (root: string, files: readonly string[]): string[] =>
    files.map((file) => `${root}/./${toText(file)}`);

  return {
    directory,
    async prepare() {
      const mark = join(directory, `.dsh-${hostname()}-${process.pid}.shared`);
      writeFileSync(mark, '', { flag: 'wx' });
      try {
        const made = await call(PREPARE, [mark]);
        if (!made.ok) return failed(`${node}: cannot make ${directory}: ${made.reason}`);
        firstMade = made.value.trimEnd();
        return { ok: true, value: firstMade === SHARED ? 'shared' : 'own' };
      } finally {
        rmSync(mark, { force: true });
      }
    },
    send: (files) => copy('send', files, [...places(directory, files), `${node}:${directory}/`]),
    fetch: (files) =>
      copy('fetch', files, [...places(`${node}:${directory}`, files), `${directory}/`]),
    async remove(files) {
      const removed = await call(REMOVE, [firstMade, ...files.map(toText)]);
      return removed.ok ? done : failed(`${node}: cannot clean up: ${removed.reason}`);
    },
  };
}

const SHARED = 'shared';
/** Prints the topmost directory that it had to make. Reading the parent makes an NFS client ask. */
const PREPARE = `
  ls -a "$1" >/dev/null 2>&1; [ -e "$2" ] && { echo ${SHARED}; exit; }
  d=$1 made=; while [ ! -d "$d" ]; do made=$d d=$(dirname "$d"); done
  mkdir -p "$1" && echo "$made"`;
/** Files, then the directories that they have left empty, then those that were made for all. */
const REMOVE = `
  cd "$1" || exit; directory=$1 made=$2; shift 2
  rm -rf -- "$@"
  for file do case $file in */*) rmdir -p -- "\${file%/*}" 2>/dev/null;; esac; done
  cd / && [ -n "$made" ] || exit 0
  while rmdir "$directory" 2>/dev/null && [ "$directory" != "$made" ]; do directory=$(dirname "$directory"); done
  :`;

/** The native client starts sooner. */
function ownProgram(): string[] {
  const script = process.argv[1]!;
  const native = join(dirname(script), 'dsh');
  return existsSync(native) ? [native] : [process.execPath, script];
}

/** In / and not here: the directory may be missing there, which is no matter yet. */
async function runProgram([program, ...words]: readonly string[]): Promise<Result<string>> {
  const child = spawn(program!, words, {
    cwd: '/',
    env: { ...process.env, PWD: '/' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | string>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? `${program} is not installed here` : error.message),
    );
    child.on('close', (status) => resolve(status ?? -1));
  });
  const [output, errors, end] = await Promise.all([
    text(child.stdout).catch(() => ''),
    text(child.stderr).catch(() => ''),
    ended,
  ]);
  if (end === 0) return { ok: true, value: output };
  const [firstLine] = errors.split('\n').filter((line) => line.trim() !== '');
  return failed(typeof end === 'string' ? end : (firstLine ?? `${program} ended with ${end}`));
}

/** As rsync and dsh split it: quotes hold words together. */
function quoteWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}

const done: Result<undefined> = { ok: true, value: undefined };

function failed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function incoherent(message: string): Outcome {
  return { verdict: 'not-started', reason: 'incoherent', message };
}

function notStarted(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}
