/** One question on a daemon's Unix socket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ControlReply, ControlRequest } from '../../src/core/wire/control.ts';

export async function askControl(path: string, request: ControlRequest): Promise<ControlReply> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.end(`${JSON.stringify(request)}\n`);
  return JSON.parse(await text(socket)) as ControlReply;
}
