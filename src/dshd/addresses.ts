/**
 * Finds the IP addresses of the nodes of the cluster file, and goes on trying those that fail.
 *
 * Without a key, and unless the administrator says otherwise, only nodes on loopback addresses are
 * talked to: anybody on the network could speak for the others.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { addressesOf, type ClusterNode } from '../core/cluster.ts';
import type { Addresses } from './udp.ts';

const RETRY_MS = 10_000;
/** Names change their addresses rarely; a daemon lives for months. */
const REFRESH_MS = 300_000;
const LOOKUPS_AT_ONCE = 16;

export interface AddressBook {
  /** `isOpen` false: nodes that are not on loopback addresses are left out. */
  setNodes(nodes: readonly ClusterNode[], isOpen: boolean): void;
  close(): void;
}

export interface AddressBookOptions {
  /** All addresses of a name; throws where there is none now. Default: as the system finds them. */
  resolve?(name: string): Promise<readonly string[]>;
  /** All known addresses, whenever they may have changed. */
  onChange(addresses: Addresses): void;
  onUnresolved(name: string): void;
  /** The nodes that were left out for want of a key. */
  onUntrusted(names: readonly string[]): void;
}

export function createAddressBook(options: AddressBookOptions): AddressBook {
  const { resolve = lookUp, ...handlers } = options;
  let round = 0;
  let timer: NodeJS.Timeout | undefined;
  let addresses = new Map<number, readonly string[]>();
  const reported = new Set<string>();

  async function resolveAll(
    nodes: readonly ClusterNode[],
    ownRound: number,
    isOpen: boolean,
  ): Promise<void> {
    // A name that is found late must not come back into a newer cluster file.
    const found = addresses;
    const waiting = [...nodes];
    const failed: string[] = [];
    const untrusted: string[] = [];
    async function work(): Promise<void> {
      for (let node = waiting.shift(); node; node = waiting.shift()) {
        const all = await resolveNode(node, resolve);
        const taken = all.filter((address) => isOpen || isLoopback(address));
        if (taken.length > 0) found.set(node.id, taken);
        else if (all.length > 0) untrusted.push(node.name);
        else failed.push(node.name);
      }
    }
    await Promise.all(Array.from({ length: LOOKUPS_AT_ONCE }, work));
    // A newer cluster file has taken over in the meantime.
    if (ownRound !== round) return;
    for (const name of failed) {
      if (!reported.has(name)) handlers.onUnresolved(name);
      reported.add(name);
    }
    const isNews = untrusted.some((name) => !reported.has(name));
    if (isNews) handlers.onUntrusted(untrusted);
    for (const name of untrusted) reported.add(name);
    handlers.onChange(found);
    const waitMs = failed.length > 0 ? RETRY_MS : REFRESH_MS;
    timer = setTimeout(() => void resolveAll(nodes, ownRound, isOpen), waitMs);
  }

  return {
    setNodes(nodes, isOpen) {
      round += 1;
      clearTimeout(timer);
      // Literal addresses are usable at once, so that a daemon's first tick reaches its peers.
      addresses = new Map(
        nodes.flatMap((node) => {
          const literals = literalsOf(node).filter((address) => isOpen || isLoopback(address));
          return literals.length === 0 ? [] : [[node.id, literals] as const];
        }),
      );
      handlers.onChange(addresses);
      void resolveAll(nodes, round, isOpen);
    },
    close() {
      round += 1;
      clearTimeout(timer);
    },
  };
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function literalsOf(node: ClusterNode): readonly string[] {
  const given = addressesOf(node);
  return given.length === 0 && isIP(node.name) !== 0 ? [node.name] : given;
}

/** Empty: not found, at least not now. A node with several interfaces may speak from any of them. */
async function resolveNode(
  node: ClusterNode,
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const literals = literalsOf(node);
  if (literals.length > 0) return literals;
  try {
    return await resolve(node.name);
  } catch {
    return [];
  }
}

async function lookUp(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}
