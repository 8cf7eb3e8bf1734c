/**
 * The agent as a process: `node agent.cjs --agent SOCKET`. It is a program of its own, in one file
 * and of the older kind of module, because whoever starts it waits: to load the client first and a
 * dozen chunks took 20 ms more (2 x AMD EPYC, Node.js 20.20, 2026-11-25).
 */
import { exitStatuses } from '../../core/outcome.ts';
import { say } from '../say.ts';
import { runAgent } from './main.ts';

const socketPath = process.argv[3];

function fail(message: string): never {
  say(message);
  return process.exit(exitStatuses.notStarted);
}

if (process.argv[2] !== '--agent' || socketPath === undefined) fail('expected --agent SOCKET');
runAgent({ socketPath, environment: process.env }).catch((error: Error) => fail(error.message));
