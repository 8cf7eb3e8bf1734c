/** Reads a line that the daemon sent on its Unix socket: a reply, or nothing if it is none. */
import type { ControlReply, NodeView } from './control.ts';
import { figureSources, nodeViewStates } from './control.ts';

/** Undefined: the line is not a reply, whole and sound. */
export function decodeControlReply(line: string): ControlReply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isObject(value) && isReply(value) ? (value as unknown as ControlReply) : undefined;
}

type JsonObject = { readonly [key: string]: unknown };

function isReply(value: JsonObject): boolean {
  const { op, id } = value;
  if (op === 'error') return isText(value['reason']) && (id === undefined || isNumber(id));
  if (!isNumber(id)) return false;
  switch (op) {
    case 'placed':
      return isPlacement(value) && isViews(value['ranking']);
    case 'batch': {
      const placed = value['placed'];
      return Array.isArray(placed) && placed.every(isPlacement) && isViews(value['ranking']);
    }
    case 'refused':
      return isText(value['reason']) && isViews(value['ranking']);
    case 'best':
      return isView(value['node']);
    case 'nodes':
    case 'bests':
      return isViews(value['nodes']);
    case 'pinged':
      return value['answerMs'] === null || isNumber(value['answerMs']);
    case 'explained':
      return isDecision(value['decision']);
    case 'counters':
      return isObject(value['counters']) && isObject(value['counters']['refused']);
    case 'jobs':
      return Array.isArray(value['jobs']) && value['jobs'].every(isJob);
    case 'about':
      return isAbout(value['about']);
    case 'done':
      return true;
    default:
      return false;
  }
}

function isPlacement(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumber(value['job']) &&
    isText(value['node']) &&
    isDestination(value['destination']) &&
    typeof value['here'] === 'boolean' &&
    isOptional(value['skewMs'], isNumber)
  );
}

function isAbout(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['version']) &&
    isText(value['node']) &&
    isText(value['clusterFile']) &&
    isText(value['keyFile']) &&
    Array.isArray(value['keys']) &&
    value['keys'].every((key) => isObject(key) && isNumber(key['id']) && isText(key['print'])) &&
    ['pid', 'uid', 'udpPort', 'statusPort', 'bestPort'].every((name) => isNumber(value[name]))
  );
}

/** What is shown to the user: its lists are lists, and what is in them is shown as it is. */
function isDecision(value: unknown): boolean {
  const lists = ['excluded', 'shortlist', 'chosen'];
  return (
    isObject(value) &&
    isNumber(value['job']) &&
    isNumber(value['secondsAgo']) &&
    isText(value['policy']) &&
    lists.every((name) => Array.isArray(value[name]) && value[name].every(isObject))
  );
}

function isJob(value: unknown): boolean {
  const isAbsentOr = (is: (field: unknown) => boolean, field: unknown): boolean =>
    field === undefined || is(field);
  return (
    isObject(value) &&
    ['job', 'cpus', 'placedSecondsAgo'].every((name) => isNumber(value[name])) &&
    ['node', 'user', 'command'].every((name) => typeof value[name] === 'string') &&
    ['callerPid', 'pid', 'startedSecondsAgo', 'endedSecondsAgo'].every((name) =>
      isAbsentOr(isNumber, value[name]),
    ) &&
    isAbsentOr(isText, value['outcome'])
  );
}

const viewFigures = [
  'load',
  'loadavg',
  'cpus',
  'freeBytes',
  'totalBytes',
  'jobs',
  'loadWeight',
  'memoryWeight',
  'ageSeconds',
] as const satisfies readonly (keyof NodeView)[];

function isView(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['name']) &&
    nodeViewStates.some((state) => state === value['state']) &&
    isDestination(value['destination']) &&
    viewFigures.every((figure) => isNumber(value[figure])) &&
    (value['cost'] === null || isNumber(value['cost'])) &&
    isOptional(value['terms'], isFigures) &&
    isOptional(value['source'], (source) => figureSources.some((each) => each === source)) &&
    isOptional(value['answerMs'], isNumber) &&
    typeof value['self'] === 'boolean' &&
    isOptional(value['skewMs'], isNumber) &&
    isOptional(value['version'], isText) &&
    typeof value['note'] === 'string'
  );
}

function isOptional(value: unknown, isSound: (value: unknown) => boolean): boolean {
  return value === undefined || isSound(value);
}

function isFigures(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isNumber);
}

function isViews(value: unknown): boolean {
  return Array.isArray(value) && value.every(isView);
}

/** It goes to the command line of ssh, where it must never be an option. */
function isDestination(value: unknown): boolean {
  return isText(value) && !value.startsWith('-');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
