/** What a node's /proc would say: the run queue of the moment and the averages kept of it. */
import type { Measurement } from '../core/daemon-state.ts';
import type { Machine } from './machine.ts';

/** How often dshd reads the run queue. */
export const SAMPLE_MS = 200;
/** The kernel brings its load averages up to date on a grid of 5 s (kernel/sched/loadavg.c). */
const LOADAVG_SAMPLES = 25;
const LOADAVG_DECAY = Math.exp(-5 / 60);
/** PSI's `full avg10`. */
const PRESSURE_DECAY = Math.exp(-SAMPLE_MS / 10_000);

export interface Kernel {
  /** To be called every `SAMPLE_MS`. */
  sample(): Measurement;
}

/** `phase` shifts the 5 s grid, 0 to 1. Without `seesMemory` all memory is always free. */
export function createKernel(machine: Machine, phase: number, seesMemory: boolean): Kernel {
  let samples = Math.floor(phase * LOADAVG_SAMPLES);
  let loadavg = 0;
  let memoryPressure = 0;
  return {
    sample() {
      machine.refresh();
      const runnable = machine.runnable();
      const pressed = machine.isThrashing() ? 1 : 0;
      memoryPressure = memoryPressure * PRESSURE_DECAY + pressed * (1 - PRESSURE_DECAY);
      samples += 1;
      if (samples % LOADAVG_SAMPLES === 0) {
        loadavg = loadavg * LOADAVG_DECAY + runnable * (1 - LOADAVG_DECAY);
      }
      const { cpus, totalBytes } = machine.spec;
      return {
        runnable,
        // /proc/loadavg has two decimals.
        loadavg: Math.round(loadavg * 100) / 100,
        cpus,
        freeBytes: seesMemory ? machine.freeBytes() : totalBytes,
        totalBytes,
        memoryPressure: seesMemory ? memoryPressure : 0,
      };
    },
  };
}
