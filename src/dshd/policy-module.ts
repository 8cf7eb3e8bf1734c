/** Finds the policy by its name, or loads the user's own from a file, an absolute path. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtinPolicies, type Policy } from '../core/policy.ts';
import { describeError } from './setup-error.ts';

/** Throws an Error of one line. */
export async function loadPolicy(nameOrPath: string): Promise<Policy> {
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
  const policy = asPolicy(exported, nameOrPath);
  if (policy) return policy;
  throw new Error(
    `--policy '${nameOrPath}': expected a default export that is a function cost(candidate, wishes)`,
  );
}

function asPolicy(exported: unknown, path: string): Policy | undefined {
  if (typeof exported === 'function') {
    return { name: path, asks: true, cost: guard(exported as Policy['cost']) };
  }
  if (typeof exported !== 'object' || exported === null) return undefined;
  const { name = path, asks = true, cost } = exported as Partial<Policy>;
  if (typeof cost !== 'function') return undefined;
  return { name, asks, cost: guard(cost) };
}

/** A policy that throws, or returns no number, refuses the node; it never stops the daemon. */
function guard(cost: Policy['cost']): Policy['cost'] {
  return (candidate, wishes) => {
    try {
      const value: unknown = cost(candidate, wishes);
      return typeof value === 'number' ? value : Number.NaN;
    } catch {
      return Number.NaN;
    }
  };
}
