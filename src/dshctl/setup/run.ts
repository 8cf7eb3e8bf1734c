/**
 * The whole set-up on a page: all hosts are looked at, then those that can be get the package, then
 * these get the same cluster file and key, and start their daemons. A host that fails is left behind
 * and reported; it is not in the cluster file unless it was before.
 */
import type { Patient } from '../doctor/ask-node.ts';
import { addNodes, type NewNode } from './cluster-text.ts';
import { type Case, look } from './look.ts';
import type { HostPlace } from './host.ts';
import { buildPackage, links, type Package } from './package.ts';

export interface SetUp extends HostPlace {
  /** The first is this host. */
  readonly patients: readonly Patient[];
  readonly version: string;
  /** The text of this host's cluster file; empty: there is none. */
  readonly cluster: string;
  readonly key: string;
  readonly isDryRun: boolean;
  onProgress(line: string): void;
}

export interface Outcome {
  readonly results: readonly Result[];
  /** The text of the cluster file that the hosts have, or would have. */
  readonly cluster: string;
}

/** What became of a host, in a line. */
export interface Result {
  readonly name: string;
  readonly isDone: boolean;
  readonly text: string;
}

/** Throws an Error of one line if the cluster file cannot be: then no host was changed but for its programs. */
export async function setUp(given: SetUp): Promise<Outcome> {
  const parcel = buildPackage(given.root);
  const failed: Result[] = [];

  /** The results of those that went well. */
  async function forAll<In extends { readonly name: string }, Out>(
    what: string,
    list: readonly In[],
    work: (each: In) => Promise<Out>,
  ): Promise<readonly Out[]> {
    let done = 0;
    const tell = (): void => given.onProgress(`${what}: ${done} of ${list.length} hosts`);
    tell();
    const results = await Promise.all(
      list.map(async (each) => {
        try {
          return [await work(each)];
        } catch (error) {
          failed.push({ name: each.name, isDone: false, text: (error as Error).message });
          return [];
        } finally {
          done += 1;
          tell();
        }
      }),
    );
    return results.flat();
  }

  const looked = await forAll('looking', given.patients, (each) => look(each, given, parcel));
  const ready = await forAll('installing', looked, (each) => install(each, given, parcel));
  if (ready.every(({ host }) => host.isHere)) {
    const here = ready.map(({ name }) => ({
      name,
      isDone: true,
      text: 'left as it is: no other host',
    }));
    return { cluster: given.cluster, results: [...here, ...failed] };
  }
  const cluster = addNodes(given.cluster, newNodes(ready));
  const started = await forAll('starting', ready, (each) => start(each, given, cluster));
  return { cluster, results: [...started, ...failed] };
}

async function install(found: Case, { isDryRun }: SetUp, parcel: Package): Promise<Case> {
  const { host, lib, bin, isNew, hasOwnPrograms } = found;
  if (isDryRun || !isNew || hasOwnPrograms) return found;
  const { digest } = parcel;
  // Of hosts that share the directory each unpacks for itself.
  const part = `${lib}-${digest}.part-${encodeURIComponent(host.name)}`;
  const unpack = `rm -rf ${part} && mkdir -p ${part} && tar -xzf - -C ${part}`;
  const putInPlace = `rm -rf ${lib}-${digest} && mv -T ${part} ${lib}-${digest}`;
  await host.run(`umask 022; ${unpack} && ${putInPlace}`, parcel.bytes);
  await host.runScript('install', { lib, bin, digest, links: links.join(' ') });
  return found;
}

/** Their addresses are those by which ssh has reached them, and ours that from which it came. */
function newNodes(cases: readonly Case[]): readonly NewNode[] {
  const ends = cases.map(({ connection }) => connection.split(' '));
  const ours = ends.find((words) => words.length === 4)?.[0];
  return cases.map(({ host: { name, destination, isHere } }, index) => ({
    name,
    destination,
    address: isHere ? ours : ends[index]![2],
  }));
}

async function start(found: Case, { isDryRun, key }: SetUp, cluster: string): Promise<Result> {
  const { host, lib, bin, conf, isNew, hasOwnPrograms } = found;
  const isInstalled = isNew && !hasOwnPrograms;
  if (isDryRun) {
    const first = isInstalled ? `would install dsh in ${bin}, ` : '';
    const text = `${first}would write ${conf}/cluster and key where they differ, and see that dshd runs`;
    return { name: host.name, isDone: true, text };
  }
  const variables = {
    name: host.name,
    lib,
    bin,
    conf,
    cluster: cluster.trimEnd(),
    key: key.trimEnd(),
  };
  const said = await host.runScript('start', { ...variables, is_new: isNew ? 'yes' : '' });
  const done = /^dsh-done: (.*)$/m.exec(said)?.[1] ?? 'done';
  const how = hasOwnPrograms ? 'has dsh in' : isInstalled ? 'installed dsh in' : 'dsh in';
  return { name: host.name, isDone: true, text: `${how} ${bin}; ${done}` };
}
