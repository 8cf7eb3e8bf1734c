/** Which nodes there are: what the cluster file says, before anything is heard from them. */

export interface ClusterNode {
  /** `nodeId(name)`; stands for the node in packets. */
  readonly id: number;
  readonly name: string;
  /** Multiplies the load: 2 is a machine half as fast. */
  readonly loadWeight: number;
  /** Divides the price of memory: 2 is faster memory, as on the page of the original. */
  readonly memoryWeight: number;
  /** IP address for datagrams, where the name does not resolve to it. */
  readonly address?: string;
  /** Of its other interfaces, from which it may speak. */
  readonly otherAddresses?: readonly string[];
  /** What the remote shell is told, where that is not the name. */
  readonly destination: string;
  /** CPUs that jobs may use, where the node's own figure is not to be used. */
  readonly cpus?: number;
  /** Speed of one CPU, relative to the others; 1 where nothing is said. */
  readonly speed: number;
  readonly tags: readonly string[];
}

export interface Cluster {
  readonly self: ClusterNode;
  /** All other nodes that this one talks to and listens to. */
  readonly peers: readonly ClusterNode[];
  /**
   * The same nodes, `self` among them, with their places. It is made if it is missing; daemons that
   * live in one process may share one, and then `peers` may be empty.
   */
  readonly roster?: Roster;
}

/** The nodes in an order of their own: a node's place in it is its slot in all tables. */
export interface Roster {
  readonly nodes: readonly ClusterNode[];
  readonly slotOfId: ReadonlyMap<number, number>;
  readonly slotOfName: ReadonlyMap<string, number>;
}

export function createRoster(nodes: readonly ClusterNode[]): Roster {
  return {
    nodes,
    slotOfId: new Map(nodes.map(({ id }, slot) => [id, slot])),
    slotOfName: new Map(nodes.map(({ name }, slot) => [name, slot])),
  };
}

export function rosterOf({ self, peers, roster }: Cluster): Roster {
  return roster ?? createRoster([self, ...peers]);
}

/** 32-bit FNV-1a of the name's UTF-8 bytes; 0 is never a node. */
export function nodeId(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0 || 1;
}

/** A node of which only the name is known. */
export function plainNode(name: string): ClusterNode {
  return {
    id: nodeId(name),
    name,
    loadWeight: 1,
    memoryWeight: 1,
    destination: name,
    speed: 1,
    tags: [],
  };
}

/** The addresses that the cluster file gives a node; none: its name is resolved. */
export function addressesOf({ address, otherAddresses = [] }: ClusterNode): readonly string[] {
  return address === undefined ? [] : [address, ...otherAddresses];
}
