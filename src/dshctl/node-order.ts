/** In which order nodes can be shown. */
import type { NodeView } from '../core/wire/control.ts';
import { compareNames, loadShare } from './node-table.ts';

export type NodeOrder = (a: NodeView, b: NodeView) => number;

/** The first ones are those that one looks for: the most loaded, the fullest, the busiest. */
const orders: Readonly<Record<string, NodeOrder>> = {
  name: compareNames,
  load: (a, b) => loadShare(b) - loadShare(a),
  free: (a, b) => a.freeBytes - b.freeBytes,
  jobs: (a, b) => b.jobs - a.jobs,
  age: (a, b) => b.ageSeconds - a.ageSeconds,
  cost: (a, b) => (a.cost ?? Infinity) - (b.cost ?? Infinity),
};

export const nodeOrderNames: readonly string[] = Object.keys(orders);

/** Nodes that are alike stand in the order of their names; undefined: no such order. */
export function findNodeOrder(name: string): NodeOrder | undefined {
  const order = Object.hasOwn(orders, name) ? orders[name] : undefined;
  return order && ((a, b) => order(a, b) || compareNames(a, b));
}
