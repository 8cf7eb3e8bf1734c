import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseClusterFile } from '../src/core/cluster-file.ts';

test('the example of a cluster file is one', () => {
  const text = readFileSync(new URL('../packaging/cluster.example', import.meta.url), 'utf8');
  const parsed = parseClusterFile(text);
  expect(parsed.ok && parsed.nodes.map(({ name }) => name)).toEqual([
    'newton.example.org',
    'galileo.example.org',
    'kepler.example.org',
    'curie.example.org',
  ]);
});
