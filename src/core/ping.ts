/**
 * A question to a node that is no job: does its answer come, and how soon? People ask it, and the
 * doctor. It is sent whatever is thought of the node, and no conclusion is drawn for placement.
 */
import type { Context } from './daemon-state.ts';
import { sendPacket } from './send.ts';
import type { ControlReply, ControlRequest } from './wire/control.ts';

export interface Ping {
  readonly client: number;
  readonly id: number;
  /** Its node id: slots change with the cluster file. */
  readonly node: number;
  readonly sentMs: number;
}

/** Long after a choice has gone on without it, so that a slow node is told from a deaf one. */
export const PING_MS = 1000;

export function beginPing(
  context: Context,
  client: number,
  { id, node: name }: Extract<ControlRequest, { op: 'ping' }>,
): void {
  const { state, nowMs, random, effects } = context;
  const slot = state.roster.slotOfName.get(name);
  if (slot === undefined || slot === state.selfSlot) {
    const reason = slot === undefined ? 'no node of the cluster has that name' : 'it is this node';
    const reply: ControlReply = { op: 'refused', id, reason: `${name}: ${reason}`, ranking: [] };
    effects.push({ type: 'reply', client, reply });
    return;
  }
  const nonce = Math.floor(random() * 2 ** 32);
  const node = state.roster.nodes[slot]!.id;
  state.pings.set(nonce, { client, id, node, sentMs: nowMs });
  sendPacket(context, node, { type: 'probe', nonce });
}

/** Whether a REPLY was to a ping. */
export function takePong(context: Context, sender: number, nonce: number): boolean {
  const { state, nowMs } = context;
  const ping = state.pings.get(nonce);
  if (!ping || ping.node !== sender) return false;
  answerPing(context, nonce, ping, nowMs - ping.sentMs);
  return true;
}

/** Answers what nobody has answered in time. */
export function expirePings(context: Context): void {
  for (const [nonce, ping] of context.state.pings) {
    if (context.nowMs - ping.sentMs >= PING_MS) answerPing(context, nonce, ping, null);
  }
}

export function nextPingDeadline(pings: ReadonlyMap<number, Ping>): number {
  const [first] = pings.values();
  return first ? first.sentMs + PING_MS : Infinity;
}

function answerPing(
  { state, effects }: Context,
  nonce: number,
  { client, id }: Ping,
  answerMs: number | null,
): void {
  state.pings.delete(nonce);
  effects.push({ type: 'reply', client, reply: { op: 'pinged', id, answerMs } });
}
