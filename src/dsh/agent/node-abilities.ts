/** Tells a client what the runner of its node can do, before its command is handed over. */
import { decodeCommand } from '../../core/wire/command.ts';
import { capabilities, type Frame, PROTOCOL_VERSION } from '../../core/wire/frame.ts';
import type { Request } from '../../core/wire/request.ts';
import type { Channel } from './channel.ts';
import { createFirstTime } from './first-time.ts';

export interface NodeAbilities {
  tell(request: Request, node: string, channel: Channel, reply: (frame: Frame) => void): void;
}

export function createNodeAbilities(): NodeAbilities {
  const isFirstIn = createFirstTime();
  return {
    tell(request, node, channel, reply) {
      reply({ type: 'hello', version: PROTOCOL_VERSION, capabilities: channel.capabilities });
      const message = explainLack(request, channel.capabilities);
      if (message !== undefined && isFirstIn(request.session)) {
        reply({ type: 'notice', message: `${node}: its dshexec ${message}` });
      }
    },
  };
}

/** Where nothing lacks the agent does not read commands; otherwise the node is a slow one anyway. */
function explainLack(request: Request, has: number): string | undefined {
  const wanted = capabilities.terminals | capabilities.coherence;
  if ((has & wanted) === wanted) return undefined;
  const command = decodeCommand(request.command);
  if (!command.ok) return undefined;
  const { terminals, coherence } = command.value;
  if (terminals !== 0 && (has & capabilities.terminals) === 0) {
    return 'has no terminals, so the command gets pipes';
  }
  if (coherence !== undefined && (has & capabilities.coherence) === 0) {
    return 'does not tell which files a command changes: they may appear here late';
  }
  return undefined;
}
