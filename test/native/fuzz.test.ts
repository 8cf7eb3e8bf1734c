/** The native decoders under AddressSanitizer, with inputs that nobody would send. */
import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, nothingSpecial } from '../../src/core/wire/command.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { toBytes } from '../support/runner.ts';
import { makeNative, nativeProgram } from './program.ts';

const INPUTS = 5000;

const text = fc.uint8Array({ minLength: 0, maxLength: 12 });
const fields = fc
  .record({
    arguments: fc.array(text, { maxLength: 4 }),
    variables: fc.array(text, { maxLength: 4 }),
    umask: fc.nat(0o777),
    nice: fc.option(fc.integer({ min: -20, max: 19 }), { nil: undefined }),
    terminals: fc.nat(7),
    modes: fc.option(fc.uint8Array({ minLength: 49, maxLength: 49 }), { nil: undefined }),
    timeoutMs: fc.nat(),
  })
  .map((some) =>
    encodeCommand({
      ...nothingSpecial,
      directory: Buffer.from('/'),
      limits: [{ resource: 7, soft: 10, hard: Infinity }],
      window: { rows: 24, columns: 80, widthPixels: 0, heightPixels: 0 },
      ...some,
    }),
  );
const frames = fc.oneof(
  fields.map((bytes) => encodeFrame(1, { type: 'start', fields: bytes })),
  text.map((bytes) => encodeFrame(1, { type: 'data', stream: 0, bytes })),
  fc.constantFrom(
    encodeFrame(0, { type: 'hello', version: 1, capabilities: 0 }),
    encodeFrame(1, { type: 'credit', stream: 1, bytes: 100 }),
    encodeFrame(1, { type: 'resize', rows: 1, columns: 1 }),
    encodeFrame(1, { type: 'failed', reason: 'not-found', message: 'no' }),
  ),
);

/** Some bytes set to others, and an end cut off. */
const mutated = fc
  .tuple(
    fc.oneof(
      fields,
      fc.array(frames, { minLength: 1, maxLength: 5 }).map((list) => Buffer.concat(list)),
    ),
    fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255))), {
      maxLength: 6,
    }),
    fc.nat(40),
  )
  .map(([bytes, changes, cut]) => {
    const copy = Buffer.from(bytes);
    for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
    return copy.subarray(0, Math.max(copy.length - (cut > 20 ? cut - 20 : 0), 0));
  });

function withLength(input: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(input.length);
  return Buffer.concat([length, input]);
}

describe.runIf(nativeProgram !== undefined)('the decoders', () => {
  it(`survive ${INPUTS} mutated inputs`, { timeout: 120_000 }, () => {
    const program = makeNative('fuzz', 'fuzz-frames')!;
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const inputs = fc.sample(mutated, { numRuns: INPUTS, seed });
    const input = Buffer.concat(inputs.map(withLength));
    const { status, stdout, stderr } = spawnSync(program, { input, encoding: 'utf8' });
    expect({ status, stdout, stderr, seed }).toEqual({
      status: 0,
      stdout: `${INPUTS} inputs\n`,
      stderr: '',
      seed,
    });
  });

  it('find nothing wrong with what is right', () => {
    const program = makeNative('fuzz', 'fuzz-frames')!;
    const command = {
      ...nothingSpecial,
      arguments: toBytes('true'),
      variables: [],
      directory: Buffer.from('/'),
      umask: 0,
    };
    const start = encodeFrame(1, { type: 'start', fields: encodeCommand(command) });
    const { status, stdout } = spawnSync(program, { input: withLength(start), encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1 inputs\n' });
  });
});
