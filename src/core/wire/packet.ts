/**
 * The datagrams between daemons. Every packet is
 *
 *     magic    2  "dS"
 *     version  1  PACKET_VERSION
 *     type     1  a number of `packetTypes`
 *     key id   1  0: not authenticated
 *     flags    1  1: to a multicast group and not to one node
 *     sender   4  node id
 *     epoch    6  milliseconds since 1970 at which the sender started
 *     counter  6  milliseconds since then, or one more than the last packet's
 *     mac     16  zeros without a key; see authentication.ts
 *
 * big endian, followed by
 *
 *     STATE    live jobs 2, their hash 2, clock 4, version 3, then records: the sender's own, up to 64
 *              relayed
 *     PROBE    nonce 4
 *     REPLY    nonce 4, one record; answers PROBE and RESERVE
 *     RESERVE  nonce 4, first job 4, jobs 2, kind 1, CPUs of each 2 (eighths), memory of each 2
 *     STARTED  job 4
 *     ENDED    job 4
 *     HELLO    nonce 4, page 2; asks for a page of the receiver's table and for proof of its epoch
 *     WELCOME  nonce 4, page 2, pages 2, up to 64 records; the nonce is that of the HELLO
 *
 * STATE's `live jobs` says how many jobs of the sender run on the receiver, and `hash` which: an
 * absolute figure, so that what lost packets left wrong is right again within a tick. To a multicast
 * group it is JOBS_UNSTATED. `clock` is the sender's wall clock in milliseconds, modulo 2^32; `version`
 * that of its dsh, a byte for each part.
 *
 * `record.ts` has the layout of a record. A STATE of one record is 69 bytes, 97 with its IPv4 and UDP
 * headers (117 with IPv6), one of 65 records 1349.
 */
import type { NodeRecord } from './record.ts';
import type { VersionNumber } from './version.ts';

export const PACKET_VERSION = 3;
export const PACKET_BYTES_MAX = 1400;
export const PACKET_HEADER_BYTES = 38;
/** So many relayed records fit a datagram that no router cuts up, IPv6 and a tunnel included. */
export const RELAYED_MAX = 64;
export const WELCOME_RECORDS = 64;
/** The largest cluster has this many pages. */
export const PAGES_MAX = 256;
export const JOBS_UNSTATED = 0xffff;
/** How many jobs may be reserved by one packet. */
export const RESERVE_JOBS_MAX = 1024;

/** `job` ends by ENDED; `hold` is the virtual load of a client that never says so. */
export type ReservationKind = 'job' | 'hold';

export interface ReserveBody {
  readonly type: 'reserve';
  readonly nonce: number;
  /** The jobs are numbered from here. */
  readonly job: number;
  readonly count: number;
  readonly kind: ReservationKind;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface StateBody {
  readonly type: 'state';
  readonly liveJobs: number;
  readonly jobsHash: number;
  readonly clock: number;
  readonly version: VersionNumber;
  /** Records as they are on the wire, RECORD_BYTES each: the sender's own, then the relayed ones. */
  readonly records: Uint8Array;
}

export type PacketBody =
  | StateBody
  | { readonly type: 'probe'; readonly nonce: number }
  | { readonly type: 'reply'; readonly nonce: number; readonly record: NodeRecord }
  | ReserveBody
  | { readonly type: 'started'; readonly job: number }
  | { readonly type: 'ended'; readonly job: number }
  | { readonly type: 'hello'; readonly nonce: number; readonly page: number }
  | {
      readonly type: 'welcome';
      readonly nonce: number;
      readonly page: number;
      readonly pages: number;
      readonly records: Uint8Array;
    };

export interface PacketHeader {
  readonly sender: number;
  readonly epoch: number;
  readonly counter: number;
  readonly isMulticast: boolean;
}

export interface Packet extends PacketHeader {
  readonly body: PacketBody;
}

export const PACKET_MAGIC = 0x6453;
export const MULTICAST_FLAG = 1;
/** Where in a packet. */
export const packetOffsets = {
  version: 2,
  type: 3,
  keyId: 4,
  flags: 5,
  sender: 6,
  epoch: 10,
  counter: 16,
  mac: 22,
} as const;
export const MAC_BYTES = 16;
/** Appended only: the numbers are the protocol. */
export const packetTypes = {
  state: 1,
  probe: 2,
  reply: 3,
  reserve: 4,
  started: 5,
  ended: 6,
  hello: 7,
  welcome: 8,
} as const;
