/** Asks a daemon over HTTP, byte for byte as the test says: fetch would mend what is to be wrong. */
import { connect } from 'node:net';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpPlace {
  readonly address: string;
  readonly port: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export function askHttp(
  { address, port }: HttpPlace,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: address, port, path, agent: false, ...options }, (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((body) => resolve({ status, headers, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Sends bytes as they are; the result is all that comes until the other side closes. */
export async function sendRaw({ address, port }: HttpPlace, bytes: string): Promise<string> {
  const socket = connect(port, address);
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket);
}
