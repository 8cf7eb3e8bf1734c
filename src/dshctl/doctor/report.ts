/** Findings as a person reads them. */
import type { Finding } from './evidence.ts';

export function describeFindings(
  findings: readonly Finding[],
  nodes: number,
  checks: number,
): string {
  const all = `${count(nodes, 'node')}, ${count(checks, 'check')}`;
  if (findings.length === 0) return `${all}: nothing found\n`;
  const lines = findings.map(
    ({ node, check, what, cure }) => `${node}: ${what} [${check}]\n    cure: ${cure}\n`,
  );
  return `${lines.join('')}${all}: ${count(findings.length, 'finding')}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
