/** The cluster as this daemon sees it: the nodes of the file, and which of them it is itself. */
import { hostname, networkInterfaces } from 'node:os';
import { addressesOf, type Cluster, type ClusterNode, plainNode } from '../core/cluster.ts';
import { parseClusterFile } from '../core/cluster-file.ts';
import { describeError } from './setup-error.ts';
import { readTextFile } from './text-file.ts';

export const DEFAULT_CLUSTER_FILE = '/etc/dsh/cluster';

export interface ClusterSource {
  /** Undefined: the default file, and none is a cluster of this node alone. */
  readonly clusterFile: string | undefined;
  readonly name: string | undefined;
  readonly listen: string | undefined;
}

/** Reads the file again and again (SIGHUP). Throws an Error of one line. */
export function readCluster(source: ClusterSource): Cluster {
  const nodes = readNodes(source.clusterFile);
  const self = findSelf(nodes, source) ?? plainNode(source.name ?? hostname());
  checkAddress(self, source.listen);
  return { self, peers: nodes.filter(({ id }) => id !== self.id) };
}

function readNodes(clusterFile: string | undefined): readonly ClusterNode[] {
  const path = clusterFile ?? DEFAULT_CLUSTER_FILE;
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && clusterFile === undefined) return [];
    throw new Error(`cannot read cluster file ${path}: ${describeError(error)}`, { cause: error });
  }
  const parsed = parseClusterFile(text);
  if (parsed.ok) return parsed.nodes;
  throw new Error(`${path}, line ${parsed.error.line}: ${parsed.error.message}`);
}

/**
 * By --name, else by host name, in full or up to the first dot, else by address. A daemon that the
 * file does not name still hears and tells the others: it is a neighbour with its own view.
 */
function findSelf(
  nodes: readonly ClusterNode[],
  { name, listen }: ClusterSource,
): ClusterNode | undefined {
  if (name !== undefined) {
    const named = nodes.find((node) => node.name === name);
    if (named || nodes.length === 0) return named;
    const known = nodes.map((node) => node.name).slice(0, 8);
    const more = nodes.length > known.length ? ', ...' : '';
    throw new Error(
      `--name '${name}': expected a node of the cluster file: ${known.join(', ')}${more}`,
    );
  }
  const host = hostname();
  const short = (text: string): string => text.split('.')[0]!;
  const own = new Set(listen === undefined ? ownAddresses() : [listen]);
  return (
    nodes.find((node) => node.name === host) ??
    nodes.find((node) => [node.name, ...addressesOf(node)].some((each) => own.has(each))) ??
    nodes.find((node) => short(node.name) === short(host))
  );
}

/** Peers take packets of a node only from the address that the file gives it. */
function checkAddress(node: ClusterNode, listen: string | undefined): void {
  const addresses = addressesOf(node);
  if (addresses.length === 0 || listen === undefined || addresses.includes(listen)) return;
  const given = addresses.join(', ');
  throw new Error(
    `--listen ${listen}: the cluster file gives ${node.name} the address ${given}: make them the same`,
  );
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
}
