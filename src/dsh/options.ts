/** The options of dsh. `parseInvocation` turns its words into what is to be done. */
import { endings } from '../core/outcome.ts';
import { helpText, type OptionValues, parseOptions } from '../core/option-table.ts';
import { parseDurationMs, parseSize } from '../core/quantity.ts';
import { parseRank, type RankExpression } from '../core/rank-expression.ts';
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import type { TerminalWish } from './descriptors.ts';
import { parseDaemonAddress } from './option-values.ts';
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
  { name: 'quiet', short: 'q', help: 'no notices' },
  { name: 'help', help: 'print this' },
  { name: 'version', help: 'print the version' },
  { name: 'agent', value: 'SOCKET', help: 'be the agent that listens there', isInternal: true },
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
  | { readonly action: 'agent'; readonly socketPath: string }
  | { readonly action: 'help' }
  | { readonly action: 'version' };

/** `words` are byte strings; `defaultShell` is $DSH_RSH. */
export function parseInvocation(
  words: readonly string[],
  defaultShell: string | undefined,
): Result<Invocation> {
  const parsed = parseOptions('dsh', table, words);
  if (!parsed.ok) return { ok: false, reason: toText(parsed.reason) };
  const { values, rest } = parsed;
  if (values.help) return { ok: true, value: { action: 'help' } };
  if (values.version) return { ok: true, value: { action: 'version' } };
  if (values.agent !== undefined) {
    return { ok: true, value: { action: 'agent', socketPath: toText(values.agent) } };
  }
  const choice = readChoice(values);
  if (!choice.ok) return choice;
  if (values.best) {
    if (rest.length === 0) return { ok: true, value: { action: 'best', choice: choice.value } };
    return { ok: false, reason: `--best runs nothing; leave out '${toText(rest[0]!)}'` };
  }
  return readRun(values, rest, choice.value, defaultShell);
}

export const usage = `Usage: dsh [OPTION...] COMMAND [ARGUMENT...]
Run COMMAND on the best machine of the cluster as if it ran here.

${helpText(table)}
Options end at the first word that is none: dsh make -j8 gives -j8 to make.
Exit status: that of COMMAND, or
${ownStatuses()}.
`;

function ownStatuses(): string {
  const own = endings.filter(({ brief }) => brief !== undefined);
  return own.map(({ status, brief }) => `${status} ${brief}`).join(', ');
}

type Values = OptionValues<typeof table>;

function readRun(
  values: Values,
  rest: readonly string[],
  choice: ChoiceOptions,
  defaultShell: string | undefined,
): Result<Invocation> {
  const command = values.sh === undefined ? rest : ['/bin/sh', '-c', values.sh, 'sh', ...rest];
  if (command.length === 0) return { ok: false, reason: 'no command was given; see dsh --help' };
  const shellText = values.rsh === undefined ? (defaultShell ?? 'ssh') : toText(values.rsh);
  const remoteShell = splitWords(shellText);
  if (!remoteShell.ok) return { ok: false, reason: `-e ${shellText}: ${remoteShell.reason}` };
  const retries = readCount('retry', values.retry, 0, 0);
  if (!retries.ok) return retries;
  const terminal = readTerminalWish(values);
  if (!terminal.ok) return terminal;
  const timeoutMs = readDuration(values.timeout);
  if (!timeoutMs.ok) return timeoutMs;
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

function readDuration(text: string | undefined): Result<number> {
  const ms = text === undefined ? 0 : parseDurationMs(text);
  if (ms !== undefined) return { ok: true, value: ms };
  const expected = 'expected seconds such as 5 or 1.5, or 2m, 1h, up to 24d';
  return { ok: false, reason: `--timeout ${toText(text!)}: ${expected}` };
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
