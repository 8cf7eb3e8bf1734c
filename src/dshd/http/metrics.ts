/**
 * Figures in the text format of Prometheus (exposition format 0.0.4). Names follow its rules: base
 * units, `_total` for what only rises. A daemon tells of all nodes that it knows, since the port is
 * on loopback: one Prometheus beside one daemon sees the whole cluster.
 */
import type { Counters } from '../../core/wire/control-report.ts';
import { type NodeView, nodeViewStates } from '../../core/wire/control.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Figures {
  readonly self: string;
  readonly version: string;
  readonly nodes: readonly NodeView[];
  readonly counters: Counters;
  /** Open streams of events. */
  readonly streams: number;
  readonly process: {
    readonly cpuSeconds: number;
    readonly residentBytes: number;
    /** Since 1970. */
    readonly startedSeconds: number;
  };
}

export function renderMetrics(figures: Figures): string {
  return [...daemonFamilies(figures), ...nodeFamilies(figures.nodes)].map(renderFamily).join('');
}

interface Family {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

function daemonFamilies({ self, version, nodes, counters, streams, process }: Figures): Family[] {
  const refused = Object.entries(counters.refused).map(([reason, count]) => ({ reason, count }));
  const states = nodeViewStates.map((state) => ({
    state,
    count: nodes.filter((node) => node.state === state).length,
  }));
  return [
    gauge('dshd_info', 'Which daemon this is.', [[{ node: self, version }, 1]]),
    counter('dshd_sent_packets_total', 'Packets sent to other daemons.', counters.packetsSent),
    counter('dshd_received_packets_total', 'Packets that came.', counters.packetsReceived),
    counter('dshd_sent_bytes_total', 'Bytes sent to other daemons.', counters.bytesSent),
    counter('dshd_received_bytes_total', 'Bytes that came.', counters.bytesReceived),
    {
      name: 'dshd_refused_packets_total',
      kind: 'counter',
      help: 'Packets that were not taken, by reason.',
      samples: refused.map(({ reason, count }) => [{ reason }, count]),
    },
    counter('dshd_placements_total', 'Jobs that got a node.', counters.placements),
    counter('dshd_refusals_total', 'Questions to which no node was named.', counters.refusals),
    counter('dshd_missed_probes_total', 'Probes without an answer.', counters.probesMissed),
    gauge('dshd_event_streams', 'Streams of events that are open.', [[{}, streams]]),
    counter('process_cpu_seconds_total', 'CPU time of the daemon.', process.cpuSeconds),
    gauge('process_resident_memory_bytes', 'Resident set.', [[{}, process.residentBytes]]),
    gauge('process_start_time_seconds', 'When it started.', [[{}, process.startedSeconds]]),
    gauge(
      'dsh_nodes',
      'Nodes of the cluster file, by state.',
      states.map(({ state, count }) => [{ state }, count]),
    ),
  ];
}

/** Figures of nodes that were heard of: those of the others would be made up. */
function nodeFamilies(nodes: readonly NodeView[]): Family[] {
  const heard = nodes.filter(({ state }) => state !== 'unknown');
  const perNode = (name: string, help: string, value: (node: NodeView) => number): Family =>
    gauge(
      `dsh_node_${name}`,
      help,
      heard.map((node) => [{ node: node.name }, value(node)]),
    );
  return [
    gauge(
      'dsh_node_up',
      'Whether a job can be placed there.',
      nodes.map(({ name, cost }) => [{ node: name }, cost === null ? 0 : 1]),
    ),
    perNode('load', 'Runnable processes, jobs on their way included.', ({ load }) => load),
    perNode('cpus', 'CPUs that jobs may use.', ({ cpus }) => cpus),
    perNode('memory_free_bytes', 'Memory that jobs can have.', ({ freeBytes }) => freeBytes),
    perNode('memory_size_bytes', 'Memory of the node.', ({ totalBytes }) => totalBytes),
    perNode('jobs', 'Jobs of dsh that run there.', ({ jobs }) => jobs),
    perNode('age_seconds', 'Since its figures were measured.', ({ ageSeconds }) => ageSeconds),
    gauge(
      'dsh_node_clock_skew_seconds',
      'Its clock less that of this node.',
      heard.flatMap(({ name, skewMs }) =>
        skewMs === undefined ? [] : [[{ node: name }, skewMs / 1000] as const],
      ),
    ),
  ];
}

function counter(name: string, help: string, value: number): Family {
  return { name, kind: 'counter', help, samples: [[{}, value]] };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, kind: 'gauge', help, samples };
}

function renderFamily({ name, kind, help, samples }: Family): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
