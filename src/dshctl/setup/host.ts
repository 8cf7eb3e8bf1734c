/** A host that is set up: scripts run there, by its remote shell or, on this one, without. */
import { readFileSync } from 'node:fs';
import { converse, remoteWords } from '../conversation.ts';
import { OUTPUT_BYTES_MAX } from '../limit-output.ts';
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
    readOutput(
      patient.isHere
        ? ['sh', '-c', text]
        : remoteWords(shell, patient.destination, `exec sh -c ${quote(text)}`),
      input,
      deadlineMs,
    );
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

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Its output, where it ends with 0 in time. */
async function readOutput(
  words: readonly string[],
  input: Buffer | string,
  deadlineMs: number,
): Promise<string> {
  const said = await converse(words, input, deadlineMs);
  if (said.status === 0) return said.stdout;
  if (said.isEndless) throw new Error(`more than ${OUTPUT_BYTES_MAX >> 20} MiB came, and no end`);
  if (said.isLate) throw new Error(`it took longer than ${deadlineMs / 1000} s`);
  throw new Error(said.stderr.trim().split('\n').at(-1) || `it ended with status ${said.status}`);
}
