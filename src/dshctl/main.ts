#!/usr/bin/env node
/**
 * dshctl: shows the cluster and its jobs to people, and sets it up. This page is the whole program; the
 * file of a subcommand is loaded when it is called.
 */
import { parseMixedOptions, parseOptions } from '../core/option-table.ts';
import { type CommandEntry, exitStatuses, type ExitStatus } from './command.ts';
import { commands } from './commands.ts';
import { commandUsage, helpOption, usage } from './help.ts';
import { print, say } from './output.ts';

/** Put in by the build. */
declare const DSH_VERSION: string;

async function main([name = '--help', ...words]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    const [topic] = words;
    return topic === undefined ? show(usage(commands)) : runCommand(topic, ['--help']);
  }
  if (name === '--version') return show(`dshctl ${DSH_VERSION}\n`);
  return runCommand(name, words);
}

async function runCommand(name: string, words: readonly string[]): Promise<number> {
  const entry = commands.find((candidate) => candidate.name === name);
  if (!entry) return misuse(`'${name}' is no command of dshctl; see dshctl --help`);
  return runEntry(entry, words);
}

async function runEntry(entry: CommandEntry, words: readonly string[]): Promise<number> {
  const command = await entry.load();
  const program = `dshctl ${entry.name}`;
  const parse = command.isForCommand ? parseOptions : parseMixedOptions;
  const parsed = parse(program, [...command.options, helpOption], words);
  if (!parsed.ok) return misuse(parsed.reason);
  const { values, rest } = parsed;
  if (values['help']) return show(commandUsage(entry, command));
  if (rest.length < command.wordsMin) {
    return misuse(`${entry.name}: expected ${entry.words}; see ${program} --help`);
  }
  if (rest.length > command.wordsMax) {
    return misuse(`${entry.name}: '${rest[command.wordsMax]}' is too much; see ${program} --help`);
  }
  return command.run({ values, words: rest });
}

function show(text: string): ExitStatus {
  print(text);
  return exitStatuses.done;
}

function misuse(reason: string): ExitStatus {
  say(reason);
  return exitStatuses.misuse;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { message, status = exitStatuses.failed } = error as Error & { status?: ExitStatus };
  say(message);
  process.exitCode = status;
}
