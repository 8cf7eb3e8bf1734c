import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createHeartbeat,
  HEARTBEAT_MS,
  HEARTBEATS_MISSED_MAX,
  type Heartbeat,
} from '../../src/node/heartbeat.ts';

let said: string[];
let isBusy: boolean;
let heartbeat: Heartbeat;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  isBusy = true;
  heartbeat = createHeartbeat({
    isBusy: () => isBusy,
    onBeat: () => said.push('beat'),
    onSilence: () => said.push('silence'),
  });
});
afterEach(() => {
  heartbeat.stop();
  vi.useRealTimers();
});

function pass(beats: number): void {
  vi.advanceTimersByTime(beats * HEARTBEAT_MS);
}

test('silence is told once, after as many beats without an answer as are allowed', () => {
  pass(HEARTBEATS_MISSED_MAX);
  expect(said).toEqual(['beat', 'beat']);
  pass(5);
  expect(said).toEqual(['beat', 'beat', 'silence']);
});

test('whoever is heard once in a while is there', () => {
  for (let round = 0; round < 10; round += 1) {
    pass(HEARTBEATS_MISSED_MAX);
    heartbeat.heard();
  }
  expect(said).not.toContain('silence');
});

test('nothing is sent or expected while no command runs', () => {
  isBusy = false;
  pass(10);
  expect(said).toEqual([]);
  isBusy = true;
  pass(1);
  expect(said).toEqual(['beat']);
});

test('after its stop it is quiet', () => {
  heartbeat.stop();
  pass(10);
  expect(said).toEqual([]);
});
