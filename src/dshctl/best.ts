/** `dshctl best`: the best node, as `dsh --best` has it, with all that is known of it. */
import type { OptionValues } from '../core/option-table.ts';
import { parseSize } from '../core/quantity.ts';
import type { Wishes } from '../core/wire/control.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';

const options = [
  { name: 'host', short: 'H', value: 'NODE[,NODE...]', repeatable: true, help: 'only these' },
  { name: 'exclude', short: 'x', value: 'NODE[,NODE...]', repeatable: true, help: 'not these' },
  { name: 'cpus', value: 'N', help: 'CPUs that the command will keep busy (1)' },
  { name: 'mem', value: 'SIZE', help: 'memory that it will need: 512M, 2G' },
  jsonOption,
] as const;

export const command = createCommand({
  options,
  wordsMin: 0,
  wordsMax: 0,
  notes: 'It counts as one job busier for three seconds: whoever asks is about to use it.',
  async run({ values }) {
    const wishes = readWishes(values);
    const reply = await withDaemon((daemon) => daemon.best(wishes));
    if (reply.op === 'refused') throw new Error(reply.reason);
    if (values.json) printJson(reply.node);
    else print(`${reply.node.destination}\n`);
    return exitStatuses.done;
  },
});

function readWishes({
  host,
  exclude,
  cpus = '1',
  mem = '0',
}: OptionValues<typeof options>): Wishes {
  const memoryBytes = parseSize(mem);
  if (memoryBytes === undefined) {
    throw failure(`--mem ${mem}: expected a size such as 512M or 2G`, exitStatuses.misuse);
  }
  if (!/^[1-9][0-9]{0,3}$/.test(cpus)) {
    throw failure(`--cpus ${cpus}: expected a whole number, at least 1`, exitStatuses.misuse);
  }
  return {
    only: readNodes('-H', host),
    exclude: readNodes('-x', exclude),
    order: [],
    cpus: Number(cpus),
    memoryBytes,
  };
}

/** An empty name is an unset variable of a script, and must not mean "anywhere". */
function readNodes(option: string, lists: readonly string[]): readonly string[] {
  const names = lists.flatMap((list) => list.split(','));
  if (!names.includes('')) return names;
  throw failure(`${option} '${lists.join(' ')}': expected names of nodes`, exitStatuses.misuse);
}
