/** What has come so far, and a way to wait for what is to come. */
export interface Mailbox<T> {
  readonly all: readonly T[];
  push(item: T): void;
  /** The first item that fits, taken out; waits for it, and fails with what came instead. */
  take(fits: (item: T) => boolean, what: string): Promise<T>;
}

const DEADLINE_MS = 60_000;

export function createMailbox<T>(): Mailbox<T> {
  const items: T[] = [];
  const waiting = new Set<() => void>();
  return {
    all: items,
    push(item) {
      items.push(item);
      for (const look of waiting) look();
    },
    take: (fits, what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${what} did not come, but: ${JSON.stringify(items).slice(0, 2000)}`));
        }, DEADLINE_MS);
        function look(): void {
          const at = items.findIndex(fits);
          if (at < 0) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(items.splice(at, 1)[0]!);
        }
        waiting.add(look);
        look();
      }),
  };
}
