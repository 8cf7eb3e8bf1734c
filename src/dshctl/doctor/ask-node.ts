/** Sends the probe to one node by its remote shell, and reads its facts or why there are none. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { dshexecCommand, whichDshexec } from '../../core/dshexec-command.ts';
import { converse, remoteWords, type Said } from '../conversation.ts';
import { OUTPUT_BYTES_MAX } from '../limit-output.ts';
import { compilerNames } from './checks/compilers.ts';
import type { Failure, Reach } from './evidence.ts';
import type { NodeFacts, ProbeRequest } from './facts.ts';

export interface Patient {
  readonly name: string;
  readonly destination: string;
  /** No remote shell is needed. */
  readonly isHere: boolean;
}

export interface Question {
  /** The remote shell with its own options. */
  readonly shell: readonly string[];
  readonly deadlineMs: number;
  readonly directory: string | undefined;
  readonly token: string;
}

/** Whether the writing of the node is seen here is for the caller to say. */
export type Asked =
  | Exclude<Reach, { kind: 'looked-at' }>
  | Omit<Extract<Reach, { kind: 'looked-at' }>, 'isWritingSeen'>;

export async function askNode(patient: Patient, question: Question): Promise<Asked> {
  const { name } = patient;
  const { directory, token, shell } = question;
  const marker = `dsh-doctor-${token}:`;
  const given = process.env['DSH_EXEC'];
  const request: ProbeRequest = {
    marker,
    node: encodeURIComponent(name),
    dshexec: dshexecCommand(given),
    whichDshexec: whichDshexec(given),
    directory,
    token,
    compilers: compilerNames,
  };
  const words = patient.isHere
    ? localWords
    : remoteWords(shell, patient.destination, ['exec', 'node', ...NODE_WORDS].join(' '));
  const input = `globalThis.dshDoctorRequest = ${JSON.stringify(request)};\n${readProbe()}`;
  const sentMs = Date.now();
  const said = await converse(words, input, question.deadlineMs);
  const facts = readFacts(said.stdout, marker);
  if (!facts) return explain(said, question.deadlineMs);
  return { kind: 'looked-at', facts, skewMs: skewOf(facts.clockMs, sentMs, said.answeredMs) };
}

const NODE_WORDS = ['--input-type=module', '-'];
const localWords = [process.execPath, ...NODE_WORDS];

/** It lies beside dshctl, as a program of its own. */
function readProbe(): string {
  return readFileSync(`${dirname(realpathSync(process.argv[1]!))}/doctor-probe.js`, 'utf8');
}

function readFacts(stdout: string, marker: string): NodeFacts | undefined {
  const [, line] = stdout.split(marker);
  try {
    return line === undefined ? undefined : (JSON.parse(line) as NodeFacts);
  } catch {
    return undefined;
  }
}

/** The probe was somewhere between the two moments when it read its clock. */
function skewOf(clockMs: number, sentMs: number, answeredMs: number): number {
  if (clockMs < sentMs) return clockMs - sentMs;
  return clockMs > answeredMs ? clockMs - answeredMs : 0;
}

function explain(said: Said, deadlineMs: number): { kind: Failure; detail: string } {
  if (said.isLate) {
    return { kind: 'too-slow', detail: `nothing came within ${deadlineMs / 1000} s` };
  }
  if (said.isEndless) {
    return { kind: 'too-slow', detail: `more than ${OUTPUT_BYTES_MAX >> 20} MiB came, and no end` };
  }
  const text = said.stderr;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const kind = failures.find(({ pattern }) => pattern.test(text))?.kind;
  const isMissing = said.status === 127 || /\bnode: (command )?not found/.test(text);
  return {
    kind: kind ?? (isMissing ? 'no-node-js' : 'other'),
    detail: lines.at(-1) ?? `it ended with status ${said.status}`,
  };
}

/** What OpenSSH 9.2 says; a changed key is also one whose verification has failed, so it is first. */
const failures: readonly { readonly kind: Failure; readonly pattern: RegExp }[] = [
  { kind: 'unknown-name', pattern: /Could not resolve hostname/ },
  { kind: 'host-key-changed', pattern: /HOST IDENTIFICATION HAS CHANGED|host key .*has changed/i },
  { kind: 'host-key-unknown', pattern: /Host key verification failed|host key is known/ },
  { kind: 'no-login', pattern: /Permission denied \(|Too many authentication failures/ },
  {
    kind: 'no-connection',
    pattern:
      /Connection (refused|timed out|reset|closed)|No route to host|Network is unreachable|kex_exchange_identification/,
  },
];
