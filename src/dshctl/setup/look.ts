/** What is found on a host before anything is done there, and where things go. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { askNode, type Patient } from '../doctor/ask-node.ts';
import { firstFinding } from '../doctor/examine.ts';
import type { NodeFacts } from '../doctor/facts.ts';
import { createHost, type Host, type HostPlace } from './host.ts';
import type { Package } from './package.ts';

export interface Case {
  readonly name: string;
  readonly host: Host;
  /** $SSH_CONNECTION there. */
  readonly connection: string;
  /** The programs, the links to them, and the directory of cluster file and key. */
  readonly lib: string;
  readonly bin: string;
  readonly conf: string;
  /** It has other programs than these, or its daemon runs others. */
  readonly isNew: boolean;
  /** This host runs what was installed here by other means. */
  readonly hasOwnPrograms: boolean;
}

/** Rejects with one line: what is wrong and its cure. */
export async function look(
  patient: Patient,
  place: HostPlace & { readonly version: string },
  parcel: Package,
): Promise<Case> {
  const { version, root } = place;
  const question = { ...place, directory: undefined, token: parcel.digest };
  const answer = await askNode(patient, question);
  const reach = answer.kind === 'looked-at' ? { ...answer, isWritingSeen: true } : answer;
  const finding = firstFinding({ ...patient, reach }, version);
  if (reach.kind !== 'looked-at' || finding?.check === 'node-version') {
    throw new Error(`${finding?.what}; ${finding?.cure}`);
  }
  const { facts } = reach;
  const { connection } = facts;
  const places = placesOf(facts);
  const host = createHost(patient, place);
  const bin = patient.isHere ? findOwnPrograms(root) : undefined;
  const common = { name: patient.name, host, connection, conf: places.conf };
  if (bin !== undefined) {
    const isNew = facts.daemon.about?.version !== version;
    return { ...common, lib: root, bin, isNew, hasOwnPrograms: true };
  }
  return { ...common, ...places, isNew: facts.installed !== parcel.digest, hasOwnPrograms: false };
}

/** Of root for all users, else of the user alone. */
function placesOf({ uid, home }: NodeFacts): Pick<Case, 'lib' | 'bin' | 'conf'> {
  if (uid === 0) return { lib: '/usr/local/lib/dsh', bin: '/usr/local/bin', conf: '/etc/dsh' };
  return { lib: `${home}/.local/lib/dsh`, bin: `${home}/.local/bin`, conf: `${home}/.config/dsh` };
}

/** The directory of PATH from which this very installation is called; undefined: none. */
function findOwnPrograms(root: string): string | undefined {
  const places = (process.env['PATH'] ?? '').split(':').filter((place) => place !== '');
  return places.find((place) => {
    const program = `${place}/dshd`;
    return existsSync(program) && dirname(dirname(realpathSync(program))) === root;
  });
}
