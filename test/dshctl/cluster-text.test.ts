import { expect, it } from 'vitest';
import { addNodes } from '../../src/dshctl/setup/cluster-text.ts';

const node = (name: string, address?: string, destination = name) => ({
  name,
  address,
  destination,
});

it('begins a cluster file with a heading', () => {
  const text = addNodes('', [node('h1', '10.0.0.1'), node('h2', '10.0.0.2', 'ann@h2')]);
  expect(text).toMatch(/^# .*\nh1 address=10\.0\.0\.1\nh2 address=10\.0\.0\.2 ssh=ann@h2\n$/);
});

it('keeps what is there, and adds what is not', () => {
  const text = '# ours\nh1 2.0 1.0 tags=big   # the old one';
  expect(addNodes(text, [node('h1', '10.0.0.9'), node('h2')])).toBe(`${text}\nh2\n`);
  expect(addNodes(text, [node('h1', '10.0.0.9')])).toBe(text);
});

it.each([
  ['h1 x\n', [node('h2')], "cluster file, line 1: weight 'x': "],
  ['h1\n', [node('a=b')], "cluster file, line 2: node name 'a=b': "],
  ['h1 address=10.0.0.1\n', [node('h2', '10.0.0.1')], 'cluster file, line 2: address 10.0.0.1 is '],
])('refuses what no cluster file can be: %j with %j', (text, nodes, message) => {
  expect(() => addNodes(text, nodes)).toThrow(message);
});
