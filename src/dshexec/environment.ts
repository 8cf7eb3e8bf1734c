import { isHostVariable } from '../core/host-variables.ts';

/**
 * The command's variables (`NAME=value`) and those of this host that they lack. A name that comes
 * twice keeps its first value, as getenv(3) sees it; an entry without a name is dropped, since
 * neither Node nor env(1) can pass it on.
 */
export function completeEnvironment(
  variables: readonly Uint8Array[],
  ownVariables: NodeJS.ProcessEnv,
): readonly Uint8Array[] {
  const entries = new Map<string, Uint8Array>();
  for (const variable of variables) {
    const name = variableName(variable);
    if (name !== '' && !entries.has(name)) entries.set(name, variable);
  }
  for (const [name, value] of Object.entries(ownVariables)) {
    const key = Buffer.from(name).toString('latin1');
    if (isHostVariable(name) && !entries.has(key)) {
      entries.set(key, Buffer.from(`${name}=${value}`));
    }
  }
  return [...entries.values()];
}

/** The value of `name` (ASCII) in `NAME=value` entries. */
export function findVariable(
  variables: readonly Uint8Array[],
  name: string,
): Uint8Array | undefined {
  const entry = variables.find((variable) => variableName(variable) === name);
  return entry?.subarray(name.length + 1);
}

const EQUALS = 0x3d;

/** One character a byte, so that names that are not UTF-8 stay apart; empty where there is none. */
function variableName(variable: Uint8Array): string {
  const bytes = Buffer.from(variable.buffer, variable.byteOffset, variable.byteLength);
  return bytes.toString('latin1', 0, Math.max(bytes.indexOf(EQUALS), 0));
}
