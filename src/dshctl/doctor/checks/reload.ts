/** A cluster file that was changed, and a daemon that was not told. */
import { parseClusterFile } from '../../../core/cluster-file.ts';
import { type Check, lookedAt } from '../evidence.ts';

export const reload: Check = {
  name: 'reload',
  title: 'each dshd knows what its cluster file says',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts: { clusterFile: file, daemon } }) => {
      const parsed = parseClusterFile(file.text ?? '');
      if (file.text === undefined || !parsed.ok || !daemon.nodes || !daemon.about) return [];
      const known = new Set(daemon.nodes.map((node) => node.name));
      const named = new Set([...parsed.nodes.map((node) => node.name), daemon.about.node]);
      const news = [...named].filter((node) => !known.has(node));
      const gone = [...known].filter((node) => !named.has(node));
      if (news.length + gone.length === 0) return [];
      const what = `${file.path} was changed since dshd has read it: ${[
        ...news.map((node) => `+${node}`),
        ...gone.map((node) => `-${node}`),
      ].join(' ')}`;
      return [{ node: name, what, cure: 'systemctl reload dshd, or a SIGHUP to it' }];
    }),
};
