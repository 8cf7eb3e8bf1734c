import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCommand, encodeCommand, MODES_BYTES } from '../../../src/core/wire/command.ts';
import { decodeRequest, encodeRequest } from '../../../src/core/wire/request.ts';

const bytes = fc.uint8Array({ maxLength: 100 });
const names = fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 });
const count = fc.nat({ max: 2 ** 40 });
const mask = fc.nat({ max: 7 });
const u16 = fc.nat({ max: 0xffff });
const limitFigure = fc.oneof(count, fc.constant(Infinity));
const command = fc.record({
  arguments: fc.array(bytes, { minLength: 1, maxLength: 30 }),
  variables: fc.array(bytes, { maxLength: 30 }),
  directory: bytes.map((path) => Uint8Array.from([0x2f, ...path])),
  umask: fc.nat({ max: 0o777 }),
  nice: fc.option(fc.integer({ min: -20, max: 19 }), { nil: undefined }),
  limits: fc.array(
    fc.record({ resource: fc.nat({ max: 15 }), soft: limitFigure, hard: limitFigure }),
    { maxLength: 16 },
  ),
  terminals: mask,
  closed: mask,
  devNull: mask,
  window: fc.option(fc.record({ rows: u16, columns: u16, widthPixels: u16, heightPixels: u16 }), {
    nil: undefined,
  }),
  modes: fc.option(fc.uint8Array({ minLength: MODES_BYTES, maxLength: MODES_BYTES }), {
    nil: undefined,
  }),
  timeoutMs: count,
  keepOutput: fc.boolean(),
  ignoredSignals: fc.nat(),
});
const request = fc.record({
  command: bytes,
  only: names,
  exclude: names,
  order: names,
  cpus: fc.nat({ max: 1000 }),
  memoryBytes: count,
  session: fc.nat({ max: 2 ** 22 }),
  verbosity: fc.nat({ max: 2 }),
  requireCluster: fc.boolean(),
  remoteShell: names,
  retries: fc.nat({ max: 9 }),
  unmanaged: fc.boolean(),
  shellVariables: names,
  traceBegunUs: count,
  callerPid: count,
});

describe('fields', () => {
  it('carry a command byte for byte', () => {
    fc.assert(
      fc.property(command, (sent) => {
        expect(decodeCommand(encodeCommand(sent))).toEqual({ ok: true, value: sent });
      }),
    );
  });

  it('carry a request', () => {
    fc.assert(
      fc.property(request, (sent) => {
        expect(decodeRequest(encodeRequest(sent))).toEqual({ ok: true, value: sent });
      }),
    );
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (input) => {
        decodeCommand(input);
        decodeRequest(input);
      }),
    );
  });

  it.each([
    ['no words', { arguments: [], directory: Uint8Array.of(0x2f) }, /without words/],
    ['a relative directory', { directory: Uint8Array.of(0x61) }, /not an absolute path/],
  ])('refuse a command with %s', (_what, change, reason) => {
    const [sent] = fc.sample(command, 1);
    const decoded = decodeCommand(encodeCommand({ ...sent!, ...change }));
    expect(decoded).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });
});
