/** The cluster file with more nodes: what is there stays, weights and comments as well. */
import type { ClusterNode } from '../../core/cluster.ts';
import { parseClusterFile } from '../../core/cluster-file.ts';

export interface NewNode {
  readonly name: string;
  readonly address: string | undefined;
  /** What ssh calls it. */
  readonly destination: string;
}

/** Throws an Error of one line for a text, or a name, that no cluster file can have. */
export function addNodes(text: string, nodes: readonly NewNode[]): string {
  const known = new Set(nodesOf(text).map(({ name }) => name));
  const lines = nodes.filter(({ name }) => !known.has(name)).map(describe);
  if (lines.length === 0) return text;
  const before = text === '' ? HEADING : text.replace(/\n*$/, '\n');
  const all = `${before}${lines.join('')}`;
  nodesOf(all);
  return all;
}

const HEADING = '# The nodes of the cluster; dsh-cluster(5) says what a line may hold.\n';

/** Throws an Error of one line. */
export function nodesOf(text: string): readonly ClusterNode[] {
  const parsed = parseClusterFile(text);
  if (parsed.ok) return parsed.nodes;
  throw new Error(`cluster file, line ${parsed.error.line}: ${parsed.error.message}`);
}

function describe({ name, address, destination }: NewNode): string {
  const words = [
    name,
    ...(address === undefined ? [] : [`address=${address}`]),
    ...(destination === name ? [] : [`ssh=${destination}`]),
  ];
  return `${words.join(' ')}\n`;
}
