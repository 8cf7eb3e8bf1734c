/** The part of the choice that is made here: `--rank`, and `--daemon`. */
import { rankNodes } from '../core/rank-expression.ts';
import { formatRanking } from '../core/ranking-text.ts';
import type { NodeView } from '../core/wire/control.ts';
import type { Result } from '../core/result.ts';
import { connectDaemon } from '../node/control-client.ts';
import { askDaemon, BEST_PORT, STATUS_PORT } from './ask-daemon.ts';
import type { ChoiceOptions, DaemonAddress } from './options.ts';
import { say } from './say.ts';

export interface NodeOrder {
  /** Best first. Empty: the local daemon chooses. */
  readonly nodes: readonly string[];
  /** They are destinations for a remote shell, of which the local daemon may know nothing. */
  readonly unmanaged: boolean;
}

/** With verbosity 2, what another host's daemon said is shown. */
export async function orderNodes(
  choice: ChoiceOptions,
  verbosity: number,
): Promise<Result<NodeOrder>> {
  if (choice.daemon) return followDaemon(choice, choice.daemon, verbosity);
  const views = await listLocalNodes();
  // Without a daemon there is nothing to rank: what happens then is not decided here.
  if (!views) return { ok: true, value: { nodes: [], unmanaged: false } };
  const ranked = rankEligible(views, choice);
  if (!ranked.ok) return ranked;
  return { ok: true, value: { nodes: ranked.value.map(({ name }) => name), unmanaged: false } };
}

/** Best first and at least one; a node is left out that the options exclude or that is too small. */
export function rankEligible(
  views: readonly NodeView[],
  choice: ChoiceOptions,
): Result<readonly NodeView[]> {
  const unknown = choice.only.find((name) => !views.some((view) => view.name === name));
  if (unknown !== undefined) return { ok: false, reason: `no node is called ${unknown}` };
  const eligible = views.filter((view) => isEligible(view, choice));
  const ranked = rankNodes(eligible, choice.rank ?? ((view) => view.cost!), Math.random);
  if (ranked.length > 0) return { ok: true, value: ranked };
  return { ok: false, reason: `none of ${views.length} nodes can take the command` };
}

function isEligible(view: NodeView, choice: ChoiceOptions): boolean {
  return (
    (choice.only.length === 0 || choice.only.includes(view.name)) &&
    !choice.exclude.includes(view.name) &&
    view.cpus >= choice.cpus &&
    view.freeBytes >= choice.memoryBytes
  );
}

async function listLocalNodes(): Promise<readonly NodeView[] | undefined> {
  const daemon = await connectDaemon();
  if (!daemon) return undefined;
  try {
    return await daemon.nodes();
  } finally {
    daemon.close();
  }
}

async function followDaemon(
  choice: ChoiceOptions,
  { host, port }: DaemonAddress,
  verbosity: number,
): Promise<Result<NodeOrder>> {
  const isPlain =
    !choice.rank &&
    choice.only.length === 0 &&
    choice.exclude.length === 0 &&
    choice.cpus === 1 &&
    choice.memoryBytes === 0 &&
    verbosity < 2;
  const views = await askDaemon(host, port ?? (isPlain ? BEST_PORT : STATUS_PORT));
  if (!views.ok) return views;
  if (verbosity === 2) formatRanking(views.value).forEach(say);
  const ranked = rankEligible(views.value, choice);
  if (!ranked.ok) return { ok: false, reason: `dshd at ${host}: ${ranked.reason}` };
  const nodes = ranked.value.map(({ destination }) => destination);
  return { ok: true, value: { nodes, unmanaged: true } };
}
