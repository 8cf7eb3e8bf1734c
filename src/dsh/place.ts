/** The current directory's namesake on a node that does not share it, or does. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import { runProgram } from './run-program.ts';

/** Files are paths below the directory. What fails says on which node, and why. */
export interface Place {
  readonly directory: string;
  /** Makes the directory there. `shared`: it is the very same as here. */
  prepare(): Promise<Result<'shared' | 'own'>>;
  send(files: readonly string[]): Promise<Result<undefined>>;
  fetch(files: readonly string[]): Promise<Result<undefined>>;
  /** Also directories that are empty then, and those that `prepare` has made. */
  remove(files: readonly string[]): Promise<Result<undefined>>;
}

export function createPlace(
  node: string,
  directoryBytes: Uint8Array,
  remoteShell: readonly string[],
): Place {
  const directory = Buffer.from(directoryBytes).toString();
  const shell = [...ownProgram(), '-q', '-T', '--coherence=off', '-e', quoteWords(remoteShell)];
  let firstMade = '';

  /** Runs a line of shell there, where $1 is the directory; its output. */
  function call(line: string, words: readonly string[]): Promise<Result<string>> {
    return runProgram([...shell, '-n', '-H', node, '--sh', line, directory, ...words]);
  }

  async function copy(
    what: string,
    files: readonly string[],
    from: string,
    to: string,
  ): Promise<Result<undefined>> {
    if (files.length === 0) return done;
    const rsh = `--rsh=${quoteWords([...shell, '-H'])}`;
    // A list and no words, where `*` and a leading `-` or `#` would mean something.
    const words = ['rsync', '-rlptRs', '--from0', '--files-from=-', rsh, `${from}/`, `${to}/`];
    const list = files.map((file) => `./${toText(file)}\0`).join('');
    const copied = await runProgram(words, list);
    if (copied.ok) return done;
    return failed(`${node}: cannot ${what} ${files.map(toText).join(', ')}: ${copied.reason}`);
  }

  return {
    directory,
    async prepare() {
      const mark = join(directory, `.dsh-${randomBytes(8).toString('hex')}.shared`);
      try {
        writeFileSync(mark, '', { flag: 'wx' });
        const made = await call(PREPARE, [mark]);
        if (!made.ok) return failed(`${node}: cannot make ${directory}: ${made.reason}`);
        firstMade = made.value.trimEnd();
        return { ok: true, value: firstMade === SHARED ? 'shared' : 'own' };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        return failed(`cannot find out whether ${node} shares ${directory}: ${message}`);
      } finally {
        rmSync(mark, { force: true });
      }
    },
    send: (files) => copy('send', files, directory, `${node}:${directory}`),
    fetch: (files) => copy('fetch', files, `${node}:${directory}`, directory),
    async remove(files) {
      const removed = await call(REMOVE, [firstMade, ...files.map(toText)]);
      return removed.ok ? done : failed(`${node}: cannot clean up: ${removed.reason}`);
    },
  };
}

const SHARED = 'shared';
/**
 * Prints the topmost directory that it had to make. The mark is looked for after that: an NFS client
 * may take a directory for missing that is there, and would otherwise have the user's files removed.
 */
const PREPARE = `
  d=$1 made=; while [ ! -d "$d" ]; do made=$d d=$(dirname "$d"); done
  mkdir -p "$1" && ls -a "$1" >/dev/null || exit
  if [ -e "$2" ]; then echo ${SHARED}; else echo "$made"; fi`;
/** Files, then the directories that they have left empty, then those that were made for all. */
const REMOVE = `
  cd "$1" || exit; directory=$1 made=$2 status=0; shift 2
  for file do
    case $file in
      . | ./) find . -mindepth 1 -delete ;;
      *) rm -rf -- "$file" ;;
    esac || status=1
  done
  for file do case $file in */*) rmdir -p -- "\${file%/*}" 2>/dev/null;; esac; done
  cd / && [ -n "$made" ] || exit $status
  while rmdir "$directory" 2>/dev/null && [ "$directory" != "$made" ]; do directory=$(dirname "$directory"); done
  exit $status`;

/** The native client starts sooner. */
function ownProgram(): string[] {
  const script = process.argv[1]!;
  const native = join(dirname(script), 'dsh');
  return existsSync(native) ? [native] : [process.execPath, script];
}

/** As rsync and dsh split it: quotes hold words together. */
function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}

const done: Result<undefined> = { ok: true, value: undefined };

function failed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
