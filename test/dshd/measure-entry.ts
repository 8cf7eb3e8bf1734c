/**
 * A program that measures where it runs. For each number it is given it keeps as many processes
 * busy, waits until that shows in the runnable ones, and prints the measurement as a line of JSON;
 * after ten seconds it prints the last one, whatever it is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../../src/core/daemon-state.ts';
import { createMeasurer } from '../../src/dshd/measure.ts';

const WAIT_MS = 10_000;
const { sample } = createMeasurer({ procfs: '/proc', sysfs: '/sys' });
const children: ChildProcess[] = [];

for (const count of process.argv.slice(2).map(Number)) {
  const isFewer = count < children.length;
  while (children.length < count) children.push(startBusyProcess());
  while (children.length > count) await end(children.pop()!);
  const measurement = await sampleUntil(({ runnable }) =>
    isFewer ? runnable <= count : runnable >= count,
  );
  console.log(JSON.stringify(measurement));
}
while (children.length > 0) await end(children.pop()!);

function startBusyProcess(): ChildProcess {
  // The limit of CPU seconds ends it should this program be killed.
  return spawn('sh', ['-c', 'ulimit -t 20; while :; do :; done'], { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function sampleUntil(isEnough: (measurement: Measurement) => boolean): Promise<Measurement> {
  const deadlineMs = performance.now() + WAIT_MS;
  for (;;) {
    const measurement = sample();
    if (isEnough(measurement) || performance.now() > deadlineMs) return measurement;
    await delay(10);
  }
}
