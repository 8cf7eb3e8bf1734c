/** Many jobs and much data in the native runner. The figures are printed, not asserted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeCommand, nothingSpecial } from '../../src/core/wire/command.ts';
import {
  DATA_BYTES_MAX,
  isEndFrame,
  RUNNER_PREAMBLE,
  STREAM_WINDOW_BYTES,
} from '../../src/core/wire/frame.ts';
import { createFrameLink } from '../../src/node/frame-link.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { childrenOf, peakMemoryBytes } from './processes.ts';
import { nativeProgram } from './program.ts';
import { waitUntil } from '../../lab/wait.ts';

const MIB = 1024 * 1024;
const DEADLINE_MS = 600_000;

/** Sends as many zeros through `cat` as the window lets it, and returns what came back of it. */
async function pourThroughCat(totalBytes: number) {
  const child = spawn(nativeProgram!, ['--serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'readable');
  child.stdout.read(RUNNER_PREAMBLE.length);
  const piece = new Uint8Array(DATA_BYTES_MAX);
  let sent = 0;
  let window = STREAM_WINDOW_BYTES;
  let received = 0;
  const peak = await new Promise<number>((resolve) => {
    const link = createFrameLink(child.stdout, child.stdin, {
      onClose() {},
      onFrame(job, frame) {
        if (frame.type === 'started' || (frame.type === 'credit' && frame.stream === 0)) {
          window += frame.type === 'credit' ? frame.bytes : 0;
          for (; window >= piece.length && sent < totalBytes; window -= piece.length) {
            link.send(job, { type: 'data', stream: 0, bytes: piece });
            sent += piece.length;
            if (sent === totalBytes) link.send(job, { type: 'eof', stream: 0 });
          }
        } else if (frame.type === 'data') {
          received += frame.bytes.length;
          link.send(job, { type: 'credit', stream: frame.stream, bytes: frame.bytes.length });
        } else if (isEndFrame(frame)) {
          const bytes = peakMemoryBytes(child.pid!);
          link.destroy();
          resolve(bytes);
        }
      },
    });
    const command = {
      arguments: toBytes('cat'),
      variables: toBytes('PATH=/usr/bin:/bin'),
      directory: Buffer.from('/'),
      umask: 0o022,
    };
    link.send(1, { type: 'start', fields: encodeCommand({ ...nothingSpecial, ...command }) });
  });
  return { received, peak };
}

describe.runIf(nativeProgram !== undefined)('the runner', () => {
  let runner: TestRunner;
  beforeAll(async () => {
    runner = await startRunner(nativeProgram!);
    return () => runner.link.destroy();
  });

  it('carries 1 GiB through cat in little memory', { timeout: DEADLINE_MS }, async () => {
    const total = 1024 * MIB;
    const start = performance.now();
    const { received, peak } = await pourThroughCat(total);
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `1 GiB in and out: ${(1024 / seconds).toFixed()} MiB/s, at most ${(peak / MIB).toFixed(1)} MiB`,
    );
    expect(received).toBe(total);
    // AddressSanitizer keeps what was freed for a while, to notice who still uses it.
    if (process.env.DSH_TEST_SANITIZED === undefined) expect(peak).toBeLessThan(16 * MIB);
  });

  it('has 300 commands at once', { timeout: DEADLINE_MS }, async () => {
    const jobs = Array.from({ length: 300 }, () => runner.start({ arguments: toBytes('cat') }));
    await Promise.all(jobs.map((job) => job.frame('started')));
    for (const [index, job] of jobs.entries()) {
      job.send({ type: 'data', stream: 0, bytes: Buffer.from(String(index)) });
      job.send({ type: 'eof', stream: 0 });
    }
    for (const [index, job] of jobs.entries()) {
      expect(await job.end()).toEqual({ type: 'exited', status: 0 });
      expect(job.output(1).toString()).toBe(String(index));
    }
  });

  it('keeps nothing of 1,000 commands', { timeout: DEADLINE_MS }, async () => {
    const own = await startRunner(nativeProgram!);
    const descriptors = (): number => readdirSync(`/proc/${own.pid}/fd`).length;
    const before = descriptors();
    const runInTurn = async (): Promise<void> => {
      for (let index = 0; index < 125; index += 1) {
        const terminals = index % 5 === 0 ? 7 : 0;
        const name = index % 10 === 3 ? 'no-such' : 'true';
        await own.start({ arguments: toBytes(name), terminals }).end();
      }
    };
    await Promise.all(Array.from({ length: 8 }, runInTurn));
    expect(descriptors()).toBe(before);
    await waitUntil('the supervisors to leave', () => childrenOf(own.pid).length === 0);
    own.link.destroy();
  });

  it('passes a word on while neighbours pour out theirs', { timeout: DEADLINE_MS }, async () => {
    const own = await startRunner(nativeProgram!);
    const floods = ['yes', 'yes', 'yes'].map((word) => own.start({ arguments: toBytes(word) }));
    const job = own.start({ arguments: toBytes('cat') });
    await Promise.all(floods.map((flood) => flood.received(1, MIB)));
    let longest = 0;
    for (let round = 1; round <= 20; round += 1) {
      const start = performance.now();
      job.send({ type: 'data', stream: 0, bytes: Buffer.of(round) });
      await job.received(1, round);
      longest = Math.max(longest, performance.now() - start);
    }
    console.log(`a byte through cat beside three floods: at most ${longest.toFixed()} ms`);
    expect([...job.output(1)]).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    own.link.destroy();
    await own.ended;
  });

  it('puts out an agent that sends more than a window', async () => {
    const own = await startRunner(nativeProgram!);
    const job = own.start({ arguments: toBytes('sleep', '1000') });
    await job.frame('started');
    for (let sent = 0; sent <= 2 * STREAM_WINDOW_BYTES; sent += DATA_BYTES_MAX) {
      job.send({ type: 'data', stream: 0, bytes: new Uint8Array(DATA_BYTES_MAX) });
    }
    expect(await own.ended).toEqual({
      status: 125,
      stderr: `dshexec: protocol error: job 1 was sent more than a window of ${STREAM_WINDOW_BYTES} bytes\n`,
    });
  });

  it('takes input before the command reads it, and its end', async () => {
    const words = toBytes('sh', '-c', 'read -r line; echo "$line"; cat; echo end');
    const job = runner.start({ arguments: words });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('one\ntwo\n') });
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('one\ntwo\nend\n');
  });
});
