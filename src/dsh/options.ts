/** The options of dsh. `parseInvocation` turns its words into what is to be done. */
import { endings } from '../core/outcome.ts';
import { helpText, type OptionValues, parseOptions } from '../core/option-table.ts';
import { parseSize } from '../core/quantity.ts';
import { parseRank, type RankExpression } from '../core/rank-expression.ts';
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import type { TerminalWish } from './descriptors.ts';
import {
  type CoherenceWish,
  readCoherence,
  readCoherenceTimeout,
  readTransfer,
  type TransferOptions,
} from './file-options.ts';
import { parseDaemonAddress, readDuration } from './option-values.ts';
import { splitWords } from '../core/split-words.ts';

export const table = [
  { name: 'verbose', short: 'v', repeatable: true, help: 'say which node is taken; -vv: and why' },
  { name: 'best', help: 'print the best node and run nothing' },
  { name: 'host', short: 'H', value: 'NODE[,NODE...]', repeatable: true, help: 'only on these' },
  { name: 'exclude', short: 'x', value: 'NODE[,NODE...]', repeatable: true, help: 'not on these' },
  { name: 'cpus', value: 'N', help: 'CPUs that the command keeps busy (1)' },
  { name: 'mem', value: 'SIZE', help: 'memory that it needs: 512M, 2G' },
  { name: 'rank', value: 'EXPR', help: 'the least EXPR wins: "load / cpus", "-free"' },
  { name: 'rsh', short: 'e', value: 'SHELL', help: 'ssh, rsh, "ssh -p 2222" ($DSH_RSH, else ssh)' },
  { name: 'daemon', value: 'HOST[:PORT]', help: 'ask the dshd of that host (ports 8181, 8282)' },
  { name: 'no-stdin', short: 'n', help: 'standard input is /dev/null' },
  { name: 'terminal', short: 't', help: 'give the command a terminal, whatever is one here' },
  { name: 'no-terminal', short: 'T', help: 'give it none' },
  { name: 'timeout', value: 'DURATION', help: 'end it after 5, 1.5, 2m or 1h; exit status 124' },
  { name: 'wait-output', help: 'wait until nobody holds its output, as ssh does' },
  { name: 'sh', value: 'TEXT', help: 'run /bin/sh -c TEXT; further words are its $1, $2...' },
  { name: 'one-shot', help: 'a remote shell for this command alone, with a lock file' },
  { name: 'require-cluster', help: 'fail where no dshd is found, rather than run here' },
  { name: 'retry', value: 'N', help: 'run again, N times at most, if contact was lost' },
  {
    name: 'coherence',
    value: 'WHEN',
    help: 'see to its files: auto (on NFS and the like), on, off',
  },
  {
    name: 'coherence-timeout',
    value: 'DURATION',
    help: 'wait so long for files (60); 0: no limit',
  },
  {
    name: 'send',
    value: 'FILE',
    repeatable: true,
    help: 'copy it there first: no shared directory',
  },
  { name: 'fetch', value: 'FILE', repeatable: true, help: 'copy it back in the end' },
  { name: 'base', value: 'FILE', repeatable: true, help: 'as --send, and it stays there' },
  { name: 'cleanup', help: 'remove there what was sent and fetched' },
  { name: 'quiet', short: 'q', help: 'no notices' },
  { name: 'help', help: 'print this' },
  { name: 'version', help: 'print the version' },
] as const;

/** A command and how the user wants it run. */
export interface RunOptions {
  /** Byte strings, at least one. */
  readonly command: readonly string[];
  /** 1: say which node; 2: show the ranking. */
  readonly verbosity: number;
  readonly quiet: boolean;
  readonly noStdin: boolean;
  readonly choice: ChoiceOptions;
  readonly remoteShell: readonly string[];
  readonly oneShot: boolean;
  readonly retries: number;
  readonly terminal: TerminalWish;
  /** 0: no limit. */
  readonly timeoutMs: number;
  /** On another node, the end waits until nobody holds stdout or stderr. */
  readonly keepOutput: boolean;
  readonly coherence: CoherenceWish;
  /** How long files may be waited for; 0: no limit. */
  readonly coherenceMs: number;
  /** undefined: no files are copied. */
  readonly transfer: TransferOptions | undefined;
}

/** What the environment says where no option does. */
export interface Defaults {
  /** DSH_RSH. */
  readonly shell?: string | undefined;
  /** DSH_COHERENCE. */
  readonly coherence?: string | undefined;
  /** DSH_COHERENCE_TIMEOUT. */
  readonly coherenceTimeout?: string | undefined;
}

/** Which node is to be taken. */
export interface ChoiceOptions {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly rank: RankExpression | undefined;
  readonly daemon: DaemonAddress | undefined;
  readonly requireCluster: boolean;
}

export interface DaemonAddress {
  readonly host: string;
  readonly port: number | undefined;
}

export type Invocation =
  | { readonly action: 'run'; readonly options: RunOptions }
  | { readonly action: 'best'; readonly choice: ChoiceOptions }
  | { readonly action: 'help' }
  | { readonly action: 'version' };

/** `words` are byte strings. */
export function parseInvocation(words: readonly string[], defaults: Defaults): Result<Invocation> {
  const parsed = parseOptions('dsh', table, words);
  if (!parsed.ok) return { ok: false, reason: toText(parsed.reason) };
  const { values, rest } = parsed;
  if (values.help) return { ok: true, value: { action: 'help' } };
  if (values.version) return { ok: true, value: { action: 'version' } };
  const choice = readChoice(values);
  if (!choice.ok) return choice;
  if (values.best) {
    if (rest.length === 0) return { ok: true, value: { action: 'best', choice: choice.value } };
    return { ok: false, reason: `--best runs nothing; leave out '${toText(rest[0]!)}'` };
  }
  return readRun(values, rest, choice.value, defaults);
}

export const usage = `Usage: dsh [OPTION...] COMMAND [ARGUMENT...]
Run COMMAND on the best machine of the cluster as if it ran here.

${helpText(table)}
Options end at the first word that is none: dsh make -j8 gives -j8 to make.
${wrap(`Exit status: that of COMMAND, or ${ownStatuses()}.`)}`;

function ownStatuses(): string {
  const own = endings.filter(({ brief }) => brief !== undefined);
  return own.map(({ status, brief }) => `${status} ${brief}`).join(', ');
}

function wrap(text: string): string {
  return text.replaceAll(/(.{1,98})(?: |$)/g, '$1\n');
}

type Values = OptionValues<typeof table>;

function readRun(
  values: Values,
  rest: readonly string[],
  choice: ChoiceOptions,
  defaults: Defaults,
): Result<Invocation> {
  const command = values.sh === undefined ? rest : ['/bin/sh', '-c', values.sh, 'sh', ...rest];
  if (command.length === 0) return { ok: false, reason: 'no command was given; see dsh --help' };
  const shellText = values.rsh === undefined ? (defaults.shell ?? 'ssh') : toText(values.rsh);
  const remoteShell = splitWords(shellText);
  if (!remoteShell.ok) return { ok: false, reason: `-e ${shellText}: ${remoteShell.reason}` };
  const retries = readCount('retry', values.retry, 0, 0);
  if (!retries.ok) return retries;
  const terminal = readTerminalWish(values);
  if (!terminal.ok) return terminal;
  const timeoutMs = readDuration('--timeout', values.timeout, 0);
  if (!timeoutMs.ok) return timeoutMs;
  const coherence = readCoherence(values.coherence, defaults.coherence);
  if (!coherence.ok) return coherence;
  const coherenceMs = readCoherenceTimeout(values['coherence-timeout'], defaults.coherenceTimeout);
  if (!coherenceMs.ok) return coherenceMs;
  const transfer = readTransfer(values);
  if (!transfer.ok) return transfer;
  const options: RunOptions = {
    command,
    verbosity: Math.min(values.verbose, 2),
    quiet: values.quiet,
    noStdin: values['no-stdin'],
    choice,
    remoteShell: remoteShell.value,
    // rsh has no connection that could be kept warm, nor an exit status.
    oneShot: values['one-shot'] || remoteShell.value[0]!.split('/').at(-1) === 'rsh',
    retries: retries.value,
    terminal: terminal.value,
    timeoutMs: timeoutMs.value,
    keepOutput: values['wait-output'],
    coherence: coherence.value,
    coherenceMs: coherenceMs.value,
    transfer: transfer.value,
  };
  return { ok: true, value: { action: 'run', options } };
}

function readTerminalWish(values: Values): Result<TerminalWish> {
  if (values.terminal && values['no-terminal']) {
    return { ok: false, reason: '-t and -T contradict each other; leave one out' };
  }
  if (values.terminal) return { ok: true, value: 'always' };
  return { ok: true, value: values['no-terminal'] ? 'never' : 'auto' };
}

function readChoice(values: Values): Result<ChoiceOptions> {
  const cpus = readCount('cpus', values.cpus, 1, 1);
  if (!cpus.ok) return cpus;
  const memory = values.mem === undefined ? 0 : parseSize(values.mem);
  if (memory === undefined) {
    const reason = `--mem ${toText(values.mem!)}: expected a size such as 512M or 2G`;
    return { ok: false, reason };
  }
  const rank = values.rank === undefined ? undefined : parseRank(toText(values.rank));
  if (rank && !rank.ok) {
    return { ok: false, reason: `--rank '${toText(values.rank!)}': ${rank.reason}` };
  }
  const daemon = values.daemon === undefined ? undefined : parseDaemonAddress(values.daemon);
  if (daemon && !daemon.ok) return daemon;
  const only = readNodes('-H', values.host);
  if (!only.ok) return only;
  const exclude = readNodes('-x', values.exclude);
  if (!exclude.ok) return exclude;
  return {
    ok: true,
    value: {
      only: only.value,
      exclude: exclude.value,
      cpus: cpus.value,
      memoryBytes: memory,
      rank: rank?.value,
      daemon: daemon?.value,
      requireCluster: values['require-cluster'],
    },
  };
}

function readCount(
  name: string,
  text: string | undefined,
  least: number,
  absent: number,
): Result<number> {
  if (text === undefined) return { ok: true, value: absent };
  const count = /^[0-9]{1,6}$/.test(text) ? Number(text) : -1;
  if (count >= least) return { ok: true, value: count };
  return {
    ok: false,
    reason: `--${name} ${toText(text)}: expected a whole number, at least ${least}`,
  };
}

/** An empty name is an unset variable of a script, and must not mean "anywhere". */
function readNodes(option: string, lists: readonly string[]): Result<string[]> {
  const value = lists.flatMap((list) => toText(list).split(','));
  if (!value.includes('')) return { ok: true, value };
  return {
    ok: false,
    reason: `${option} '${lists.map(toText).join(' ')}': expected names of nodes`,
  };
}
