/** `dshctl status`: every node of the cluster. */
import { exitStatuses, createCommand, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { jsonOption } from './json-option.ts';
import { findNodeOrder, nodeOrderNames } from './node-order.ts';
import { formatNodes, summarize } from './node-table.ts';
import { print, printJson } from './output.ts';
import { describeScreen } from './screen.ts';

export const command = createCommand({
  options: [
    { name: 'sort', value: 'FIELD', help: `${nodeOrderNames.join(', ')} (name)` },
    jsonOption,
  ],
  wordsMin: 0,
  wordsMax: 0,
  notes: `A * marks this node. Load is that of the last second, jobs on their way
included. Age is that of the figures, skew how far the node's clock is from
this one's.`,
  async run({ values }) {
    const order = findNodeOrder(values.sort ?? 'name');
    if (!order) {
      const expected = nodeOrderNames.join(', ');
      throw failure(`--sort ${values.sort}: expected one of ${expected}`, exitStatuses.misuse);
    }
    const nodes = (await withDaemon((daemon) => daemon.nodes())).toSorted(order);
    if (values.json) printJson({ nodes });
    else {
      const screen = describeScreen(process.env, process.stdout);
      const last = screen.paint('dim', summarize(nodes));
      print([...formatNodes(nodes, screen), last, ''].join('\n'));
    }
    return exitStatuses.done;
  },
});
