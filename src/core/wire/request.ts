/**
 * A command and where it may run: the fields of REQUEST, tags from 32 on (`field-list.ts`). One of
 * them holds the fields of START whole, so that the agent passes a command on without reading it.
 *
 * Tags are appended, never given a new meaning.
 */
import type { Result } from '../result.ts';
import { createFieldWriter, readFields } from './field-list.ts';

const tags = {
  command: 32,
  /** -H: only these nodes; repeated. */
  only: 33,
  /** -x: none of these; repeated. */
  exclude: 34,
  /** --rank: these, the first that can be reached; repeated. */
  order: 35,
  cpus: 36,
  memoryBytes: 37,
  /** The session id of the caller: a notice is given once in a session. */
  session: 38,
  verbosity: 39,
  requireCluster: 40,
  /** -e: the remote shell with its own options, repeated, word by word. */
  remoteShell: 41,
  /** How often a command whose outcome is unknown may be run again. */
  retries: 42,
  /** --daemon: no local daemon is asked; `order` is the answer of another one. */
  unmanaged: 43,
  /** The agent's own environment for a new ssh, SSH_AUTH_SOCK and such, and DSH_SHOW; repeated. */
  shellVariable: 44,
  /** DSH_TRACE: the client's clock when it started, in microseconds (CLOCK_MONOTONIC). */
  traceBegunUs: 45,
  /** The process of `dsh`. */
  callerPid: 46,
} as const;

export interface Request {
  /** The fields of a `Command`, encoded. */
  readonly command: Uint8Array;
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly order: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly session: number;
  readonly verbosity: number;
  readonly requireCluster: boolean;
  readonly remoteShell: readonly string[];
  readonly retries: number;
  readonly unmanaged: boolean;
  readonly shellVariables: readonly string[];
  /** 0: no trace is wanted. */
  readonly traceBegunUs: number;
  /** 0: not known. */
  readonly callerPid: number;
}

export function encodeRequest(request: Request): Uint8Array {
  const fields = createFieldWriter(request.command.byteLength + 512);
  fields.bytes(tags.command, request.command);
  fields.texts(tags.only, request.only);
  fields.texts(tags.exclude, request.exclude);
  fields.texts(tags.order, request.order);
  fields.number(tags.cpus, request.cpus);
  fields.number(tags.memoryBytes, request.memoryBytes);
  fields.number(tags.session, request.session);
  fields.number(tags.verbosity, request.verbosity);
  fields.number(tags.requireCluster, request.requireCluster ? 1 : 0);
  fields.texts(tags.remoteShell, request.remoteShell);
  fields.number(tags.retries, request.retries);
  fields.number(tags.unmanaged, request.unmanaged ? 1 : 0);
  fields.texts(tags.shellVariable, request.shellVariables);
  fields.number(tags.callerPid, request.callerPid);
  if (request.traceBegunUs > 0) fields.number(tags.traceBegunUs, request.traceBegunUs);
  return fields.finish();
}

export function decodeRequest(bytes: Uint8Array): Result<Request> {
  const fields = readFields(bytes);
  if (!fields.ok) return fields;
  const { all, texts, number } = fields.value;
  const command = all(tags.command)[0];
  if (command === undefined) return { ok: false, reason: 'a request without a command' };
  return {
    ok: true,
    value: {
      command,
      only: texts(tags.only),
      exclude: texts(tags.exclude),
      order: texts(tags.order),
      cpus: number(tags.cpus) ?? 1,
      memoryBytes: number(tags.memoryBytes) ?? 0,
      session: number(tags.session) ?? 0,
      verbosity: number(tags.verbosity) ?? 0,
      requireCluster: number(tags.requireCluster) === 1,
      remoteShell: texts(tags.remoteShell),
      retries: number(tags.retries) ?? 0,
      unmanaged: number(tags.unmanaged) === 1,
      shellVariables: texts(tags.shellVariable),
      traceBegunUs: number(tags.traceBegunUs) ?? 0,
      callerPid: number(tags.callerPid) ?? 0,
    },
  };
}
