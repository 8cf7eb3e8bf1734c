/** Questions that are asked once, and not by the stream of events. */
import type { ExplainAnswer, HistoryAnswer, RefusedAnswer } from '../core/wire/web-api.ts';

export type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

export function fetchHistory(node: string | undefined): Promise<Answered<HistoryAnswer>> {
  const query = node === undefined ? '' : `?node=${encodeURIComponent(node)}`;
  return ask<HistoryAnswer>(`api/v1/history${query}`);
}

export function fetchExplanation(job: number): Promise<Answered<ExplainAnswer>> {
  return ask<ExplainAnswer>(`api/v1/explain/${job}`);
}

async function ask<Value>(path: string): Promise<Answered<Value>> {
  try {
    const response = await fetch(path);
    const value = (await response.json()) as Value | RefusedAnswer;
    if (response.ok) return { ok: true, value: value as Value };
    return { ok: false, reason: (value as RefusedAnswer).error };
  } catch {
    return { ok: false, reason: 'the daemon does not answer' };
  }
}
