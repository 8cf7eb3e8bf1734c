#!/usr/bin/env node
/** dshd: the daemon on every node. Command line in, a running daemon or one line of error out. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { helpText } from '../core/option-table.ts';
import { daemonSocketPath } from '../node/control-client.ts';
import { openReport, startInBackground } from './background.ts';
import { readConfigFile } from './config-file.ts';
import { generateKey } from './keygen.ts';
import { openLog } from './log.ts';
import { type DshdOptions, dshdOptions, readCommandLine } from './options.ts';
import { runDaemon } from './run.ts';
import { describeError } from './setup-error.ts';

declare const DSH_VERSION: string;

const exitStatuses = { setUpFailed: 1, misuse: 2 } as const;

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === 'keygen') {
    printKey(words.slice(1));
    return;
  }
  const report = openReport();
  const line = readWords(words);
  if (line.kind === 'help')
    print(`Usage: dshd [OPTION]...\n       dshd keygen [FILE]\n\n${helpText(dshdOptions)}`);
  else if (line.kind === 'version') print(`dshd ${DSH_VERSION}\n`);
  else if (line.kind === 'error') fail(line.reason, exitStatuses.misuse);
  else if (line.options.background && !report) await launch(line.options, words);
  else await serve(line.options, report);
}

function printKey(words: readonly string[]): void {
  const [file] = words;
  if (words.length > 1 || file === '' || file?.startsWith('-')) {
    fail(`keygen '${words.join(' ')}': expected dshd keygen [FILE]`, exitStatuses.misuse);
    return;
  }
  try {
    print(generateKey(file));
  } catch (error) {
    fail((error as Error).message, exitStatuses.setUpFailed);
  }
}

function readWords(words: readonly string[]): ReturnType<typeof readCommandLine> {
  try {
    return readCommandLine(words, readConfigFile);
  } catch (error) {
    return { kind: 'error', reason: (error as Error).message };
  }
}

async function launch(options: DshdOptions, words: readonly string[]): Promise<void> {
  const started = await startInBackground(words);
  if (!started.ok) fail(started.reason, exitStatuses.setUpFailed);
  else if (options.printPid) print(`${started.pid}\n`);
}

async function serve(options: DshdOptions, report: ReturnType<typeof openReport>): Promise<void> {
  staySmall();
  try {
    const log = openLog(options.log);
    const daemon = await runDaemon(options, socketPathOf(options), log);
    const end = (): void => {
      daemon.close();
      process.exit(0);
    };
    // A user's policy may fail long after it was asked, outside of any call of ours.
    process.on('uncaughtException', (error) => log(`unexpected: ${error.stack ?? error.message}`));
    process.on('unhandledRejection', (reason) => log(`unexpected: ${describeError(reason)}`));
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    process.on('SIGHUP', () => void daemon.reload());
    process.chdir('/');
    report?.();
  } catch (error) {
    const reason = describeError(error);
    if (report) report(reason);
    else fail(reason, exitStatuses.setUpFailed);
    process.exitCode = exitStatuses.setUpFailed;
  }
}

/**
 * The space of short-lived objects stays at the 1 MiB with which it starts. It would grow to 16 MiB
 * and more, and a daemon that places a hundred jobs a second to 94 MiB in a minute instead of 61
 * (`npm run bench -- endurance`, Node 20, 2026). --max-semi-space-size says it better, but must be there before node starts.
 */
function staySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Where local clients look first; the user's own directory where /run/dsh is not ours to use. */
function socketPathOf({ socket }: DshdOptions): string {
  if (socket !== undefined) return socket;
  const [system, ...own] = daemonSocketPath(process.env);
  return isWritable(dirname(system!)) ? system! : (own[0] ?? system!);
}

function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(reason: string, status: number): void {
  process.stderr.write(`dshd: ${reason}\n`);
  process.exitCode = status;
}

await main(process.argv.slice(2));
