/**
 * Three loopback hosts in which a test plants faults for `dshctl doctor`: each has files of its own,
 * its dshd is started as a user would, and its logins go through a script that may be anything.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { CommandResult } from '../../lab/command.ts';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { waitUntil } from '../../lab/wait.ts';
import type { NodeViewState } from '../../src/core/wire/control.ts';
import { connectDaemon } from '../../src/node/control-client.ts';

export interface Clinic {
  readonly lab: Lab;
  /** A host's own files: `cluster`, `key` and, a line an option, `dshd.conf`. */
  file(host: string, name: 'cluster' | 'key' | 'dshd.conf'): string;
  /** All logins at a host run this text of shell, which runs $SSH_ORIGINAL_COMMAND if it likes. */
  setGate(host: string, text: string | undefined): void;
  startDaemon(host: string): Promise<void>;
  stopDaemon(host: string, signal?: NodeJS.Signals): Promise<void>;
  /** Returns when the daemon of `host` takes `other` for that. */
  waitFor(host: string, other: string, states: readonly NodeViewState[]): Promise<void>;
  /** Every daemon as it was, and known to all. */
  heal(): Promise<void>;
  /** From h1, in a directory that all hosts share. */
  callDoctor(words?: readonly string[]): Promise<CommandResult>;
  findings(): Promise<readonly Finding[]>;
}

export interface Finding {
  readonly check: string;
  readonly node: string;
  readonly what: string;
  readonly cure: string;
}

/** What `findings` is to hold. */
export function finding(check: string, node: string, what: RegExp, cure: RegExp): Finding {
  const expected = { what: expect.stringMatching(what), cure: expect.stringMatching(cure) };
  return { check, node, ...expected };
}

const names = ['h1', 'h2', 'h3'];

export async function openClinic(directory: string): Promise<Clinic> {
  const gate = `${directory}/gate`;
  // The variable leads to the host's own folder.
  const own = '"${DSH_SOCKET%/*}/gate"';
  writeFileSync(gate, `[ ! -e ${own} ] || . ${own}\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n`);
  const lab = await startLoopbackLab({
    hosts: names.length,
    daemons: false,
    sshdOptions: [`ForceCommand exec sh ${gate}`],
  });
  // Other users' logins come through here as well.
  chmodSync(lab.directory, 0o711);
  const shared = `${directory}/shared`;
  mkdirSync(shared);
  const folder = (host: string): string => lab.host(host).directory;

  const clinic: Clinic = {
    lab,
    file: (host, name) => `${folder(host)}/${name}`,
    setGate(host, text) {
      if (text === undefined) rmSync(`${folder(host)}/gate`, { force: true });
      else writeFileSync(`${folder(host)}/gate`, text);
    },
    async startDaemon(host) {
      const words = ['dshd', '-b', '--config', clinic.file(host, 'dshd.conf')];
      const { status, stderr } = await lab.runFrom(host, words);
      if (status !== 0) throw new Error(`dshd of ${host}: ${stderr}`);
    },
    async stopDaemon(host, signal = 'SIGTERM') {
      process.kill(Number(readFileSync(`${folder(host)}/pid`, 'utf8')), signal);
      if (signal === 'SIGTERM')
        await waitUntil(`dshd of ${host} to end`, () => isGone(folder(host)));
    },
    waitFor: (host, other, states) =>
      waitUntil(`${host} to see ${other} ${states.join(' or ')}`, async () => {
        const state = await stateOf(lab.host(host).socket, other);
        return state !== undefined && states.includes(state);
      }),
    async heal() {
      for (const host of names) {
        writeFiles(lab, host);
        clinic.setGate(host, undefined);
      }
      for (const host of names) {
        if (!(await isGone(folder(host)))) await clinic.stopDaemon(host);
        await clinic.startDaemon(host);
      }
      for (const host of names)
        for (const other of names) await clinic.waitFor(host, other, ['ok', 'hot']);
    },
    callDoctor: (words = []) =>
      lab.runFrom('h1', ['dshctl', 'doctor', ...words], { directory: shared }),
    async findings() {
      const { stdout, stderr } = await clinic.callDoctor(['--json']);
      if (stdout === '') throw new Error(`doctor: ${stderr}`);
      return (JSON.parse(stdout) as { findings: Finding[] }).findings;
    },
  };
  await clinic.heal();
  return clinic;
}

function writeFiles(lab: Lab, host: string): void {
  const { directory, address, socket } = lab.host(host);
  copyFileSync(`${lab.directory}/cluster`, `${directory}/cluster`);
  rmSync(`${directory}/key`, { force: true });
  copyFileSync(`${lab.directory}/cluster.key`, `${directory}/key`);
  const settings = { file: `${directory}/cluster`, key: `${directory}/key`, name: host, socket };
  const more = { listen: address, 'pid-file': `${directory}/pid`, log: `${directory}/dshd.log` };
  const lines = Object.entries({ ...settings, ...more }).map(
    ([name, value]) => `${name} = ${value}\n`,
  );
  writeFileSync(`${directory}/dshd.conf`, lines.join(''));
}

async function isGone(folder: string): Promise<boolean> {
  try {
    const pid = Number(readFileSync(`${folder}/pid`, 'utf8'));
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
  } catch {
    return true;
  }
}

async function stateOf(socket: string, node: string): Promise<NodeViewState | undefined> {
  const daemon = await connectDaemon([socket]);
  const nodes = await daemon?.nodes();
  daemon?.close();
  return nodes?.find(({ name }) => name === node)?.state;
}
