/**
 * The share of the last ten seconds, 0 to 1, in which every thread that had work waited for memory:
 * the `full` line of /proc/pressure/memory or of a cgroup's memory.pressure.
 */
export function parsePressure(text: string): number | undefined {
  const percent = FULL_AVG10.exec(text)?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

const FULL_AVG10 = /^full avg10=(\d{1,3}(?:\.\d{1,6})?)(?: |$)/m;
