/** The one model of the page, and whoever is to know that it has changed. */
import type { NewsAnswer } from '../core/wire/web-api.ts';
import { changeModel, createModel, type Model } from './model.ts';

export interface Store {
  model(): Model;
  isEmpty(): boolean;
  /** The time of the model's rows. */
  nowMs(): number;
  takeSnapshot(news: NewsAnswer): void;
  takeChange(news: NewsAnswer): void;
}

/** `onChange` gets what was known before; undefined: nothing. */
export function createStore(onChange: (before: Model | undefined) => void): Store {
  let model: Model | undefined;
  const nowMs = (): number => performance.now();
  return {
    model: () => model!,
    isEmpty: () => model === undefined,
    nowMs,
    takeSnapshot(news) {
      const before = model;
      model = createModel(news, nowMs());
      onChange(before);
    },
    takeChange(news) {
      if (!model) return;
      const before = model;
      model = changeModel(model, news, nowMs());
      onChange(before);
    },
  };
}
