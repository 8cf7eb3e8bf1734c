/**
 * Who is let in. The port listens on loopback only, so what comes is from this host; but a browser of
 * this host also asks on behalf of the pages that it shows:
 *
 * - A site may have its own name resolved to 127.0.0.1 (DNS rebinding), and its page then counts as of
 *   the same origin. The Host header gives it away: only loopback names and addresses are served.
 * - A page of another site may have the browser load from here what it cannot read. That costs work
 *   and streams, so it is refused where the browser says so; to follow a link is no harm.
 *
 * Nothing here changes anything: whoever wants that uses the administrator's Unix socket.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Answer, refusal } from './answer.ts';

/** Undefined: the request may be answered. */
export function findRefusal(request: IncomingMessage): Answer | undefined {
  const { method, headers } = request;
  // Of several, others may take another than Node.js does.
  const [host = '', ...more] = request.headersDistinct['host'] ?? [];
  if (more.length > 0 || !isLoopbackHost(host)) {
    return refusal(
      421,
      `host '${host}': expected localhost or a loopback address, as in an ssh -L`,
    );
  }
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') {
    return refusal(403, 'asked for by a page of another site: expected this page, or no page');
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const error = `method ${method}: expected GET or HEAD; what changes something goes over the socket of dshd whose name ends with .admin`;
    return refusal(405, error, { Allow: 'GET, HEAD' });
  }
  return undefined;
}

/** `host` with or without a port, as in the header; whichever port, since a tunnel has its own. */
export function isLoopbackHost(host: string): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host.toLowerCase()) ?? [];
  if (name === undefined) return false;
  return name === 'localhost' || (name.startsWith('[') ? name === '[::1]' : isLoopback(name));
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
