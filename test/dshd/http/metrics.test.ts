import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { Counters } from '../../../src/core/wire/control-report.ts';
import { renderMetrics } from '../../../src/dshd/http/metrics.ts';
import { describeWith } from '../../support/lab-requirements.ts';
import { madeUpNode } from '../../support/made-up-views.ts';

const counters = {
  packetsSent: 10,
  packetsReceived: 20,
  bytesSent: 1000,
  bytesReceived: 2000,
  packetsRefused: 3,
  refused: { 'wrong-source': 3, replayed: 0 },
  placements: 7,
  refusals: 1,
  probesMissed: 2,
} as unknown as Counters;

const process = { cpuSeconds: 1.5, residentBytes: 5e7, startedSeconds: 1.7e9 };

function render(names: readonly string[]): string {
  const nodes = [
    ...names.map((name) => madeUpNode(name, { skewMs: -1500 })),
    madeUpNode('gone', { state: 'unknown', cost: null }),
  ];
  return renderMetrics({ self: 'n1', version: '1.2.3', nodes, counters, streams: 4, process });
}

it('tells what the daemon knows', () => {
  const lines = render(['n1', 'n2']).split('\n');
  expect(lines).toContain('# TYPE dshd_placements_total counter');
  expect(lines).toContain('dshd_placements_total 7');
  expect(lines).toContain('dshd_refused_packets_total{reason="wrong-source"} 3');
  expect(lines).toContain('dsh_nodes{state="ok"} 2');
  expect(lines).toContain('dsh_node_load{node="n2"} 1');
  expect(lines).toContain('dsh_node_clock_skew_seconds{node="n2"} -1.5');
  expect(lines).toContain('dsh_node_up{node="gone"} 0');
  // Of a node that was not heard of, no load of 0 is told.
  expect(lines.filter((line) => line.startsWith('dsh_node_load{node="gone"'))).toEqual([]);
});

describeWith(['prometheus'], 'promtool', () => {
  it.each([[['n1']], [['a"b\\c\nd', 'größe']], [[]]])('finds nothing wrong with %j', (names) => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: render(names),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
