/**
 * The ways in which each row goes through dsh. As a rule, both clients, each with the runner in its
 * own language; or every client with every runner of
 *
 *     DSH_TEST_CLIENTS  programs that are dsh, separated by blanks
 *     DSH_TEST_RUNNERS  which runners nodes use, separated by blanks: `installed` (what bin/dshexec
 *                       starts), `typescript`, or the path of one
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { shellQuote } from '../../lab/configuration.ts';
import { projectDirectory } from '../../lab/project.ts';
import {
  capabilities,
  decodePayload,
  FRAME_HEADER_BYTES,
  RUNNER_PREAMBLE,
} from '../../src/core/wire/frame.ts';
import type { Path, Row } from './row.ts';

export interface Way {
  readonly name: string;
  readonly path: Path;
  /** `$on`: the client and its options. */
  readonly words: readonly string[];
  /** The command by which nodes start the runner. */
  readonly runner: string;
  /** Whether that has terminals, limits and all else that the TypeScript runner lacks. */
  readonly isNative: boolean;
}

const typescriptClient = `${projectDirectory}/dist/dsh.js`;
/** The native one, where it could be built. */
const installedClient = `${projectDirectory}/dist/dsh`;

/** @param directory where programs can be put that the ways need. */
export function listWays(directory: string): readonly Way[] {
  const clients = listOf('DSH_TEST_CLIENTS');
  const runners = listOf('DSH_TEST_RUNNERS');
  const pick = (path: Path, client: string, runner: string): Way => {
    const command = runnerCommand(runner, directory);
    const words = [...programWords(client), ...pathWords[path]];
    const name = [path, basename(client), ...(path === 'remote' ? [basename(runner)] : [])];
    return { name: name.join(', '), path, words, runner: command, isNative: isNative(command) };
  };
  const local = (client: string): Way => pick('local', client, 'installed');
  // The native client leaves this path to the TypeScript one.
  const oneShot = pick('one-shot', typescriptClient, 'installed');
  if (!clients && !runners) {
    const pairs = [
      pick('remote', typescriptClient, 'typescript'),
      local(typescriptClient),
      oneShot,
    ];
    const native = [pick('remote', installedClient, 'installed'), local(installedClient)];
    return isScript(installedClient) ? pairs : [...native, ...pairs];
  }
  return (clients ?? [installedClient]).flatMap((client) => [
    ...(runners ?? ['installed']).map((runner) => pick('remote', client, runner)),
    local(client),
    oneShot,
  ]);
}

/** Why `row` cannot be run that way; undefined if it can. */
export function explainAbsence(row: Row, way: Way): string | undefined {
  if (row.leftOut?.on.includes(way.path)) return row.leftOut.because;
  if (row.forUsersOnly && process.getuid?.() === 0) return 'root may do it all';
  if (row.needs && way.path === 'remote' && !way.isNative) return `it needs the ${row.needs}`;
  return undefined;
}

const pathWords: { readonly [P in Path]: readonly string[] } = {
  remote: ['-H', 'h2'],
  local: ['-H', 'h1'],
  'one-shot': ['-H', 'h2', '--one-shot'],
};

function listOf(variable: string): readonly string[] | undefined {
  return process.env[variable]?.split(' ').filter(Boolean);
}

/** A script is given its interpreter, since a row may change PATH. */
function programWords(client: string): readonly string[] {
  return isScript(client) ? [process.execPath, client] : [client];
}

/** Where there is no compiler, dist/dsh is the TypeScript client under another name. */
function isScript(client: string): boolean {
  return readFileSync(client, 'latin1').startsWith('#!');
}

function runnerCommand(runner: string, directory: string): string {
  const dshexec = `${projectDirectory}/bin/dshexec`;
  if (runner === 'installed') return shellQuote(dshexec);
  const words =
    runner === 'typescript' ? [process.execPath, `${projectDirectory}/dist/dshexec.js`] : [runner];
  const file = `${directory}/dshexec-${basename(runner)}`;
  writeFileSync(file, `#!/bin/sh\nexec ${words.map(shellQuote).join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return shellQuote(file);
}

/** A runner's HELLO tells what it can do. */
function isNative(command: string): boolean {
  const { stdout } = spawnSync('/bin/sh', ['-c', `${command} --serve`], { input: '' });
  const payload = stdout.subarray(Buffer.byteLength(RUNNER_PREAMBLE) + FRAME_HEADER_BYTES);
  const hello = decodePayload(1, payload);
  if (!hello.ok || hello.frame?.type !== 'hello') throw new Error(`${command} says no HELLO`);
  return (hello.frame.capabilities & capabilities.limits) !== 0;
}
