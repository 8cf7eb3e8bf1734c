import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PREAMBLE_NOISE_BYTES_MAX, RUNNER_PREAMBLE } from '../../../src/core/wire/frame.ts';
import { createPreambleScanner } from '../../../src/dsh/agent/preamble.ts';

test('the preamble is found behind any noise, whatever the sizes of the pieces', () => {
  const noise = fc.uint8Array({ maxLength: 200 }).filter((bytes) => !bytes.includes(0));
  const size = fc.integer({ min: 1, max: 300 });
  const property = fc.property(noise, fc.uint8Array(), size, (before, after, pieceBytes) => {
    const stream = Buffer.concat([before, Buffer.from(RUNNER_PREAMBLE), after]);
    const scanner = createPreambleScanner();
    let rest: Buffer | undefined;
    let at = 0;
    for (; rest === undefined && at < stream.length; at += pieceBytes) {
      rest = scanner.push(stream.subarray(at, at + pieceBytes));
    }
    expect(Buffer.concat([rest!, stream.subarray(at)])).toEqual(Buffer.from(after));
    expect(scanner.isHopeless()).toBe(false);
  });
  fc.assert(property);
});

test('more noise than any start-up file prints is hopeless', () => {
  const scanner = createPreambleScanner();
  scanner.push(Buffer.alloc(PREAMBLE_NOISE_BYTES_MAX));
  expect(scanner.isHopeless()).toBe(false);
  scanner.push(Buffer.from('x'));
  expect(scanner.isHopeless()).toBe(true);
});

test('the last line that says something is kept', () => {
  const scanner = createPreambleScanner();
  scanner.push(
    Buffer.from(`${'x'.repeat(5000)}\nLast login: today\r\nThis account is closed.\r\n\n`),
  );
  expect(scanner.lastLine()).toBe('This account is closed.');
});

test('what follows the preamble is no line that somebody said', () => {
  const scanner = createPreambleScanner();
  scanner.push(Buffer.from(`noise\n${RUNNER_PREAMBLE}\0\0\0\x08`));
  expect(scanner.lastLine()).toBe('');
});
