/** Reads a line of the daemon's Unix socket: a request, or the reason why it is none. */
import {
  cleanText,
  type JobLabel,
  LABEL_COMMAND_MAX,
  LABEL_OUTCOME_MAX,
  LABEL_USER_MAX,
} from '../job-label.ts';
import { type ControlRequest, PLACE_COUNT_MAX, type Wishes } from './control.ts';

const NAMES_MAX = 4096;
const CPUS_MAX = 4096;

export type DecodedRequest =
  | { readonly ok: true; readonly request: ControlRequest }
  | { readonly ok: false; readonly reason: string; readonly id?: number };

export function decodeControlRequest(line: string): DecodedRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: 'not a line of JSON' };
  }
  if (!isObject(value)) return { ok: false, reason: 'not a JSON object' };
  const request = readRequest(value);
  if (request) return { ok: true, request };
  const { op, id } = value;
  const reason = `malformed request, op ${JSON.stringify(op)}`;
  return isCount(id) ? { ok: false, reason, id } : { ok: false, reason };
}

type JsonObject = { readonly [key: string]: unknown };

function readRequest(value: JsonObject): ControlRequest | undefined {
  const { op, id, job } = value;
  switch (op) {
    case 'place': {
      const wishes = readWishes(value['wishes']);
      const explain = value['explain'] === true;
      const count = readCount(value['count']);
      const label = readLabel(value['label']);
      if (!isCount(id) || !wishes || !count) return undefined;
      return { op, id, wishes, explain, ...count, ...(label && { label }) };
    }
    case 'best': {
      const wishes = readWishes(value['wishes']);
      const count = readCount(value['count']);
      return isCount(id) && wishes && count ? { op, id, wishes, ...count } : undefined;
    }
    case 'nodes':
    case 'counters':
    case 'jobs':
    case 'about':
    case 'drain':
    case 'undrain':
      return isCount(id) ? { op, id } : undefined;
    case 'ping': {
      const { node } = value;
      return isCount(id) && typeof node === 'string' ? { op, id, node } : undefined;
    }
    case 'explain':
      return isCount(id) && isCount(job) ? { op, id, job } : undefined;
    case 'started': {
      const { pid } = value;
      if (!isCount(job)) return undefined;
      return isProcess(pid) ? { op, job, pid } : { op, job };
    }
    case 'ended': {
      const outcome = readText(value['outcome'], LABEL_OUTCOME_MAX);
      if (!isCount(job)) return undefined;
      const { pid } = value;
      return { op, job, ...(outcome !== '' && { outcome }), ...(isProcess(pid) && { pid }) };
    }
    case 'unreachable':
      return isCount(job) ? { op, job } : undefined;
    default:
      return undefined;
  }
}

function readCount(value: unknown): { readonly count?: number } | undefined {
  if (value === undefined) return {};
  return isCount(value) && value >= 1 && value <= PLACE_COUNT_MAX ? { count: value } : undefined;
}

/** What is for people alone is no reason to refuse a job: what is malformed is left out. */
function readLabel(value: unknown): JobLabel | undefined {
  if (!isObject(value)) return undefined;
  const { callerPid } = value;
  return {
    user: readText(value['user'], LABEL_USER_MAX),
    command: readText(value['command'], LABEL_COMMAND_MAX),
    ...(isProcess(callerPid) && { callerPid }),
  };
}

function readText(value: unknown, charactersMax: number): string {
  return typeof value === 'string' ? cleanText(value, charactersMax) : '';
}

function readWishes(value: unknown): Wishes | undefined {
  if (!isObject(value)) return undefined;
  const { only, exclude, order, cpus, memoryBytes } = value;
  if (!isNames(only) || !isNames(exclude) || !isNames(order)) return undefined;
  if (typeof cpus !== 'number' || !(cpus > 0 && cpus <= CPUS_MAX)) return undefined;
  if (!isCount(memoryBytes)) return undefined;
  return { only, exclude, order, cpus, memoryBytes };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= NAMES_MAX &&
    value.every((name) => typeof name === 'string')
  );
}

/** Linux numbers processes up to 2^22. */
function isProcess(value: unknown): value is number {
  return isCount(value) && value > 0 && value <= 2 ** 22;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
