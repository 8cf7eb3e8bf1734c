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
      const lacksTerminals = (channel.capabilities & capabilities.terminals) === 0;
      if (lacksTerminals && wantsTerminal(request) && isFirstIn(request.session)) {
        const message = `${node}: its dshexec has no terminals, so the command gets pipes`;
        reply({ type: 'notice', message });
      }
    },
  };
}

/** Otherwise the agent does not read commands; here the node is a slow one anyway. */
function wantsTerminal(request: Request): boolean {
  const command = decodeCommand(request.command);
  return command.ok && command.value.terminals !== 0;
}
