/** Runs the situation of a row in one way, and says what came of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readProcess, endTrees } from '../../lab/process-table.ts';
import { listFiles } from './files.ts';
import type { Result, Row } from './row.ts';

/** How the command of a row is called. */
export interface Call {
  /** What comes before its words: `$on`, without the `--`. */
  readonly words: readonly string[];
  /** `NAME=value`: what dsh needs, in a direct run too, so that the command sees the same. */
  readonly variables: Readonly<Record<string, string>>;
  /** Must not exist yet. */
  readonly directory: string;
}

const DEADLINE_MS = 120_000;
const TEXT_LENGTH_MAX = 4000;

/** @param script `row.run`, or what is the same without dsh. */
export async function runSituation(row: Row, script: string, call: Call): Promise<Result> {
  mkdirSync(call.directory, { recursive: true });
  const file = `${call.directory}.bash`;
  writeFileSync(file, scriptText(script, call));
  const child = spawn('/bin/bash', ['--norc', file], {
    cwd: call.directory,
    env: { ...commonVariables, ...call.variables },
    detached: true,
  });
  const identity = readProcess(child.pid!);
  const timer = setTimeout(() => void endTrees([identity!]), DEADLINE_MS);
  try {
    return await follow(row, child, call.directory);
  } finally {
    clearTimeout(timer);
  }
}

/** What every command gets: enough to find programs, and nothing of whoever runs the tests. */
const commonVariables = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
};

/**
 * Node gives its children sockets. A command can tell them from the pipes of a shell, so a `cat`
 * each makes one of the other. Limits, umask and descriptors are those of no particular caller.
 */
function scriptText(script: string, { words, variables }: Call): string {
  return `for fd in /proc/$$/fd/*; do
  fd=\${fd##*/}
  if ((fd > 2 && fd < 255)); then eval "exec $fd<&-"; fi
done
exec < <(exec cat 2>/dev/null) > >(exec cat) 2> >(exec cat >&2)
umask 022
ulimit -S -c 0
await() { until "$@"; do sleep 0.01; done; }
lab=(${Object.entries(variables)
    .map(([name, value]) => `'${name}=${value.replaceAll("'", String.raw`'\''`)}'`)
    .join(' ')})
on='${words.join(' ')}'
dsh="$on --"
unset OLDPWD
${script}
`;
}

async function follow(row: Row, child: ChildProcess, directory: string): Promise<Result> {
  const { stdin, stdout, stderr } = child;
  const texts = { stdout: '', stderr: '' };
  const steps = [...(row.steps ?? [])];

  function takeSteps(): void {
    for (let step = steps[0]; step && texts.stdout.includes(step.after); step = steps[0]) {
      steps.shift();
      if (step.signal) child.kill(step.signal);
      if (step.input !== undefined) stdin!.write(step.input, 'latin1');
    }
    if (steps.length === 0) stdin!.end();
  }

  // A command that ends without reading its input is a situation like another.
  stdin!.on('error', () => {});
  stdout!.setEncoding('latin1').on('data', (text: string) => {
    texts.stdout += text;
    takeSteps();
  });
  stderr!.setEncoding('latin1').on('data', (text: string) => {
    texts.stderr += text;
  });
  stdin!.write(row.input ?? '', 'latin1');
  takeSteps();
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (steps.length > 0) throw new Error(`it never printed ${JSON.stringify(steps[0]!.after)}`);
  const own = (text: string): string => condense(text.replaceAll(directory, '@'));
  return {
    end: signal ?? status!,
    stdout: own(texts.stdout),
    stderr: own(texts.stderr),
    files: mapValues(listFiles(directory), own),
  };
}

/** What is too long to be shown when it differs. */
function condense(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  const digest = createHash('sha256').update(text, 'latin1').digest('hex');
  return `${text.slice(0, 200)}… ${text.length} bytes, ${digest}`;
}

function mapValues(
  record: Record<string, string>,
  change: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
