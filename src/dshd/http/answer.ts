/** What a route answers, and what goes with every answer. */
import type { ServerResponse } from 'node:http';
import type { RefusedAnswer } from '../../core/wire/web-api.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The page loads nothing but what this daemon serves, shows itself in no frame of others, and no
 * other site is let to read an answer: there is no CORS header.
 */
export const commonHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** A number is shown to a person or a plot: more digits than that are noise. */
const DIGITS = 1e4;

export function jsonAnswer(value: object): Answer {
  return {
    status: 200,
    type: 'application/json',
    body: `${stringify(value)}\n`,
    headers: { 'Cache-Control': 'no-store' },
  };
}

export function textAnswer(body: string, type = 'text/plain; charset=utf-8'): Answer {
  return { status: 200, type, body, headers: { 'Cache-Control': 'no-store' } };
}

/** `error`: one line. */
export function refusal(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { ...jsonAnswer({ error } satisfies RefusedAnswer), status, headers };
}

export function sendAnswer(response: ServerResponse, answer: Answer, isHead: boolean): void {
  const { status, type, body, headers } = answer;
  response.writeHead(status, {
    ...commonHeaders,
    ...(status === 304 ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
    ...headers,
  });
  response.end(isHead || status === 304 ? undefined : body);
}

export function stringify(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && !Number.isInteger(item) ? Math.round(item * DIGITS) / DIGITS : item,
  );
}
