/** All that a state holds, as one text, but for what is named in `leftOut` and for its code. */
export function digest(value: unknown, leftOut: readonly string[]): string {
  return write(value, new Set([...leftOut, ...configuration]));
}

/** Does not change with events, and is large. */
const configuration = ['cluster', 'roster', 'policy', 'authenticator'];

function write(value: unknown, leftOut: ReadonlySet<string>): string {
  if (typeof value === 'function') return 'f';
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `[${(value as unknown as Uint8Array).join()}]`;
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
    return `(${[...(value as Iterable<unknown>)].map((item) => write(item, leftOut)).join()})`;
  }
  const fields = Object.entries(value).filter(([name]) => !leftOut.has(name));
  return `{${fields.map(([name, field]) => `${name}:${write(field, leftOut)}`).join()}}`;
}
