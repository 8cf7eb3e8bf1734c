/** From the bytes of START to a command that can be spawned here, or the reason why not. */
import { hostname } from 'node:os';
import { type Command, decodeCommand } from '../core/wire/command.ts';
import type { FailureReason } from '../core/wire/failure-reason.ts';
import type { Frame } from '../core/wire/frame.ts';
import { explainDirectory } from './directory.ts';
import { completeEnvironment } from './environment.ts';
import { findProgram } from './program.ts';
import { revalidate } from './revalidate.ts';

export type Prepared =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly failure: Frame };

export function prepareCommand(fields: Uint8Array, ownVariables: NodeJS.ProcessEnv): Prepared {
  const decoded = decodeCommand(fields);
  if (!decoded.ok) return failed('bad-request', decoded.reason);
  if (hasNul(decoded.value)) return failed('bad-request', 'a word with a NUL byte');
  const command = {
    ...decoded.value,
    variables: completeEnvironment(decoded.value.variables, ownVariables),
  };

  if (command.coherence) revalidate(command.directory, command.coherence);
  const obstacle = explainDirectory(command.directory, hostname());
  if (obstacle !== undefined) return failed('no-directory', obstacle);
  const program = findProgram(command);
  if (!program.ok) return failed(program.reason, program.message);
  return { ok: true, command };
}

function failed(reason: FailureReason, message: string): Prepared {
  return { ok: false, failure: { type: 'failed', reason, message } };
}

/** Neither a word, a variable nor a path can hold one: the system takes it for the end. */
function hasNul(command: Command): boolean {
  const texts = [...command.arguments, ...command.variables, command.directory];
  return texts.some((text) => text.includes(0));
}
