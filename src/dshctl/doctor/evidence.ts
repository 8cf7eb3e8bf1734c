/** What the checks look at, and what they find. */
import type { NodeFacts } from './facts.ts';

export interface Evidence {
  /** Of this dshctl. */
  readonly version: string;
  /** The shared directory that was tried. */
  readonly directory: string;
  /** The names of nodes whose daemons left the packets of the one here unanswered. */
  readonly unanswering: ReadonlySet<string>;
  /** This node is among them, unless the cluster does not name it. */
  readonly nodes: readonly NodeEvidence[];
}

export interface NodeEvidence {
  readonly name: string;
  readonly destination: string;
  /** It was looked at without ssh. */
  readonly isHere: boolean;
  readonly reach: Reach;
}

export type Reach =
  | {
      readonly kind: 'looked-at';
      readonly facts: NodeFacts;
      /** Its clock less ours, where that is certain: the probe's way takes time. */
      readonly skewMs: number;
      /** What it wrote in the shared directory is seen here. */
      readonly isWritingSeen: boolean;
    }
  | { readonly kind: Failure; readonly detail: string };

export type Failure =
  | 'unknown-name'
  | 'no-connection'
  | 'host-key-changed'
  | 'host-key-unknown'
  | 'no-login'
  | 'no-node-js'
  | 'too-slow'
  | 'other';

export interface Finding {
  readonly check: string;
  readonly node: string;
  /** What is wrong, and what is to be done, in a line each. */
  readonly what: string;
  readonly cure: string;
}

/** One thing that can be wrong, as pure function of the evidence. */
export interface Check {
  readonly name: string;
  /** What is right when nothing is found. */
  readonly title: string;
  examine(evidence: Evidence): readonly Omit<Finding, 'check'>[];
}

export interface LookedAt extends NodeEvidence {
  readonly facts: NodeFacts;
  readonly skewMs: number;
  readonly isWritingSeen: boolean;
}

/** Those that could be looked at. */
export function lookedAt({ nodes }: Evidence): readonly LookedAt[] {
  return nodes.flatMap((node) =>
    node.reach.kind === 'looked-at' ? [{ ...node, ...node.reach }] : [],
  );
}

/** Findings about the nodes whose value is not that of most; of two alike, this node's counts. */
export function differences<Value extends string | number>(
  nodes: readonly LookedAt[],
  valueOf: (node: LookedAt) => Value | undefined,
): readonly {
  readonly node: LookedAt;
  readonly value: Value;
  readonly usual: Value;
  readonly usualNode: string;
}[] {
  const known = nodes.flatMap((node) => {
    const value = valueOf(node);
    return value === undefined ? [] : [{ node, value }];
  });
  const counts = new Map<Value, number>();
  for (const { node, value } of known) {
    counts.set(value, (counts.get(value) ?? 0) + (node.isHere ? 1.5 : 1));
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (!most) return [];
  const usual = most[0];
  const usualNode = known.find(({ value }) => value === usual)!.node.name;
  return known
    .filter(({ value }) => value !== usual)
    .map((each) => ({ ...each, usual, usualNode }));
}
