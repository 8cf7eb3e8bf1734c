/** A version of dsh in three bytes, so that daemons tell theirs with every statement. */

export type VersionNumber = number;

/** Nothing was heard, or what has no version. */
export const NO_VERSION: VersionNumber = 0;

/** Of `1.2.3`, whatever stands behind; each part is cut to 255. */
export function encodeVersion(text: string): VersionNumber {
  const [, ...parts] = /^(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return parts.reduce((sum, part) => sum * 256 + Math.min(255, Number(part)), NO_VERSION);
}

export function decodeVersion(version: VersionNumber): string | undefined {
  if (version === NO_VERSION) return undefined;
  return `${version >>> 16}.${(version >>> 8) & 0xff}.${version & 0xff}`;
}
