/** The native client under AddressSanitizer, with an agent that says what no agent would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeFrame,
  type Frame,
  frameTypes,
  PROTOCOL_VERSION,
} from '../../src/core/wire/frame.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { makeNative, nativeClient } from './program.ts';

const RUNS = 300;
const SANITIZER_STATUS = 99;

const someBytes = fc.uint8Array({ maxLength: 40 });
const someText = fc.string({ maxLength: 20 });
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.constant<Frame>({ type: 'hello', version: PROTOCOL_VERSION, capabilities: 63 }),
  someText.map((node): Frame => ({ type: 'placed', node })),
  fc.nat(99_999).map((pid): Frame => ({ type: 'started', pid })),
  someText.map((message): Frame => ({ type: 'notice', message })),
  fc
    .tuple(fc.constantFrom(0, 1, 2), someBytes)
    .map(([stream, bytes]): Frame => ({ type: 'data', stream: stream as 0, bytes })),
  fc.nat(2).map((stream): Frame => ({ type: 'broken', stream: stream as 0 })),
  fc.nat(2).map((stream): Frame => ({ type: 'eof', stream: stream as 0 })),
  fc
    .tuple(fc.nat(2), fc.nat(2 ** 32 - 1))
    .map(([stream, bytes]): Frame => ({ type: 'credit', stream: stream as 0, bytes })),
  fc.nat(255).map((status): Frame => ({ type: 'exited', status })),
  someText.map((message): Frame => ({ type: 'failed', reason: 'not-found', message })),
  fc.tuple(fc.nat(9), someText).map(([pid, message]): Frame => ({ type: 'lost', pid, message })),
  fc.constant<Frame>({ type: 'ping' }),
);

/** STOPPED is what it says, and nobody would wake the client up. */
const someByte = fc.nat(255).filter((value) => value !== frameTypes.stopped);

/** A greeting, then frames in any order, with bytes set to others and an end cut off. */
const speech = fc
  .tuple(
    fc.boolean(),
    fc.array(frame, { maxLength: 8 }),
    fc.array(fc.tuple(fc.nat(), someByte), { maxLength: 3 }),
    fc.nat(20),
  )
  .map(([greets, frames, changes, cut]) => {
    const greeting: Frame = { type: 'hello', version: PROTOCOL_VERSION, capabilities: 63 };
    const all = [...(greets ? [greeting] : []), ...frames];
    const bytes = Buffer.concat(all.map((each) => encodeFrame(1, each)));
    for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes.subarray(0, bytes.length - Math.min(cut < 10 ? 0 : cut, bytes.length));
  });

describe.runIf(nativeClient !== undefined)('the native client', () => {
  const folder = createTemporaryFolder();
  const socketPath = join(folder, 'agent.sock');
  const client = makeNative('sanitized', 'san/dsh')!;
  let server: Server;
  let words: Buffer;
  // What is left of the agent's connections: the client may come again if it was not greeted.
  const connections = new Set<Socket>();

  beforeAll(async () => {
    server = createServer((socket) => {
      connections.add(socket);
      socket.on('error', () => {});
      socket.resume();
      socket.end(words);
      // An agent that greets nobody is not met a second time.
      words = Buffer.from('no agent\r\n');
    });
    await once(server.listen(socketPath), 'listening');
  });
  afterAll(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });

  it(`survives ${RUNS} agents that break the protocol`, { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(speech, async (bytes) => {
        words = bytes;
        const child = spawn(client, ['-T', 'true'], {
          env: {
            DSH_AGENT: socketPath,
            ASAN_OPTIONS: `exitcode=${SANITIZER_STATUS}`,
            UBSAN_OPTIONS: `exitcode=${SANITIZER_STATUS}`,
          },
          stdio: ['pipe', 'ignore', 'pipe'],
        });
        let stderr = '';
        child.stderr.setEncoding('latin1').on('data', (text: string) => {
          stderr += text;
        });
        child.stdin.on('error', () => {});
        child.stdin.end('input\n');
        // It may die of a signal: so an agent says that the command did.
        const [status] = (await once(child, 'close')) as [number | null];
        expect(stderr).not.toMatch(/Sanitizer|runtime error/);
        expect(status).not.toBe(SANITIZER_STATUS);
      }),
      { numRuns: RUNS },
    );
  });
});
