/** A command on another node by its remote shell, from all of its input to all of its output. */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ownProgramCommand } from '../core/dshexec-command.ts';
import { cleanText } from '../core/job-label.ts';
import { unattendedSshOptions } from '../node/unattended-ssh.ts';
import { cutOff, limitOutput } from './limit-output.ts';

/** The words that run `text` by the login shell there. `shell` is the remote shell with its options. */
export function remoteWords(
  shell: readonly string[],
  destination: string,
  text: string,
): readonly string[] {
  const [program = 'ssh', ...options] = shell;
  if (basename(program) === 'ssh') options.push(...unattendedSshOptions);
  return [program, ...options, destination, text];
}

/** The text that runs dshctl by the login shell there. */
export function remoteDshctl(words: readonly string[]): string {
  return [ownProgramCommand('dshctl'), ...words].join(' ');
}

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  /** `null`: it was killed, or could not be started, which stderr then tells. */
  readonly status: number | null;
  /** When the last of stdout came, by this clock. */
  readonly answeredMs: number;
  readonly isLate: boolean;
  /** It was killed since it said too much. */
  readonly isEndless: boolean;
}

/** Why a command there failed: its last words, which come from another machine and go to a terminal. */
export function reasonOf({ stderr, status }: Said): string {
  const last = stderr.trim().split(/\r?\n/).at(-1);
  return cleanText(last || `it ended with status ${status} there`, REASON_MAX);
}

const REASON_MAX = 200;

/** Runs a command with all of its input to its end, or kills it at its deadline. */
export function converse(
  words: readonly string[],
  input: Buffer | string,
  deadlineMs: number,
): Promise<Said> {
  return new Promise((resolve) => {
    const [program, ...rest] = words;
    const child = spawn(program!, rest, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    let isLate = false;
    let isEndless = false;
    let answeredMs = Date.now();
    const timer = setTimeout(() => {
      isLate = true;
      cutOff(child);
    }, deadlineMs);
    const end = (status: number | null): void => {
      clearTimeout(timer);
      resolve({ stdout, stderr, status, answeredMs, isLate, isEndless });
    };
    limitOutput(child, () => {
      isEndless = true;
    });
    child.stdout.on('data', (piece: Buffer) => {
      answeredMs = Date.now();
      stdout += piece.toString();
    });
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    // A shell that ends before it has read everything says itself why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => {
      stderr += error.message;
      end(null);
    });
    child.on('close', end);
  });
}
