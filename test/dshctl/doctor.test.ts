/** The parts of `dshctl doctor` that need no node. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checks } from '../../src/dshctl/doctor/checks/index.ts';
import { firewall } from '../../src/dshctl/doctor/checks/firewall.ts';
import { differences, type Evidence, type LookedAt } from '../../src/dshctl/doctor/evidence.ts';
import { describeFindings } from '../../src/dshctl/doctor/report.ts';

describe('docs/doctor.md', () => {
  it('has all checks, in their order', () => {
    const text = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, name, title]) => [
      name,
      title,
    ]);
    expect(rows).toEqual(checks.map(({ name, title }) => [name, title]));
    expect(text).toContain(`8 nodes, ${checks.length} checks`);
  });
});

describe('a difference', () => {
  const nodes = (...values: readonly (number | undefined)[]): readonly LookedAt[] =>
    values.map(
      (uid, index) => ({ name: `h${index + 1}`, isHere: index === 0, facts: { uid } }) as never,
    );
  const odd = (...values: readonly (number | undefined)[]): unknown =>
    differences(nodes(...values), ({ facts }) => facts.uid).map(({ node, usual }) => [
      node.name,
      usual,
    ]);

  it.each([
    [[1, 1, 1], []],
    [[1, 2], [['h2', 1]]],
    [[2, 1, 1], [['h1', 1]]],
    [[1, 2, undefined, 2, 2], [['h1', 2]]],
    [
      [1, 2, 3],
      [
        ['h2', 1],
        ['h3', 1],
      ],
    ],
    [[undefined, undefined], []],
  ])('of %j is %j', (values, expected) => {
    expect(odd(...values)).toEqual(expected);
  });
});

describe('firewall', () => {
  const about = { trust: 'key', clusterName: 'dsh', udpPort: 8181, keys: [{ id: 1, print: 'a' }] };
  const names = ['h1', 'h2', 'h3'];

  function examine(
    unanswering: readonly string[],
    silentTo: readonly (readonly [listener: string, speaker: string])[] = [],
  ): readonly unknown[] {
    const nodes = names.map((name, index) => {
      const views = names.map((other) => {
        const isSilent = silentTo.some(([here, there]) => here === name && there === other);
        return { name: other, state: isSilent ? 'silent' : 'ok' };
      });
      const facts = { daemon: { about: { ...about, node: name }, nodes: views } };
      return { name, isHere: index === 0, reach: { kind: 'looked-at', facts } };
    });
    const evidence = { nodes, unanswering: new Set(unanswering) };
    return firewall
      .examine(evidence as unknown as Evidence)
      .map(({ node, what }) => `${node}: ${what}`);
  }

  it('finds nothing where all hear each other and answer', () => {
    expect(examine([])).toEqual([]);
  });

  it('finds a node that is heard through others alone', () => {
    expect(examine(['h3'])).toEqual([
      'h3: others tell of it, but it left 3 packets of this node unanswered: packets of UDP port 8181 are lost between the two',
    ]);
  });

  it('finds one thing only where a node is not heard either', () => {
    expect(examine(['h3'], [['h1', 'h3']])).toEqual([
      'h3: it hears h1, but is not heard there: packets of UDP port 8181 are lost on the way out',
    ]);
  });
});

it('says that there is nothing, and counts what there is', () => {
  expect(describeFindings([], 1, 26)).toBe('1 node, 26 checks: nothing found\n');
  const finding = { check: 'clock', node: 'h2', what: 'it is late', cure: 'set it' };
  expect(describeFindings([finding], 2, 26)).toBe(
    'h2: it is late [clock]\n    cure: set it\n2 nodes, 26 checks: 1 finding\n',
  );
});
