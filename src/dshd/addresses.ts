/** Finds the IP addresses of the nodes of the cluster file, and goes on trying those that fail. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ClusterNode } from '../core/cluster.ts';

const RETRY_MS = 10_000;
/** Names change their addresses rarely; a daemon lives for months. */
const REFRESH_MS = 300_000;
const LOOKUPS_AT_ONCE = 16;

export interface AddressBook {
  setNodes(nodes: readonly ClusterNode[]): void;
  close(): void;
}

/** `onChange` is called with all known addresses whenever they may have changed. */
export function createAddressBook(
  onChange: (addresses: ReadonlyMap<number, string>) => void,
  onUnresolved: (name: string) => void,
): AddressBook {
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  let addresses = new Map<number, string>();
  const reported = new Set<string>();

  async function resolveAll(nodes: readonly ClusterNode[], ownRound: number): Promise<void> {
    const waiting = [...nodes];
    const failed: string[] = [];
    async function work(): Promise<void> {
      for (let node = waiting.shift(); node; node = waiting.shift()) {
        const address = await resolveNode(node);
        if (address !== undefined) addresses.set(node.id, address);
        else failed.push(node.name);
      }
    }
    await Promise.all(Array.from({ length: LOOKUPS_AT_ONCE }, work));
    // A newer cluster file has taken over in the meantime.
    if (ownRound !== round) return;
    for (const name of failed) {
      if (!reported.has(name)) onUnresolved(name);
      reported.add(name);
    }
    onChange(addresses);
    const waitMs = failed.length > 0 ? RETRY_MS : REFRESH_MS;
    timer = setTimeout(() => void resolveAll(nodes, ownRound), waitMs);
  }

  return {
    setNodes(nodes) {
      round += 1;
      clearTimeout(timer);
      // Literal addresses are usable at once, so that a daemon's first tick reaches its peers.
      addresses = new Map(
        nodes.flatMap((node) => {
          const literal = node.address ?? node.name;
          return isIP(literal) === 0 ? [] : [[node.id, literal] as const];
        }),
      );
      onChange(addresses);
      void resolveAll(nodes, round);
    },
    close() {
      round += 1;
      clearTimeout(timer);
    },
  };
}

async function resolveNode(node: ClusterNode): Promise<string | undefined> {
  const name = node.address ?? node.name;
  if (isIP(name) !== 0) return name;
  try {
    return (await lookup(name)).address;
  } catch {
    return undefined;
  }
}
