/**
 * What comes in from the network: looked at, proven, and only then read. A packet counts if it comes
 * from the address of the node that it names, is sealed with the cluster's key, and was not seen
 * before. Nothing else is ever answered; why it was refused is counted.
 */
import { type Context, type DaemonState, wallClockMs } from './daemon-state.ts';
import { takeReply } from './decision.ts';
import { takeRecord, takeState } from './dissemination.ts';
import { adoptEpoch, judgeEpoch, takeRequestCounter, takeStateCounter } from './freshness.ts';
import { answerHello, challenge, proves, takeWelcome } from './hello.ts';
import { endOrigin, markEnded, markStarted, reserve } from './ledger.ts';
import { nextSequence, ownRecord } from './own-record.ts';
import { takePong } from './ping.ts';
import { sendPacket } from './send.ts';
import { forgetRecord } from './table.ts';
import { type Packet, packetOffsets, MULTICAST_FLAG, type ReserveBody } from './wire/packet.ts';
import { decodePacket, findFault } from './wire/packet-codec.ts';
import type { RefusalKind } from './wire/refusal.ts';

/**
 * From one node in a tick: 20,000 a second is more than a daemon can send. It bounds what checking
 * the packets of a forger costs, who could in return crowd out the node whose address he uses.
 */
const PACKETS_PER_TICK_MAX = 30_000;

export function receive(context: Context, from: number | undefined, bytes: Uint8Array): void {
  const { counters, roster } = context.state;
  counters.packetsReceived += 1;
  counters.bytesReceived += bytes.byteLength;
  const slot = from === undefined ? undefined : roster.slotOfId.get(from);
  const packet = readPacket(context.state, slot, bytes);
  const refusal = typeof packet === 'string' ? packet : takeIfFresh(context, slot!, packet);
  if (refusal === undefined) return;
  counters.packetsRefused += 1;
  counters.refused[refusal] += 1;
}

/** `slot` is that of the node at whose address the packet was sent. */
function readPacket(
  state: DaemonState,
  slot: number | undefined,
  bytes: Uint8Array,
): Packet | RefusalKind {
  const { roster, freshness, authenticator, selfSlot } = state;
  const fault = findFault(bytes);
  if (fault) return fault;
  if (slot === undefined || slot === selfSlot) return 'wrong-source';
  if (freshness.packets[slot]! >= PACKETS_PER_TICK_MAX) return 'rate-limited';
  freshness.packets[slot]! += 1;
  const isMulticast = bytes[packetOffsets.flags] === MULTICAST_FLAG;
  const refusal = authenticator.open(bytes, isMulticast ? 0 : roster.nodes[selfSlot]!.id);
  if (refusal) return refusal;
  const packet = decodePacket(bytes);
  if (!packet) return 'malformed';
  return packet.sender === roster.nodes[slot]!.id ? packet : 'wrong-source';
}

function takeIfFresh(context: Context, slot: number, packet: Packet): RefusalKind | undefined {
  const { state } = context;
  const { body, counter } = packet;
  const verdict = judgeEpoch(state.freshness, slot, packet, wallClockMs(context));
  if (verdict === 'new' || (verdict !== 'current' && proves(state, slot, body))) {
    beginEpoch(context, slot, packet.epoch);
  } else if (verdict !== 'current') {
    // Two that do not know each other must not wait for each other: a proof is given to anybody.
    if (body.type === 'hello') answerHello(context, slot, body, false);
    challenge(context, slot);
    return verdict;
  }
  const seen =
    body.type === 'state'
      ? takeStateCounter(state.freshness, slot, counter)
      : takeRequestCounter(state.freshness, slot, counter);
  if (seen) return seen;
  takePacket(context, slot, packet);
  return undefined;
}

/** The sender has started anew: its jobs are over, and its record is void. */
function beginEpoch({ state, nowMs }: Context, slot: number, epoch: number): void {
  const isRestart = state.freshness.epochs[slot]! > 0;
  adoptEpoch(state.freshness, slot, epoch);
  if (!isRestart) return;
  endOrigin(state.ledger, state.roster.nodes[slot]!.id, nowMs);
  state.statedMs.delete(state.roster.nodes[slot]!.id);
  forgetRecord(state.table, slot);
}

function takePacket(context: Context, slot: number, { sender, body }: Packet): void {
  const { state, nowMs } = context;
  switch (body.type) {
    case 'state':
      takeState(context, slot, body);
      return;
    case 'probe':
      answerWithRecord(context, sender, body.nonce);
      return;
    case 'reserve':
      takeReserve(context, sender, body);
      return;
    case 'reply':
      if (body.record.id !== sender) return;
      takeRecord(context, slot, body.record);
      if (takePong(context, sender, body.nonce)) return;
      takeReply(context, slot, body.nonce, body.record);
      return;
    case 'started':
      markStarted(state.ledger, sender, body.job, nowMs);
      return;
    case 'ended':
      markEnded(state.ledger, sender, body.job, nowMs);
      return;
    case 'hello':
      answerHello(context, slot, body, true);
      return;
    case 'welcome':
      takeWelcome(context, slot, body);
      return;
  }
}

function takeReserve(context: Context, origin: number, body: ReserveBody): void {
  const { state, nowMs } = context;
  const { kind, cpus, memoryBytes } = body;
  for (let index = 0; index < body.count; index += 1) {
    const job = body.job + index;
    reserve(state.ledger, { origin, job, kind, cpus, memoryBytes }, nowMs);
  }
  if (kind === 'job') state.statedMs.set(origin, nowMs);
  answerWithRecord(context, origin, body.nonce);
}

function answerWithRecord(context: Context, to: number, nonce: number): void {
  context.state.lastAskedMs = context.nowMs;
  nextSequence(context);
  const record = ownRecord(context.state, context.nowMs);
  sendPacket(context, to, { type: 'reply', nonce, record });
}
