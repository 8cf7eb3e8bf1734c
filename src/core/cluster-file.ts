/**
 * The cluster file of the original, one node a line:
 *
 *     nodename [loadweight [memweight]] [key=value ...]
 *
 * Blank lines and everything from `#` on are ignored. Keys: address, ssh, cpus, speed, tags.
 */
import { addressesOf, type ClusterNode, plainNode } from './cluster.ts';

export const CLUSTER_NODES_MAX = 16_384;
export const NODE_NAME_CHARACTERS_MAX = 253;

export interface ClusterFileError {
  /** Counted from 1. */
  readonly line: number;
  /** What was read and what is expected. */
  readonly message: string;
}

export type ParsedClusterFile =
  | { readonly ok: true; readonly nodes: readonly ClusterNode[] }
  | { readonly ok: false; readonly error: ClusterFileError };

/** Reads the text of a cluster file. The first bad line is the error. */
export function parseClusterFile(text: string): ParsedClusterFile {
  const nodes = new Map<number, PlacedNode>();
  const addresses = new Map<string, PlacedNode>();
  for (const [index, content] of text.split('\n').entries()) {
    const words = content
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    const line = index + 1;
    const node = parseNode(words);
    if (typeof node === 'string') return { ok: false, error: { line, message: node } };
    const own = addressesOf(node);
    const shared = own.find((address) => addresses.has(address));
    const other = nodes.get(node.id) ?? addresses.get(shared ?? '');
    if (other) return { ok: false, error: { line, message: describeClash(node, other, shared) } };
    if (nodes.size === CLUSTER_NODES_MAX) {
      return { ok: false, error: { line, message: `more than ${CLUSTER_NODES_MAX} nodes` } };
    }
    const placed = { node, line };
    nodes.set(node.id, placed);
    for (const address of own) addresses.set(address, placed);
  }
  return { ok: true, nodes: [...nodes.values()].map(({ node }) => node) };
}

interface PlacedNode {
  readonly node: ClusterNode;
  readonly line: number;
}

/** Reads one line's words; a string says what is wrong with them. */
function parseNode(words: readonly string[]): ClusterNode | string {
  const name = words[0]!;
  if (!isNodeName(name)) {
    return `node name '${name}': expected letters, digits, '.', '-', '_' or ':', not a '-' first`;
  }
  const firstAttribute = words.findIndex((word, index) => index > 0 && word.includes('='));
  const weights = words.slice(1, firstAttribute < 0 ? undefined : firstAttribute);
  if (weights.length > 2) {
    return `'${weights[2]}': expected at most two weights, then key=value attributes`;
  }
  const [loadWeight, memoryWeight] = weights.map(parsePositive);
  const bad = weights.find((word) => parsePositive(word) === undefined);
  if (bad !== undefined) return `weight '${bad}': expected a number above 0, as in 'node 2.0 1.0'`;
  let node = { ...plainNode(name), loadWeight: loadWeight ?? 1, memoryWeight: memoryWeight ?? 1 };
  const keys = new Set<string>();
  for (const word of firstAttribute < 0 ? [] : words.slice(firstAttribute)) {
    const attribute = parseAttribute(word);
    if (typeof attribute === 'string') return attribute;
    const key = word.slice(0, word.indexOf('='));
    if (keys.has(key)) return `'${word}': ${key} is given twice`;
    keys.add(key);
    node = { ...node, ...attribute };
  }
  return node;
}

type Attribute = Partial<ClusterNode>;

const attributeParsers: {
  readonly [key: string]: { expected: string; parse: (value: string) => Attribute | undefined };
} = {
  address: {
    expected: 'an IPv4 or IPv6 address, or several separated by commas',
    parse(value) {
      const [address = '', ...otherAddresses] = value.split(',');
      if (![address, ...otherAddresses].every(isAddress)) return undefined;
      return otherAddresses.length > 0 ? { address, otherAddresses } : { address };
    },
  },
  ssh: {
    expected: "a destination as ssh takes it, which does not start with '-'",
    parse: (value) => (/^[^-\s][^\s]*$/.test(value) ? { destination: value } : undefined),
  },
  cpus: {
    expected: 'a number above 0',
    parse: (value) => withNumber(value, (cpus) => ({ cpus })),
  },
  speed: {
    expected: 'a number above 0',
    parse: (value) => withNumber(value, (speed) => ({ speed })),
  },
  tags: {
    expected: 'words separated by commas',
    parse: (value) => (value === '' ? undefined : { tags: value.split(',') }),
  },
};

export const attributeKeys: readonly string[] = Object.keys(attributeParsers);

function parseAttribute(word: string): Attribute | string {
  const separator = word.indexOf('=');
  if (separator < 0) return `'${word}' after the attributes: expected key=value`;
  const key = word.slice(0, separator);
  const value = word.slice(separator + 1);
  const parser = Object.hasOwn(attributeParsers, key) ? attributeParsers[key] : undefined;
  if (!parser) {
    return `attribute '${key}': expected one of ${attributeKeys.join(', ')}`;
  }
  return parser.parse(value) ?? `${key} '${value}': expected ${parser.expected}`;
}

function withNumber(word: string, build: (value: number) => Attribute): Attribute | undefined {
  const value = parsePositive(word);
  return value === undefined ? undefined : build(value);
}

/** A decimal number in (0, 1e6]; anything larger is a slip of the pen. */
function parsePositive(word: string): number | undefined {
  if (!/^\d*\.?\d+$|^\d+\.$/.test(word)) return undefined;
  const value = Number(word);
  return value > 0 && value <= 1e6 ? value : undefined;
}

/** Four octets, or something with the looks of IPv6, which the system then judges. */
function isAddress(text: string): boolean {
  const octets = text.split('.');
  if (octets.length === 4) {
    return octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
  }
  return text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text);
}

/** The name reaches the command line of ssh: it must never look like an option. */
function isNodeName(name: string): boolean {
  return (
    name.length <= NODE_NAME_CHARACTERS_MAX && /^[\p{L}\p{N}_.:][\p{L}\p{N}_.:-]*$/u.test(name)
  );
}

function describeClash(node: ClusterNode, other: PlacedNode, shared: string | undefined): string {
  if (node.name === other.node.name) {
    return `node '${node.name}' is named twice, first on line ${other.line}`;
  }
  return shared !== undefined
    ? `address ${shared} is that of '${other.node.name}' on line ${other.line} as well`
    : `node '${node.name}' has the same id as '${other.node.name}' on line ${other.line}: rename one`;
}
