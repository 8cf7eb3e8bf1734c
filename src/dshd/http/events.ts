/**
 * The stream of events: a snapshot, and then what has changed, once a second. What has changed is
 * found and written out once for all who listen, and nothing is done while nobody does. Nothing is kept for
 * those who come back: they get a snapshot. A listener that does not read is put out, since what waits for
 * it would only grow older and larger.
 */
import type { ServerResponse } from 'node:http';
import type { NewsAnswer } from '../../core/wire/web-api.ts';
import { commonHeaders, stringify } from './answer.ts';

const STREAMS_MAX = 128;
/** What may wait for a listener: more than a snapshot of the largest cluster. */
const BACKLOG_BYTES_MAX = 8 * 1024 * 1024;
const CHANGE_MS = 1000;
/** Through proxies and tunnels that close what is silent. */
const HEARTBEAT_MS = 15_000;

export interface EventStreams {
  /** False: there are too many already. */
  open(response: ServerResponse): boolean;
  count(): number;
  close(): void;
}

/** `tell` gives all nodes and jobs; undefined: the daemon is about to end. */
export function createEventStreams(tell: () => NewsAnswer | undefined): EventStreams {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let known = new Map<string, string>();
  let silentMs = 0;

  function open(response: ServerResponse): boolean {
    // Before anything is asked: who is refused is to cost nothing.
    const news = listeners.size < STREAMS_MAX ? tell() : undefined;
    if (!news) return false;
    // What one of the listeners has been told, all have: to the earlier ones it is a change.
    if (listeners.size > 0) tellChange(news);
    else known = describe(news);
    response.writeHead(200, {
      ...commonHeaders,
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
    });
    response.write(formatEvent('snapshot', news));
    listeners.add(response);
    response.on('close', () => forget(response));
    timer ??= setInterval(turn, CHANGE_MS);
    return true;
  }

  function turn(): void {
    const news = tell();
    if (news) tellChange(news);
    silentMs += CHANGE_MS;
    if (silentMs >= HEARTBEAT_MS) broadcast(': still here\n\n');
  }

  function tellChange(news: NewsAnswer): void {
    const descriptions = describe(news);
    const hasChanged = (key: string): boolean => descriptions.get(key) !== known.get(key);
    const nodes = news.nodes.filter((node) => hasChanged(nodeKey(node)));
    const jobs = news.jobs.filter((job) => hasChanged(jobKey(job)));
    const gone = [...known.keys()].filter((key) => !descriptions.has(key));
    known = descriptions;
    if (nodes.length + jobs.length + gone.length === 0) return;
    // A node that has left the cluster file, or a job that is forgotten: rare, and told by the whole.
    if (gone.some((key) => key.startsWith('node '))) broadcast(formatEvent('snapshot', news));
    else if (nodes.length + jobs.length > 0) {
      broadcast(formatEvent('change', { ...news, nodes, jobs }));
    }
  }

  function broadcast(text: string): void {
    silentMs = 0;
    for (const listener of listeners) {
      if (listener.writableLength > BACKLOG_BYTES_MAX) listener.destroy();
      else if (!listener.destroyed) listener.write(text);
    }
  }

  function forget(response: ServerResponse): void {
    listeners.delete(response);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    known.clear();
  }

  return {
    open,
    count: () => listeners.size,
    close() {
      for (const listener of listeners) listener.destroy();
    },
  };
}

type Node = NewsAnswer['nodes'][number];
type Job = NewsAnswer['jobs'][number];

/** By node and by job: what makes it worth telling. Ages are not, they change by themselves. */
function describe({ nodes, jobs }: NewsAnswer): Map<string, string> {
  const rows = new Map<string, string>();
  for (const node of nodes) rows.set(nodeKey(node), describeNode(node));
  for (const job of jobs) rows.set(jobKey(job), describeJob(job));
  return rows;
}

function nodeKey({ name }: Node): string {
  return `node ${name}`;
}

function jobKey({ job }: Job): string {
  return `job ${job}`;
}

function describeNode({ state, load, cpus, jobs, freeBytes, totalBytes }: Node): string {
  const freeMiB = Math.round(freeBytes / 2 ** 20);
  return [state, load.toFixed(2), cpus, jobs, freeMiB, totalBytes].join(' ');
}

function describeJob({ startedSecondsAgo, endedSecondsAgo, pid, outcome }: Job): string {
  const stage = endedSecondsAgo !== undefined ? 2 : startedSecondsAgo !== undefined ? 1 : 0;
  return `${stage} ${pid} ${outcome}`;
}

function formatEvent(name: string, news: NewsAnswer): string {
  return `event: ${name}\ndata: ${stringify(news)}\n\n`;
}
