/**
 * The two ports of the original: whoever connects gets its lines and is disconnected. What a client
 * sends is never read, one that does not read is dropped, and the text is rendered once for all who
 * come at the same moment, so a client costs one socket for a few seconds at most.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { bindError } from './setup-error.ts';

const CONNECTIONS_MAX = 4096;
const CLIENT_MS_MAX = 5000;

export interface TcpPortOptions {
  readonly port: number;
  readonly listen: string | undefined;
  /** The option by which the administrator chooses another port. */
  readonly option: string;
  text(): Promise<string>;
}

export interface TcpPort {
  close(): void;
}

/** Throws an Error of one line if the port cannot be had. */
export async function openTcpPort(options: TcpPortOptions): Promise<TcpPort> {
  const clients = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    serve(client, options.text);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options);
  return {
    close() {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}

function serve(client: Socket, text: () => Promise<string>): void {
  const timer = setTimeout(() => client.destroy(), CLIENT_MS_MAX);
  client.on('close', () => clearTimeout(timer));
  client.on('error', () => client.destroy());
  void text().then((lines) => {
    client.end(lines);
    // What the client sent is thrown away: closing over unread bytes would reset the connection,
    // and the reset could overtake the answer.
    client.on('finish', () => client.resume());
  });
}

async function listen(server: Server, options: TcpPortOptions): Promise<void> {
  const { port, listen: host = '127.0.0.1', option } = options;
  server.listen({ port, host, backlog: 1024, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw bindError(`TCP port ${port} of ${host}`, `${option} or --listen`, error);
  }
  // Accepting fails when files run out; the next client may be luckier.
  server.on('error', () => {});
}
