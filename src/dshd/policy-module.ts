/** Finds the policy by its name, or loads the user's own from a file, an absolute path. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtinPolicies, type Policy } from '../core/policy.ts';
import type { Log } from './log.ts';
import { describeError } from './setup-error.ts';

/** Throws an Error of one line. */
export async function loadPolicy(nameOrPath: string, log: Log): Promise<Policy> {
  const builtin = Object.hasOwn(builtinPolicies, nameOrPath) && builtinPolicies[nameOrPath];
  if (builtin) return builtin;
  if (!isAbsolute(nameOrPath)) {
    const names = Object.keys(builtinPolicies).join(', ');
    throw new Error(`--policy '${nameOrPath}': expected one of ${names}, or the path of a module`);
  }
  let exported: unknown;
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(nameOrPath).href);
    exported = module.default;
  } catch (error) {
    throw new Error(`--policy '${nameOrPath}': cannot be loaded: ${describeError(error)}`, {
      cause: error,
    });
  }
  const policy = asPolicy(exported, nameOrPath, log);
  if (policy) return policy;
  throw new Error(
    `--policy '${nameOrPath}': expected a default export that is a function cost(candidate, wishes)`,
  );
}

function asPolicy(exported: unknown, path: string, log: Log): Policy | undefined {
  const complain = (what: string): void => log(`policy ${path}: ${what}; the node is refused`);
  if (typeof exported === 'function') {
    return { name: path, asks: true, cost: guard(exported as Policy['cost'], complain) };
  }
  if (typeof exported !== 'object' || exported === null) return undefined;
  const { name = path, asks = true, cost, terms } = exported as Partial<Policy>;
  if (typeof cost !== 'function') return undefined;
  const policy = { name, asks, cost: guard(cost, complain) };
  return typeof terms === 'function' ? { ...policy, terms: guardTerms(terms) } : policy;
}

/** They are shown and decide nothing: a fault in them is shown as no terms. */
function guardTerms(terms: NonNullable<Policy['terms']>): NonNullable<Policy['terms']> {
  return (candidate, wishes) => {
    try {
      const found: unknown = terms({ ...candidate }, { ...wishes });
      const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
      return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
    } catch {
      return {};
    }
  };
}

/** A policy that throws, or returns no number, refuses the node; it never stops the daemon. */
function guard(cost: Policy['cost'], complain: (what: string) => void): Policy['cost'] {
  let lastFault = '';
  return (candidate, wishes) => {
    let fault: string;
    try {
      // A copy: what it changes must not change what others see.
      const value: unknown = cost({ ...candidate }, { ...wishes });
      if (typeof value === 'number') return value;
      fault = `it returned ${typeof value} for ${candidate.name}, expected a number`;
    } catch (error) {
      fault = `it threw for ${candidate.name}: ${describeError(error)}`;
    }
    // It is called for every node at every choice: each fault is told once in a row.
    if (fault !== lastFault) complain(fault);
    lastFault = fault;
    return Number.NaN;
  };
}
