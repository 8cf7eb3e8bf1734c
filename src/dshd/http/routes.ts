/** Every path that is answered, besides the files of the page and the stream of events. */
import type { ControlReply } from '../../core/wire/control.ts';
import type {
  CountersAnswer,
  ExplainAnswer,
  HistoryAnswer,
  JobsAnswer,
  NodesAnswer,
} from '../../core/wire/web-api.ts';
import { type Answer, jsonAnswer, refusal, textAnswer } from './answer.ts';
import type { Question } from './core-client.ts';
import { METRICS_TYPE, renderMetrics } from './metrics.ts';

/** What the routes are answered from. */
export interface Sources {
  readonly self: string;
  readonly version: string;
  ask(question: Question): ControlReply;
  tellHistory(node: string | undefined): HistoryAnswer | undefined;
  /** How many streams of events are open. */
  streams(): number;
}

interface Route {
  /** One that ends with a slash takes what follows as `rest`. */
  readonly path: string;
  answer(sources: Sources, rest: string, query: URLSearchParams): Answer;
}

export const routes: readonly Route[] = [
  { path: '/healthz', answer: () => textAnswer('ok\n') },
  { path: '/metrics', answer: answerMetrics },
  { path: '/api/v1/nodes', answer: (sources) => answerWith(tellNodes(sources)) },
  { path: '/api/v1/jobs', answer: (sources) => answerWith(tellJobs(sources)) },
  { path: '/api/v1/explain/', answer: answerExplain },
  { path: '/api/v1/counters', answer: answerCounters },
  { path: '/api/v1/history', answer: answerHistory },
];

/** Undefined: no route has this path. */
export function answerRoute(
  sources: Sources,
  path: string,
  query: URLSearchParams,
): Answer | undefined {
  const route = routes.find((each) =>
    each.path.endsWith('/') ? path.startsWith(each.path) : path === each.path,
  );
  return route?.answer(sources, path.slice(route.path.length), query);
}

export function tellNodes({ ask, self }: Sources): NodesAnswer | undefined {
  const reply = ask({ op: 'nodes' });
  return reply.op === 'nodes' ? { self, nodes: reply.nodes } : undefined;
}

export function tellJobs({ ask }: Sources): JobsAnswer | undefined {
  const reply = ask({ op: 'jobs' });
  return reply.op === 'jobs' ? { jobs: reply.jobs } : undefined;
}

function answerWith(value: object | undefined): Answer {
  return value === undefined ? refusal(503, 'the daemon is about to end') : jsonAnswer(value);
}

function answerMetrics({ ask, version, self, streams }: Sources): Answer {
  const [nodes, counters] = [ask({ op: 'nodes' }), ask({ op: 'counters' })];
  if (nodes.op !== 'nodes' || counters.op !== 'counters') return answerWith(undefined);
  const text = renderMetrics({
    self,
    version,
    nodes: nodes.nodes,
    counters: counters.counters,
    streams: streams(),
    process: {
      cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      startedSeconds: performance.timeOrigin / 1000,
    },
  });
  return textAnswer(text, METRICS_TYPE);
}

function answerExplain({ ask }: Sources, rest: string): Answer {
  if (!/^\d{1,15}$/.test(rest)) {
    return refusal(400, `job '${rest}': expected a number, as in /api/v1/explain/7`);
  }
  const reply = ask({ op: 'explain', job: Number(rest) });
  if (reply.op === 'explained') {
    return jsonAnswer({ decision: reply.decision } satisfies ExplainAnswer);
  }
  return reply.op === 'refused' ? refusal(404, reply.reason) : answerWith(undefined);
}

function answerCounters({ ask }: Sources): Answer {
  const reply = ask({ op: 'counters' });
  if (reply.op !== 'counters') return answerWith(undefined);
  return jsonAnswer({ counters: reply.counters } satisfies CountersAnswer);
}

function answerHistory({ tellHistory }: Sources, _rest: string, query: URLSearchParams): Answer {
  const stranger = [...query.keys()].find((name) => name !== 'node');
  if (stranger !== undefined) {
    return refusal(400, `parameter '${stranger}': expected node=NAME, or none`);
  }
  const node = query.get('node') ?? undefined;
  const history = tellHistory(node);
  return history
    ? jsonAnswer(history)
    : refusal(404, `node '${node}': not in the cluster file of this daemon`);
}
