/**
 * HELLO and WELCOME: a daemon that has just started asks two peers for their tables, page by page;
 * and whoever doubts that a packet is of now asks its sender to echo a nonce.
 */
import { type Context, type DaemonState, TICK_MS } from './daemon-state.ts';
import { mergeRelayed } from './dissemination.ts';
import { drawPeers } from './peers.ts';
import { sendPacket } from './send.ts';
import { copyRecords } from './table.ts';
import { memberMs } from './thresholds.ts';
import { ageOf } from './table.ts';
import { type PacketBody, WELCOME_RECORDS } from './wire/packet.ts';
import { AGE_MS_MAX, RECORD_BYTES } from './wire/record.ts';

type Hello = Extract<PacketBody, { type: 'hello' }>;
type Welcome = Extract<PacketBody, { type: 'welcome' }>;

/** The page of a HELLO that only wants its nonce back. */
const NO_PAGE = 0xffff;
const PEERS_ASKED = 2;
/** So often a new daemon asks before it waits for what it is told. */
const ATTEMPTS_MAX = 3;

/** To be called each tick: asks for a table until one has come. */
export function seekTable(context: Context): void {
  const { state } = context;
  if (state.isWelcome || state.helloAttempts >= ATTEMPTS_MAX) return;
  state.helloAttempts += 1;
  for (const slot of drawPeers(context, PEERS_ASKED)) sayHello(context, slot, 0);
}

/** Asks a sender to prove that its epoch is of now; at most once a tick. */
export function challenge(context: Context, slot: number): void {
  const pending = context.state.hellos.get(slot);
  if (pending && context.nowMs - pending.sentMs < TICK_MS) return;
  sayHello(context, slot, NO_PAGE);
}

/** Whether the packet echoes what its sender was asked. */
export function proves({ hellos }: DaemonState, slot: number, body: PacketBody): boolean {
  return body.type === 'welcome' && hellos.get(slot)?.nonce === body.nonce;
}

/** With `isProven` false only the nonce goes back: no more bytes than came. */
export function answerHello(
  context: Context,
  slot: number,
  { nonce, page }: Hello,
  isProven: boolean,
): void {
  const { state, nowMs } = context;
  const shown = isProven && page !== NO_PAGE ? listRelayable(context) : [];
  const slots = shown.slice(page * WELCOME_RECORDS, (page + 1) * WELCOME_RECORDS);
  const records = new Uint8Array(slots.length * RECORD_BYTES);
  copyRecords(state.table, slots, records, nowMs);
  const pages = Math.ceil(shown.length / WELCOME_RECORDS);
  sendPacket(context, state.roster.nodes[slot]!.id, {
    type: 'welcome',
    nonce,
    page,
    pages,
    records,
  });
}

export function takeWelcome(context: Context, slot: number, body: Welcome): void {
  const { state } = context;
  if (!proves(state, slot, body)) return;
  state.hellos.delete(slot);
  mergeRelayed(context, body.records, 0);
  if (body.page === NO_PAGE) return;
  state.isWelcome = true;
  if (body.page + 1 < body.pages) sayHello(context, slot, body.page + 1);
}

function sayHello(context: Context, slot: number, page: number): void {
  const { state, nowMs, random } = context;
  const nonce = Math.floor(random() * 2 ** 32);
  state.hellos.set(slot, { nonce, sentMs: nowMs });
  sendPacket(context, state.roster.nodes[slot]!.id, { type: 'hello', nonce, page });
}

function listRelayable({ state, nowMs }: Context): number[] {
  const limitMs = Math.min(memberMs(state), AGE_MS_MAX);
  const slots: number[] = [];
  for (let slot = 0; slot < state.table.known.length; slot += 1) {
    if (ageOf(state.table, slot, nowMs) <= limitMs) slots.push(slot);
  }
  return slots;
}
