/** `dsh --best`: the destination of the best node, for `ssh $(dsh --best)`. Nothing is run. */
import { hostname } from 'node:os';
import type { Result } from '../core/result.ts';
import { connectDaemon, type DaemonLink } from '../node/control-client.ts';
import type { ChoiceOptions } from './options.ts';
import { orderNodes, rankEligible } from './rank.ts';
import { say } from './say.ts';

export async function findBest(choice: ChoiceOptions): Promise<Result<string>> {
  if (choice.daemon) {
    const order = await orderNodes(choice, 0);
    return order.ok ? { ok: true, value: order.value.nodes[0]! } : order;
  }
  const daemon = await connectDaemon();
  if (!daemon) return answerAlone(choice);
  try {
    return await askLocal(daemon, choice);
  } finally {
    daemon.close();
  }
}

async function askLocal(daemon: DaemonLink, choice: ChoiceOptions): Promise<Result<string>> {
  if (choice.rank) {
    const ranked = rankEligible(await daemon.nodes(), choice);
    return ranked.ok ? { ok: true, value: ranked.value[0]!.destination } : ranked;
  }
  const { only, exclude, cpus, memoryBytes } = choice;
  const reply = await daemon.best({ only, exclude, order: [], cpus, memoryBytes });
  if (reply.op === 'best') return { ok: true, value: reply.node.destination };
  return { ok: false, reason: reply.reason };
}

function answerAlone(choice: ChoiceOptions): Result<string> {
  const self = hostname();
  if (choice.requireCluster) return { ok: false, reason: 'no dshd answers on this machine' };
  const isAllowed =
    (choice.only.length === 0 || choice.only.includes(self)) && !choice.exclude.includes(self);
  if (isAllowed) {
    say(`no dshd answers on this machine; ${self} is all that is known`);
    return { ok: true, value: self };
  }
  return { ok: false, reason: `no dshd answers, and ${self} is not to be taken` };
}
