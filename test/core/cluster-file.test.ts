import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClusterFile } from '../../src/core/cluster-file.ts';

const good: [situation: string, text: string, nodes: object[]][] = [
  ['nothing', '', []],
  ['comments and blank lines', '# all\n\n   \n\t# nodes\n', []],
  ['a name alone', 'newton', [{ name: 'newton', loadWeight: 1, memoryWeight: 1 }]],
  [
    "the original's example",
    'newton.foo.bar 1.0 1.0\ngalileo.foo.bar 2.0 2.0\nkepler.foo.bar 2.0\n',
    [
      { name: 'newton.foo.bar', loadWeight: 1, memoryWeight: 1 },
      { name: 'galileo.foo.bar', loadWeight: 2, memoryWeight: 2 },
      { name: 'kepler.foo.bar', loadWeight: 2, memoryWeight: 1 },
    ],
  ],
  ['a comment behind a node', 'a 2 # half as fast', [{ name: 'a', loadWeight: 2 }]],
  ['Windows line ends', 'a\r\nb 2\r\n', [{ name: 'a' }, { name: 'b', loadWeight: 2 }]],
  [
    'attributes',
    'a 1.5 2 ssh=user@gate address=10.0.0.7 cpus=8 speed=1.25 tags=gpu,big',
    [
      {
        name: 'a',
        loadWeight: 1.5,
        memoryWeight: 2,
        destination: 'user@gate',
        address: '10.0.0.7',
        cpus: 8,
        speed: 1.25,
        tags: ['gpu', 'big'],
      },
    ],
  ],
  ['attributes without weights', 'a cpus=.5', [{ name: 'a', cpus: 0.5, loadWeight: 1 }]],
  ['addresses as names', '::1\n127.0.0.1', [{ name: '::1' }, { name: '127.0.0.1' }]],
];

const bad: [text: string, line: number, message: RegExp][] = [
  ['a fast', 1, /weight 'fast': expected a number above 0/],
  ['a\nb 0', 2, /weight '0': expected a number above 0/],
  ['a -1', 1, /weight '-1'/],
  ['a 1 1 1', 1, /'1': expected at most two weights/],
  ['a 1e9', 1, /weight '1e9'/],
  ['-oProxyCommand=x', 1, /node name '-oProxyCommand=x'/],
  ['a;b', 1, /node name 'a;b'/],
  ['\n\na\na', 4, /'a' is named twice, first on line 3/],
  ['a color=red', 1, /attribute 'color': expected one of address, ssh, cpus, speed, tags/],
  ['a constructor=1', 1, /attribute 'constructor'/],
  ['a cpus=many', 1, /cpus 'many': expected a number above 0/],
  ['a ssh=-oX', 1, /ssh '-oX': expected a destination/],
  ['a cpus=1 2', 1, /'2' after the attributes/],
  ['a address=999.1.1.1', 1, /address '999.1.1.1': expected an IPv4 or IPv6 address/],
  ['a address=10.0.0.1\nb address=10.0.0.1', 2, /address 10.0.0.1 is that of 'a' on line 1/],
  ['a ssh=x ssh=y', 1, /'ssh=y': ssh is given twice/],
  ['a address=there', 1, /address 'there': expected an IPv4 or IPv6 address/],
];

describe('parseClusterFile', () => {
  it.each(good)('reads %s', (_situation, text, nodes) => {
    const parsed = parseClusterFile(text);
    expect(parsed).toMatchObject({ ok: true, nodes });
    expect(parsed.ok && parsed.nodes.length).toBe(nodes.length);
  });

  it.each(bad)('refuses %j with line %i', (text, line, message) => {
    expect(parseClusterFile(text)).toMatchObject({
      ok: false,
      error: { line, message: expect.stringMatching(message) },
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseClusterFile(text)));
  });
});
