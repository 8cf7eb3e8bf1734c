/** `dshctl hosts`: the nodes that can be used now, for GNU parallel, distcc, pdsh, Ansible and ssh. */
import { createCommand, exitStatuses, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { hostFormats } from './host-formats.ts';
import { jsonOption } from './json-option.ts';
import { compareNames } from './node-table.ts';
import { print, printJson } from './output.ts';

const names = hostFormats.map(({ name }) => name).join(', ');

export const command = createCommand({
  options: [
    { name: 'format', value: 'FORMAT', help: 'one of those below (plain)' },
    { name: 'all', help: 'also those that cannot be used now' },
    { name: 'remote', help: 'without this node' },
    jsonOption,
  ],
  wordsMin: 0,
  wordsMax: 0,
  notes: hostFormats.map(({ name, help }) => `  ${name.padEnd(12)}${help}`).join('\n'),
  async run({ values }) {
    const { format = 'plain', all, remote, json } = values;
    const found = hostFormats.find(({ name }) => name === format);
    if (!found) {
      throw failure(`--format ${format}: expected one of ${names}`, exitStatuses.misuse);
    }
    const known = await withDaemon((daemon) => daemon.nodes());
    const nodes = known
      .filter(({ state, self }) => (all || state === 'ok' || state === 'hot') && !(remote && self))
      .toSorted(compareNames);
    if (nodes.length === 0) throw new Error('no node can be used now; see dshctl status');
    if (json)
      printJson({
        hosts: nodes.map(({ name, destination, cpus, self }) => ({
          name,
          destination,
          cpus,
          self,
        })),
      });
    else print(found.write(nodes));
    return exitStatuses.done;
  },
});
