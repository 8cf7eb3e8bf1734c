/** The whole examination: all nodes are asked at once, then the checks look at what came of it. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { forEachAtOnce } from '../at-once.ts';
import { exitStatuses, failure } from '../command.ts';
import { askNode, type Asked, type Patient } from './ask-node.ts';
import { findUnanswering } from './ask-packets.ts';
import { checks } from './checks/index.ts';
import type { Evidence, Finding, NodeEvidence } from './evidence.ts';

export interface Examination {
  readonly patients: readonly Patient[];
  readonly shell: readonly string[];
  /** For each node. */
  readonly deadlineMs: number;
  /** Where files are to be the same on all nodes; undefined: that is not looked at. */
  readonly directory: string | undefined;
  readonly version: string;
  onProgress(done: number, all: number): void;
}

/** Until what a node has written is to be seen here. */
const WRITING_MS = 5000;
const LOOK_AGAIN_MS = 50;

/** Throws an Error of one line where the directory cannot be used. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  const token = randomBytes(8).toString('hex');
  const place = makePlace(examination.directory, token);
  try {
    const [asked, unanswering] = await Promise.all([
      askAll(examination, place, token),
      findUnanswering(examination.patients),
    ]);
    const nodes = await lookForWritings(examination.patients, asked, place);
    const { version, directory = '' } = examination;
    return findAll({ version, directory, unanswering, nodes });
  } finally {
    if (place !== undefined) rmSync(place, { recursive: true, force: true });
  }
}

/** The first thing that is wrong with a node that was asked for nothing else. */
export function firstFinding(node: NodeEvidence, version: string): Finding | undefined {
  return findAll({ version, directory: '', unanswering: new Set(), nodes: [node] })[0];
}

function findAll(evidence: Evidence): readonly Finding[] {
  return checks.flatMap((check) =>
    check.examine(evidence).map((finding) => ({ check: check.name, ...finding })),
  );
}

function makePlace(directory: string | undefined, token: string): string | undefined {
  if (directory === undefined) return undefined;
  const place = `${directory}/.dsh-doctor-${token}`;
  try {
    mkdirSync(place, { mode: 0o700 });
    writeFileSync(`${place}/token`, token);
    return place;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    const cure = 'go to one that the nodes share, or name it by --directory';
    throw failure(`cannot write in ${directory} (${reason}): ${cure}`, exitStatuses.misuse);
  }
}

async function askAll(
  { patients, shell, deadlineMs, onProgress }: Examination,
  directory: string | undefined,
  token: string,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  let done = 0;
  onProgress(0, patients.length);
  await forEachAtOnce(patients, async (patient, index) => {
    asked[index] = await askNode(patient, { shell, deadlineMs, directory, token });
    done += 1;
    onProgress(done, patients.length);
  });
  return asked;
}

async function lookForWritings(
  patients: readonly Patient[],
  asked: readonly Asked[],
  place: string | undefined,
): Promise<readonly NodeEvidence[]> {
  const written = patients
    .map(({ name }) => encodeURIComponent(name))
    .filter((_, index) => hasWritten(asked[index]!));
  const end = performance.now() + WRITING_MS;
  let seen = readNames(place);
  while (!written.every((name) => seen.has(name)) && performance.now() < end) {
    await delay(LOOK_AGAIN_MS);
    seen = readNames(place);
  }
  return patients.map((patient, index) => {
    const isWritingSeen = place === undefined || seen.has(encodeURIComponent(patient.name));
    const answer = asked[index]!;
    const reach = answer.kind === 'looked-at' ? { ...answer, isWritingSeen } : answer;
    return { ...patient, reach };
  });
}

function hasWritten(asked: Asked): boolean {
  return asked.kind === 'looked-at' && asked.facts.directory.written === null;
}

function readNames(place: string | undefined): ReadonlySet<string> {
  return new Set(place === undefined ? [] : readdirSync(place));
}
