/** Names that are found late, change or cannot be trusted. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeId, plainNode } from '../../src/core/cluster.ts';
import { createAddressBook } from '../../src/dshd/addresses.ts';

let names: Map<string, string[]>;
let known: Record<string, readonly string[] | undefined>;
let unresolved: string[];
let untrusted: (readonly string[])[];
let book: ReturnType<typeof createAddressBook>;

beforeEach(() => {
  vi.useFakeTimers();
  names = new Map();
  unresolved = [];
  untrusted = [];
  book = createAddressBook({
    async resolve(name) {
      const found = names.get(name);
      if (!found) throw new Error(`ENOTFOUND ${name}`);
      return found;
    },
    onChange(addresses) {
      known = Object.fromEntries(
        ['near', 'far'].map((name) => [name, addresses.get(nodeId(name))]),
      );
    },
    onUnresolved: (name) => void unresolved.push(name),
    onUntrusted: (all) => void untrusted.push(all),
  });
});

afterEach(() => {
  book.close();
  vi.useRealTimers();
});

const nodes = [plainNode('near'), plainNode('far')];

test('a name that is found later is used from then on, and its absence told once', async () => {
  names.set('near', ['127.0.0.2']);
  book.setNodes(nodes, true);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(known).toEqual({ near: ['127.0.0.2'], far: undefined });
  expect(unresolved).toEqual(['far']);
  names.set('far', ['10.0.0.3']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(known['far']).toEqual(['10.0.0.3']);
});

test('a name that has another address now is followed within five minutes', async () => {
  names.set('near', ['10.0.0.2']).set('far', ['10.0.0.3']);
  book.setNodes(nodes, true);
  await vi.advanceTimersByTimeAsync(0);
  names.set('far', ['10.0.0.9', 'fd00::9']);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(known['far']).toEqual(['10.0.0.9', 'fd00::9']);
});

test('an address that was found stays while the name cannot be found', async () => {
  names.set('near', ['10.0.0.2']).set('far', ['10.0.0.3']);
  book.setNodes(nodes, true);
  await vi.advanceTimersByTimeAsync(0);
  names.delete('far');
  await vi.advanceTimersByTimeAsync(310_000);
  expect(known['far']).toEqual(['10.0.0.3']);
});

test('without a key only loopback addresses count, and the others are named once', async () => {
  names.set('near', ['127.0.0.2', '10.0.0.2']).set('far', ['10.0.0.3']);
  book.setNodes(nodes, false);
  await vi.advanceTimersByTimeAsync(700_000);
  expect(known).toEqual({ near: ['127.0.0.2'], far: undefined });
  expect(untrusted).toEqual([['far']]);
});

test('a new cluster file takes over at once from names that are still looked up', async () => {
  let answer: (found: string[]) => void = () => {};
  const slow = new Promise<string[]>((resolve) => (answer = resolve));
  const changes: (readonly string[] | undefined)[][] = [];
  const own = createAddressBook({
    resolve: () => slow,
    onChange: (all) => void changes.push(['near', 'far'].map((name) => all.get(nodeId(name)))),
    onUnresolved: () => {},
    onUntrusted: () => {},
  });
  own.setNodes(nodes, true);
  own.setNodes([{ ...plainNode('near'), address: '10.0.0.2' }], true);
  answer(['10.0.0.7']);
  await vi.advanceTimersByTimeAsync(0);
  const isNew = [['10.0.0.2'], undefined];
  expect(changes).toEqual([[undefined, undefined], isNew, isNew]);
  own.close();
});
