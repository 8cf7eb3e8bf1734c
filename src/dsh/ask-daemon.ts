/** Asks a daemon anywhere over TCP, as the original dsh did: connect, and read lines to the end. */
import { connect } from 'node:net';
import type { NodeView } from '../core/wire/control.ts';
import type { Result } from '../core/result.ts';
import { parseStatusLine } from '../core/wire/status-line.ts';

/** Lists every node. */
export const STATUS_PORT = 8181;
/** Names the best node, and counts on a command being sent there. */
export const BEST_PORT = 8282;

const ANSWER_DEADLINE_MS = 5000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

export async function askDaemon(host: string, port: number): Promise<Result<NodeView[]>> {
  const answer = await readAnswer(host, port);
  if (!answer.ok) return { ok: false, reason: `dshd at ${host}:${port}: ${answer.reason}` };
  const nodes: NodeView[] = [];
  for (const line of answer.value.split('\n')) {
    if (line.trim() === '') continue;
    const node = parseStatusLine(line);
    if (!node.ok) return { ok: false, reason: `dshd at ${host}:${port}: it sent ${node.reason}` };
    nodes.push(node.value);
  }
  return { ok: true, value: nodes };
}

function readAnswer(host: string, port: number): Promise<Result<string>> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const socket = connect(port, host);
    const timer = setTimeout(
      () => fail(`no answer within ${ANSWER_DEADLINE_MS / 1000} s`),
      ANSWER_DEADLINE_MS,
    );

    function fail(reason: string): void {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ok: false, reason });
    }

    socket.on('data', (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > ANSWER_BYTES_MAX) fail(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('end', () => {
      clearTimeout(timer);
      resolve({ ok: true, value: Buffer.concat(pieces).toString('utf8') });
    });
  });
}
