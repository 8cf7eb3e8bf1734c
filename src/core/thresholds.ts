/**
 * How many are told each tick, and how long a silent node counts.
 *
 * F = min(N - 1, 32) peers are told, and K = min(64, N - 1 - F) records of others go along: up to 33
 * nodes everybody tells everybody, as the original did, and from a few hundred nodes on the cost is
 * constant, 21 packets and 29 kB a second.
 */
import { type DaemonState, TICK_MS } from './daemon-state.ts';
import { RELAYED_MAX } from './wire/packet.ts';

/** To how many peers a tick goes. */
export const FAN_OUT_MAX = 32;
/** With multicast all hear each tick; a few are told all the same, in case a switch blocks it. */
const FAN_OUT_MULTICAST = 3;
/** Of the relayed records; the others are taken in turn. */
export const FRESHEST_SHARE = 7 / 8;
/** A record this old is no ground for a choice: three ticks. */
export const USABLE_TICKS = 3;
/** How seldom a live node may be dropped for want of luck: one in this many. */
const LUCK = 1e6;
/** Of the age of relayed records, fitted to simulations of 256 to 2,000 nodes. */
const SPREAD_FACTOR = 1.08;
/** A daemon that is late itself trusts its own patience less: up to eight times as long. */
export const HEALTH_MAX = 7;

export function fanOut({ roster, multicast }: DaemonState): number {
  const others = roster.nodes.length - 1;
  return Math.min(others, multicast ? FAN_OUT_MULTICAST : FAN_OUT_MAX);
}

export function relayCount(state: DaemonState): number {
  return Math.min(RELAYED_MAX, state.roster.nodes.length - 1 - fanOut(state));
}

/** A record older than this is no ground for a choice. */
export function usableMs({ health }: DaemonState): number {
  return USABLE_TICKS * TICK_MS * (1 + health);
}

/**
 * A node silent for longer is dropped. Where not everybody is told directly, the time that news takes
 * to come round is added: it is as long as it takes to be told by the node itself, or by others.
 */
export function memberMs(state: DaemonState): number {
  return (state.maxLoops * TICK_MS + roundMs(state)) * (1 + state.health);
}

function roundMs(state: DaemonState): number {
  const count = state.roster.nodes.length;
  const told = fanOut(state);
  if (told >= count - 1) return 0;
  const directMs = (TICK_MS * Math.log(LUCK)) / -Math.log(1 - told / (count - 1));
  const freshest = FRESHEST_SHARE * relayCount(state);
  const spreadMs = (SPREAD_FACTOR * count * TICK_MS) / (told * freshest);
  return Math.min(directMs, spreadMs * Math.log(LUCK));
}

/** Notes by how much the own tick came late (the local health of Lifeguard, DSN 2018). */
export function noteLateness(state: DaemonState, lateMs: number): void {
  const ticks = Math.round(lateMs / TICK_MS);
  const worse = lateMs > TICK_MS / 2 ? Math.max(1, ticks) : -1;
  state.health = Math.max(0, Math.min(HEALTH_MAX, state.health + worse));
}
