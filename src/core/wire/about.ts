/** What a daemon tells of itself over the Unix socket: how it was set up. It holds no secret. */
export interface About {
  readonly version: string;
  /** The node that it is. */
  readonly node: string;
  readonly pid: number;
  /** The user that it runs as. */
  readonly uid: number;
  /** The path that it was given, or the default; the file may be missing there. */
  readonly clusterFile: string;
  readonly keyFile: string;
  /** The keys that it took from there, the sealing one first. */
  readonly keys: readonly KeyPrint[];
  /** `loopback`: without a key, only peers on loopback addresses are talked to. */
  readonly trust: 'key' | 'none' | 'loopback';
  readonly clusterName: string;
  readonly udpPort: number;
  readonly statusPort: number;
  readonly bestPort: number;
  /** `null`: TCP on loopback, UDP on all addresses. */
  readonly listen: string | null;
}

export interface KeyPrint {
  readonly id: number;
  /** The first 8 hexadecimal digits of the secret's SHA-256: the same where the keys are. */
  readonly print: string;
}
