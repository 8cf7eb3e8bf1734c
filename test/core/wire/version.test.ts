import { describe, expect, it } from 'vitest';
import { decodeVersion, encodeVersion } from '../../../src/core/wire/version.ts';

describe('a version in three bytes', () => {
  it.each([
    ['0.2.0', '0.2.0'],
    ['12.34.56', '12.34.56'],
    ['1.2.3-rc.1', '1.2.3'],
    ['1.300.2', '1.255.2'],
    ['0.0.0', undefined],
    ['1.2', undefined],
    ['', undefined],
  ])('%j is told as %j', (text, told) => {
    expect(decodeVersion(encodeVersion(text))).toBe(told);
  });
});
