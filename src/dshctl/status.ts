/** `dshctl status`: every node of the cluster, in the order of their names. */
import { formatRanking } from '../core/ranking-text.ts';
import { createCommand, exitStatuses } from './command.ts';
import { withDaemon } from './daemon.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';

export const command = createCommand({
  options: [jsonOption],
  wordsMin: 0,
  wordsMax: 0,
  notes: '',
  async run({ values }) {
    const nodes = await withDaemon((daemon) => daemon.nodes());
    if (values.json) printJson({ nodes });
    else print(formatRanking(nodes).join('\n') + '\n');
    return exitStatuses.done;
  },
});
