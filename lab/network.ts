/**
 * Addresses of a lab. Linux accepts all of 127.0.0.0/8 without any set-up, so a lab takes one
 * network 127.K.0.0/24 and all its hosts the same ports, as machines of a real cluster would.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

export const ports = { ssh: 2222, status: 8181, best: 8282, http: 8383, udp: 8181 } as const;
export const HOSTS_MAX = 200;

export interface Network {
  /** The address of host `number`, from 1. */
  address(number: number): string;
  /** Gives the network back, once the hosts' own sockets hold it or are gone. */
  release(): Promise<void>;
}

/**
 * Finds a network that no other lab uses. A lab holds 127.K.0.1 as long as it looks at the hosts'
 * addresses and starts what listens there: two labs that start together never choose the same.
 */
export async function claimNetwork(hosts: number): Promise<Network> {
  for (let attempt = 0; attempt < NETWORKS; attempt += 1) {
    const network = 1 + ((process.pid + attempt) % NETWORKS);
    const address = (number: number): string => `127.${network}.0.${10 + number}`;
    const claim = await listenTcp(`127.${network}.0.1`, ports.ssh);
    if (claim === undefined) continue;
    const addresses = Array.from({ length: hosts }, (_, index) => address(index + 1));
    if (await areFree(addresses)) return { address, release: claim };
    await claim();
  }
  throw new Error(
    `no free network of 127.1.0.0 to 127.${NETWORKS}.0.0: does a program listen on port ` +
      `${ports.ssh}, ${ports.status}, ${ports.best} or ${ports.http} of all addresses?`,
  );
}

/** Whether something accepts connections there. */
export function acceptsConnections(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** All that is sent on connect until the other side closes, or says nothing for a second. */
export function readPort(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, address);
    socket.setEncoding('utf8');
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('data', (piece) => {
      text += piece;
    });
    // An error closes it as well: then there is no more text, or none at all.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const NETWORKS = 254;
const SILENCE_MS = 1000;

type Close = () => Promise<void>;

async function areFree(addresses: readonly string[]): Promise<boolean> {
  const attempts = addresses.flatMap((address) => [
    listenTcp(address, ports.ssh),
    listenTcp(address, ports.status),
    listenTcp(address, ports.best),
    listenTcp(address, ports.http),
    bindUdp(address, ports.udp),
  ]);
  const closes = (await Promise.all(attempts)).filter((close) => close !== undefined);
  await Promise.all(closes.map((close) => close()));
  return closes.length === attempts.length;
}

function listenTcp(address: string, port: number): Promise<Close | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    // A lab that nobody closed must not keep its program alive.
    server.unref();
    server.on('error', (error) => settleFailure(error, resolve, reject));
    server.listen({ port, host: address, exclusive: true }, () =>
      resolve(() => new Promise((closed) => server.close(() => closed()))),
    );
  });
}

function bindUdp(address: string, port: number): Promise<Close | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.on('error', (error) => settleFailure(error, resolve, reject));
    socket.bind({ port, address, exclusive: true }, () =>
      resolve(() => new Promise((closed) => socket.close(() => closed()))),
    );
  });
}

function settleFailure(
  error: NodeJS.ErrnoException,
  resolve: (nothing: undefined) => void,
  reject: (error: Error) => void,
): void {
  if (error.code === 'EADDRINUSE') resolve(undefined);
  else reject(error);
}
