/** Which nodes there are to look at: those that the daemon knows, else those of a cluster file. */
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { parseClusterFile } from '../../core/cluster-file.ts';
import { connectDaemon } from '../../node/control-client.ts';
import { exitStatuses, failure } from '../command.ts';
import type { Patient } from './ask-node.ts';

/** `names` not empty: these alone. Throws an Error of one line. */
export async function findPatients(
  names: readonly string[],
  file: string | undefined,
): Promise<readonly Patient[]> {
  const all = file === undefined ? ((await askDaemon()) ?? readDefaultFile()) : readFile(file);
  if (all.length === 0) {
    const cure = 'start dshd, or name a cluster file by --file; dshctl setup makes both';
    throw failure(
      `no dshd answers here and there is no cluster file: ${cure}`,
      exitStatuses.failed,
    );
  }
  const stranger = names.find((name) => !all.some((node) => node.name === name));
  if (stranger !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw failure(`'${stranger}' is no node of the cluster: ${known}`, exitStatuses.misuse);
  }
  return names.length === 0
    ? all
    : all.filter(({ name, isHere }) => isHere || names.includes(name));
}

/** A daemon that is there and mute is a finding, not a failure. */
async function askDaemon(): Promise<readonly Patient[] | undefined> {
  const daemon = await connectDaemon();
  try {
    const nodes = await daemon?.nodes();
    return nodes
      ?.map(({ name, destination, self }) => ({ name, destination, isHere: self }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  } finally {
    daemon?.close();
  }
}

function readDefaultFile(): readonly Patient[] {
  for (const path of ['/etc/dsh/cluster', `${homedir()}/.config/dsh/cluster`]) {
    try {
      return readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return [];
}

function readFile(path: string): readonly Patient[] {
  const parsed = parseClusterFile(readFileSync(path, 'utf8'));
  if (!parsed.ok) {
    const { line, message } = parsed.error;
    throw failure(`${path}, line ${line}: ${message}`, exitStatuses.failed);
  }
  const short = (name: string): string => name.split('.')[0]!;
  return parsed.nodes.map(({ name, destination }) => ({
    name,
    destination,
    isHere: name === hostname() || short(name) === short(hostname()),
  }));
}
