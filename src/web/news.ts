/** The stream of events of the daemon. The browser connects again by itself, unless it was refused. */
import type { NewsAnswer } from '../core/wire/web-api.ts';

const RETRY_MS = 5000;

export interface NewsHandlers {
  onSnapshot(news: NewsAnswer): void;
  onChange(news: NewsAnswer): void;
  /** False: the daemon does not answer. */
  onContact(isThere: boolean): void;
}

export function listenToNews(handlers: NewsHandlers): void {
  const source = new EventSource('api/v1/events');
  const read = (event: Event): NewsAnswer =>
    JSON.parse((event as MessageEvent<string>).data) as NewsAnswer;
  source.addEventListener('snapshot', (event) => handlers.onSnapshot(read(event)));
  source.addEventListener('change', (event) => handlers.onChange(read(event)));
  source.addEventListener('open', () => handlers.onContact(true));
  source.addEventListener('error', () => {
    handlers.onContact(false);
    if (source.readyState === EventSource.CLOSED)
      setTimeout(() => listenToNews(handlers), RETRY_MS);
  });
}
