/** What this daemon tells of itself: `core/wire/about.ts`. */
import { createHash } from 'node:crypto';
import type { About, KeyPrint } from '../core/wire/about.ts';
import { DEFAULT_CLUSTER_FILE } from './cluster-config.ts';
import { DEFAULT_KEY_FILE, type Key } from './key-file.ts';
import type { DshdOptions } from './options.ts';

/** Put in by the build. */
declare const DSH_VERSION: string;

export function describeDaemon(options: DshdOptions, node: string, keys: readonly Key[]): About {
  const { udpPort, statusPort, bestPort, clusterName, trustsNetwork } = options;
  return {
    version: DSH_VERSION,
    node,
    pid: process.pid,
    uid: process.getuid!(),
    clusterFile: options.clusterFile ?? DEFAULT_CLUSTER_FILE,
    keyFile: options.keyFile ?? DEFAULT_KEY_FILE,
    keys: keys.map(printKey),
    trust: keys.length > 0 ? 'key' : trustsNetwork ? 'none' : 'loopback',
    clusterName,
    udpPort,
    statusPort,
    bestPort,
    listen: options.listen ?? null,
  };
}

/** Of a secret of 256 random bits nobody learns anything by 32 bits of its hash. */
function printKey({ id, secret }: Key): KeyPrint {
  return { id, print: createHash('sha256').update(secret).digest('hex').slice(0, 8) };
}
