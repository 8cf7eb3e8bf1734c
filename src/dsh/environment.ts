/** Which of the caller's variables go where. */
import { isHostVariable } from '../core/host-variables.ts';
import { toBytes, toText } from './byte-string.ts';

/** What the command gets on another node, from `NAME=value` byte strings. */
export function selectTravelling(variables: readonly string[]): Uint8Array[] {
  return variables
    .filter((entry) => !isHostVariable(nameOf(entry)))
    .map((entry) => toBytes(withoutJobserver(entry)));
}

/** What the agent needs of ours: for a remote shell keys, a way to ask, programs; what to show. */
export function selectForShell(variables: readonly string[]): string[] {
  return variables.filter((entry) => shellVariable.test(nameOf(entry))).map(toText);
}

const shellVariable = /^(?:SSH_.*|DISPLAY|XAUTHORITY|KRB5CCNAME|PATH|DSH_EXEC|DSH_SHOW)$/;

/**
 * The job server of make is a pipe or a file of this machine, as is the lock that orders output.
 * What follows ` -- ` are definitions of variables, which may hold anything.
 */
const jobserverWord =
  /(?:^| +)(?:-j[0-9]*|--jobserver-(?:auth|fds)=[^ ]*|--sync-mutex=[^ ]*)(?= |$)/g;

function withoutJobserver(entry: string): string {
  const name = nameOf(entry);
  if (name !== 'MAKEFLAGS' && name !== 'MFLAGS') return entry;
  const value = entry.slice(name.length + 1);
  const definitions = / -- |^-- /.exec(value)?.index ?? value.length;
  const options = value.slice(0, definitions).replace(jobserverWord, '');
  return `${name}=${options}${value.slice(definitions)}`;
}

function nameOf(entry: string): string {
  return entry.slice(0, entry.indexOf('='));
}
