/** Does something for each of many nodes, a bounded number at a time. */

/** Connections that are open at a time: what sshd and this machine's limits bear. */
const AT_ONCE = 32;

/** Ends when all are done, or rejects with the first error. */
export async function forEachAtOnce<Item>(
  items: Iterable<Item>,
  action: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const left = [...items].entries();
  async function work(): Promise<void> {
    for (const [index, item] of left) await action(item, index);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
