/** DSH_TRACE: when the agent took each step of a command, on the clock that the client began. */

export interface Trace {
  mark(step: string): void;
  /** One line a step: microseconds since the client's start, and since the step before. */
  lines(): string[];
}

/** @param begunUs CLOCK_MONOTONIC at the client's start, which Node reads as well; 0: no trace. */
export function createTrace(begunUs: number): Trace {
  if (begunUs === 0) return noTrace;
  const marks: { readonly step: string; readonly atUs: number }[] = [];
  return {
    mark(step) {
      marks.push({ step, atUs: Number(process.hrtime.bigint() / 1000n) - begunUs });
    },
    lines: () =>
      marks.map(({ step, atUs }, index) => {
        const sinceUs = atUs - (marks[index - 1]?.atUs ?? atUs);
        return `trace: ${String(atUs).padStart(7)} us  +${String(sinceUs).padStart(6)}  agent: ${step}`;
      }),
  };
}

const noTrace: Trace = { mark() {}, lines: () => [] };
