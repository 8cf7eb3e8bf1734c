/**
 * The network between the nodes: each packet is lost, doubled or delayed by itself, so that packets
 * overtake each other; links can be cut one way or both.
 */
import type { Agenda } from './agenda.ts';
import { exponential, type Random } from './random.ts';

export interface NetworkRules {
  /** Shares of the packets, 0 to 1. */
  loss: number;
  duplication: number;
  /** Share of the packets that is held up by another `holdUpMs` on average. */
  reordering: number;
  holdUpMs: number;
  /** The least delay, and the mean of what comes on top. */
  delayMs: number;
  jitterMs: number;
}

/** A switched network at rest: a round trip of about a quarter of a millisecond. */
export const calmNetwork: NetworkRules = {
  loss: 0,
  duplication: 0,
  reordering: 0,
  holdUpMs: 100,
  delayMs: 0.1,
  jitterMs: 0.03,
};

export interface Datagram {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  readonly sentMs: number;
}

export interface Network {
  readonly rules: NetworkRules;
  send(from: number, to: number, bytes: Uint8Array): void;
  /** Puts a packet on the wire as it is, whoever is said to have sent it. */
  inject(datagram: Datagram, delayMs: number): void;
  cut(from: number, to: number): void;
  mend(from: number, to: number): void;
  mendAll(): void;
  isCut(from: number, to: number): boolean;
  /** Sees each packet on its way; true: it is not to arrive. */
  onSend: ((datagram: Datagram) => boolean) | undefined;
  readonly counts: { packets: number; bytes: number; lost: number; longestMs: number };
}

export function createNetwork(
  agenda: Agenda,
  random: Random,
  rules: NetworkRules,
  deliver: (datagram: Datagram) => void,
): Network {
  const cuts = new Set<number>();
  const counts = { packets: 0, bytes: 0, lost: 0, longestMs: 0 };
  const network: Network = {
    rules: { ...rules },
    counts,
    onSend: undefined,
    send(from, to, bytes) {
      const datagram = { from, to, bytes, sentMs: agenda.nowMs() };
      counts.packets += 1;
      counts.bytes += bytes.byteLength;
      if (network.onSend?.(datagram) === true || isLost(from, to)) {
        counts.lost += 1;
        return;
      }
      network.inject(datagram, drawDelayMs());
      if (chance(network.rules.duplication)) network.inject(datagram, drawDelayMs());
    },
    inject(datagram, delayMs) {
      counts.longestMs = Math.max(counts.longestMs, delayMs);
      agenda.at(agenda.nowMs() + delayMs, () => deliver(datagram));
    },
    cut: (from, to) => void cuts.add(linkOf(from, to)),
    mend: (from, to) => void cuts.delete(linkOf(from, to)),
    mendAll: () => cuts.clear(),
    isCut: (from, to) => cuts.has(linkOf(from, to)),
  };

  function isLost(from: number, to: number): boolean {
    return (cuts.size > 0 && cuts.has(linkOf(from, to))) || chance(network.rules.loss);
  }

  function drawDelayMs(): number {
    const { delayMs, jitterMs, reordering, holdUpMs } = network.rules;
    const heldUpMs = chance(reordering) ? exponential(random, holdUpMs) : 0;
    return delayMs + exponential(random, jitterMs) + heldUpMs;
  }

  function chance(share: number): boolean {
    return share > 0 && random() < share;
  }

  return network;
}

/** More nodes than a cluster may have. */
const NODES_MAX = 2 ** 16;

function linkOf(from: number, to: number): number {
  return from * NODES_MAX + to;
}
