import { describe, expect, it } from 'vitest';
import { findRefusal, isLoopbackHost } from '../../../src/dshd/http/guard.ts';

describe('a Host header', () => {
  it.each([
    'localhost',
    'LOCALHOST:8383',
    'localhost:9000',
    '127.0.0.1:8383',
    '127.3.0.11',
    '[::1]:8383',
  ])('%j is of loopback', (host) => expect(isLoopbackHost(host)).toBe(true));

  it.each([
    '',
    'evil.example',
    'evil.example:8383',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '10.0.0.7:8383',
    '[::]:8383',
    '[::ffff:10.0.0.7]',
    'localhost:8383:1',
    'localhost@evil.example',
    'localhost/',
    '0.0.0.0',
    '2130706433',
    '[::1',
  ])('%j is not', (host) => expect(isLoopbackHost(host)).toBe(false));
});

describe('a request', () => {
  const refusalOf = (method: string, headers: Record<string, string>): number | undefined =>
    findRefusal({
      method,
      headers,
      headersDistinct: { host: headers['host']?.split(',') },
    } as unknown as Parameters<typeof findRefusal>[0])?.status;
  const host = 'localhost:8383';

  it.each([
    ['GET', { host }, undefined],
    ['HEAD', { host }, undefined],
    ['GET', { host, 'sec-fetch-site': 'same-origin' }, undefined],
    ['GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, undefined],
    ['GET', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['POST', { host }, 405],
    ['DELETE', { host }, 405],
    ['GET', { host: 'evil.example' }, 421],
    ['POST', { host: 'evil.example' }, 421],
    ['GET', { host: 'localhost,evil.example' }, 421],
  ] as const)('%s with %j: %s', (method, headers, status) => {
    expect(refusalOf(method, headers)).toBe(status);
  });
});
