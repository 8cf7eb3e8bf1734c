/** Sizes and times as they are written on a command line. */

const unitBytes = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `512M`, `1.5G`, `4096`: bytes, or undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,6})?)([KMGT]?)$/i.exec(text);
  if (!match) return undefined;
  const bytes = Math.ceil(Number(match[1]) * unitBytes[match[2]!.toUpperCase() as 'K']);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const unitMs = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest that a timer of 32 bits can wait: 24.8 days. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** As of timeout(1): `5`, `1.5`, `2m`, `1h`: milliseconds, or undefined if it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^([0-9]{1,12}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})([smhd]?)$/.exec(text);
  if (!match) return undefined;
  const ms = Math.ceil(Number(match[1]) * unitMs[match[2] as 's']);
  return ms <= DURATION_MS_MAX ? ms : undefined;
}
