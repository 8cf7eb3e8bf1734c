/** Cluster files that do not say the same. */
import { addressesOf, type ClusterNode } from '../../../core/cluster.ts';
import { parseClusterFile } from '../../../core/cluster-file.ts';
import { type Check, differences, lookedAt, type LookedAt } from '../evidence.ts';

export const clusterFile: Check = {
  name: 'cluster-file',
  title: 'all nodes have the same cluster file',
  examine(evidence) {
    const nodes = lookedAt(evidence);
    return [...findBad(nodes), ...findDifferent(nodes)];
  },
};

function findBad(nodes: readonly LookedAt[]): ReturnType<Check['examine']> {
  return nodes.flatMap(({ name, facts: { clusterFile: file, daemon } }) => {
    if (file.text === undefined) {
      // Where the file would be is known from the daemon alone.
      if (!daemon.about) return [];
      const what = `its cluster file ${file.path} is not there, or you may not read it`;
      return [{ node: name, what, cure: 'copy it from another node; everybody may read it' }];
    }
    const parsed = parseClusterFile(file.text);
    if (parsed.ok) return [];
    const what = `${file.path}, line ${parsed.error.line}: ${parsed.error.message}`;
    return [{ node: name, what, cure: 'correct that line, then systemctl reload dshd' }];
  });
}

function findDifferent(nodes: readonly LookedAt[]): ReturnType<Check['examine']> {
  return differences(nodes, ({ facts }) => meaningOf(facts.clusterFile.text)).map(
    ({ node, value, usual, usualNode }) => ({
      node: node.name,
      what: `its ${node.facts.clusterFile.path} is not that of ${usualNode}: ${compare(value, usual)}`,
      cure: `copy the file of ${usualNode} there, then systemctl reload dshd`,
    }),
  );
}

/** Its nodes, a line each, whatever their order, comments and blanks; undefined for no such file. */
function meaningOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const parsed = parseClusterFile(text);
  return parsed.ok ? parsed.nodes.map(describe).toSorted().join('\n') : undefined;
}

function describe(node: ClusterNode): string {
  const { name, loadWeight, memoryWeight, destination, cpus, speed, tags } = node;
  const attributes = [addressesOf(node).join(), destination, cpus, speed, tags.join()];
  return [name, loadWeight, memoryWeight, ...attributes].join(' ');
}

function compare(text: string, usual: string): string {
  const names = (lines: string): string[] => lines.split('\n').map((line) => line.split(' ')[0]!);
  const missing = names(usual).filter((name) => !names(text).includes(name));
  const extra = names(text).filter((name) => !names(usual).includes(name));
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
  if (extra.length > 0) return `it has ${extra.join(', ')} besides`;
  const changed = text.split('\n').filter((line) => !usual.split('\n').includes(line));
  return `it says something else of ${names(changed.join('\n')).join(', ')}`;
}
