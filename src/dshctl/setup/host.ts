/** A host that is set up: scripts run there, by its remote shell or, on this one, without. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cutOff, limitOutput, OUTPUT_BYTES_MAX } from '../limit-output.ts';
import { unattendedSshOptions } from '../../node/unattended-ssh.ts';
import type { Patient } from '../doctor/ask-node.ts';

export interface Host extends Patient {
  /** Runs `sh -c TEXT`, with `input` as standard input; rejects with one line if that fails. */
  run(text: string, input: Buffer | string): Promise<string>;
  /** Runs one of packaging/setup, behind lines that set `variables`. */
  runScript(
    script: 'install' | 'start',
    variables: Readonly<Record<string, string>>,
  ): Promise<string>;
}

export interface HostPlace {
  readonly shell: readonly string[];
  readonly deadlineMs: number;
  /** Of this installation. */
  readonly root: string;
}

export function createHost(patient: Patient, { shell, deadlineMs, root }: HostPlace): Host {
  const run: Host['run'] = (text, input) =>
    converse(wordsFor(patient, shell, text), input, deadlineMs);
  return {
    ...patient,
    run,
    runScript(script, variables) {
      const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`);
      const text = readFileSync(`${root}/packaging/setup/${script}.sh`, 'utf8');
      // As input, since the words of a command are seen by everybody on the host.
      return run('exec sh -s', `${lines.join('')}${text}`);
    },
  };
}

function wordsFor(patient: Patient, shell: readonly string[], text: string): readonly string[] {
  if (patient.isHere) return ['sh', '-c', text];
  const [program = 'ssh', ...options] = shell;
  if (basename(program) === 'ssh') options.push(...unattendedSshOptions);
  return [program, ...options, patient.destination, `exec sh -c ${quote(text)}`];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Its output, where it ends with 0 in time. */
function converse(
  [program, ...words]: readonly string[],
  input: Buffer | string,
  deadlineMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    let isEndless = false;
    limitOutput(child, () => {
      isEndless = true;
    });
    const timer = setTimeout(() => cutOff(child), deadlineMs);
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    // A shell that ends before it has read everything says itself why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => reject(new Error(`cannot run ${program}: ${error.message}`)));
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) return resolve(stdout);
      if (isEndless) {
        return reject(new Error(`more than ${OUTPUT_BYTES_MAX >> 20} MiB came, and no end`));
      }
      const last = stderr.trim().split('\n').at(-1);
      const end = signal ? `it took longer than ${deadlineMs / 1000} s` : `status ${status}`;
      reject(new Error(last || end));
    });
  });
}
