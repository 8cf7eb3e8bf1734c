/** Why a datagram was not taken, in the order in which it is looked at. */
export const refusalKinds = [
  /** Longer than any packet. */
  'oversized',
  /** Shorter than the header. */
  'truncated',
  /** Not a packet of dshd. */
  'foreign',
  /** Of a version that is not spoken here. */
  'version',
  /** From an address of no node, or of another node than the one that it names as its sender. */
  'wrong-source',
  /** More from one node than any daemon sends. */
  'rate-limited',
  /** Sealed with a key that is not known here, or not sealed where a key is. */
  'unknown-key',
  /** Its MAC is wrong: another key, another cluster, another receiver, or changed on its way. */
  'forged',
  'malformed',
  /** Of an earlier start of its sender. */
  'stale-epoch',
  /** Of a start of its sender that has to be proven first; the sender is asked. */
  'unproven-epoch',
  /** Taken before, or overtaken by a newer one. */
  'replayed',
] as const;

export type RefusalKind = (typeof refusalKinds)[number];
