/** The command line of dshd. The short forms are those of the original. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type Option, parseOptions } from '../core/option-table.ts';

export const dshdOptions = [
  {
    name: 'file',
    short: 'f',
    value: 'FILE',
    help: 'location of the cluster file (/etc/dsh/cluster)',
  },
  { name: 'background', short: 'b', help: 'fork to the background once all is set up' },
  { name: 'print-pid', short: 'p', help: 'print own pid on startup (only with -b)' },
  { name: 'status-port', short: 't', value: 'PORT', help: 'TCP port for the full status (8181)' },
  { name: 'best-port', short: 'r', value: 'PORT', help: 'TCP port for the best node (8282)' },
  {
    name: 'http-port',
    value: 'PORT',
    help: 'TCP port of loopback for the web page, JSON and metrics; 0: none (8383)',
  },
  { name: 'udp-port', value: 'PORT', help: 'UDP port between the daemons (8181)' },
  { name: 'listen', value: 'ADDRESS', help: 'address for TCP and UDP (TCP: loopback, UDP: any)' },
  { name: 'name', value: 'NODE', help: 'which node of the cluster file this is (host name)' },
  { name: 'socket', value: 'PATH', help: 'Unix socket for local clients (/run/dsh/dshd.sock)' },
  { name: 'policy', value: 'NAME|FILE', help: 'fresh, loadavg, seed, or a module (fresh)' },
  {
    name: 'max-loops',
    value: 'N',
    help: 'ticks of 1.5 s after which a silent node is dropped (5)',
  },
  { name: 'key', value: 'FILE', help: 'key of the cluster, made by dshd keygen (/etc/dsh/key)' },
  { name: 'auth', value: 'none', help: 'without a key, take any peer and not loopback ones only' },
  {
    name: 'cluster-name',
    value: 'NAME',
    help: 'daemons of other clusters with the same key are strangers (dsh)',
  },
  {
    name: 'multicast',
    value: 'GROUP',
    help: 'tell all nodes of a LAN at once: GROUP[%INTERFACE], an IP address',
  },
  { name: 'state-dir', value: 'DIR', help: 'where the last start is kept (/var/lib/dsh)' },
  { name: 'path.procfs', value: 'DIR', help: 'where proc is mounted (/proc)' },
  { name: 'path.sysfs', value: 'DIR', help: 'where sysfs is mounted (/sys)' },
  { name: 'log', value: 'FILE', help: 'messages go there, not to stderr' },
  { name: 'pid-file', value: 'FILE', help: 'the pid is written there, and removed at the end' },
  { name: 'config', value: 'FILE', help: 'options from a file of lines name = value' },
  { name: 'help', help: 'print this and exit' },
  { name: 'version', help: 'print the version and exit' },
] as const satisfies readonly Option[];

export interface DshdOptions {
  /** Undefined: the default file, which need not exist. */
  readonly clusterFile: string | undefined;
  readonly background: boolean;
  readonly printPid: boolean;
  readonly statusPort: number;
  readonly bestPort: number;
  /** 0: none. */
  readonly httpPort: number;
  /** It was asked for, so that it is an error if it cannot be had. */
  readonly isHttpPortGiven: boolean;
  readonly udpPort: number;
  readonly listen: string | undefined;
  readonly name: string | undefined;
  readonly socket: string | undefined;
  readonly policy: string;
  readonly maxLoops: number;
  readonly procfs: string;
  readonly sysfs: string;
  /** Undefined: the default file, which need not exist. */
  readonly keyFile: string | undefined;
  /** Without a key, peers count that are not on loopback addresses. */
  readonly trustsNetwork: boolean;
  readonly clusterName: string;
  readonly multicast: MulticastGroup | undefined;
  readonly stateDirectory: string | undefined;
  readonly log: string | undefined;
  readonly pidFile: string | undefined;
}

export interface MulticastGroup {
  readonly address: string;
  readonly interfaceName: string | undefined;
}

export type DshdCommandLine =
  | { readonly kind: 'run'; readonly options: DshdOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'error'; readonly reason: string };

/** `readConfig` returns the words that a configuration file stands for; it may throw an Error. */
export function readCommandLine(
  words: readonly string[],
  readConfig: (path: string) => readonly string[],
): DshdCommandLine {
  const line = parseOptions('dshd', dshdOptions, words);
  if (!line.ok) return { kind: 'error', reason: line.reason };
  if (line.values.help) return { kind: 'help' };
  if (line.values.version) return { kind: 'version' };
  if (line.values.config === undefined) return check(line.values, line.rest);
  const { config } = line.values;
  const fileWords = readConfig(config);
  const file = parseOptions('dshd', dshdOptions, fileWords);
  const fileLine = file.ok ? check(file.values, file.rest) : file;
  if ('reason' in fileLine) return { kind: 'error', reason: `${config}: ${fileLine.reason}` };
  // The file's words come first, so that the command line has the last word.
  const both = parseOptions('dshd', dshdOptions, [...fileWords, ...words]);
  return both.ok ? check(both.values, both.rest) : { kind: 'error', reason: both.reason };
}

type Values = (ReturnType<typeof parseOptions<typeof dshdOptions>> & { ok: true })['values'];

function check(values: Values, rest: readonly string[]): DshdCommandLine {
  if (rest.length > 0) {
    return { kind: 'error', reason: `'${rest[0]}': dshd takes options only; see dshd --help` };
  }
  const empty = Object.entries(values).find(([, value]) => value === '');
  if (empty) return { kind: 'error', reason: `--${empty[0]} '': expected a value` };
  const numbers = new Map<string, number>();
  for (const [name, least, most, fallback] of numberOptions) {
    const text = values[name] ?? fallback;
    const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      const reason = `--${name} '${text}': expected a number from ${least} to ${most}`;
      return { kind: 'error', reason };
    }
    numbers.set(name, value);
  }
  if (values.listen !== undefined && isIP(values.listen) === 0) {
    return { kind: 'error', reason: `--listen '${values.listen}': expected an IP address` };
  }
  const reason = checkAuthentication(values);
  if (reason !== undefined) return { kind: 'error', reason };
  return { kind: 'run', options: build(values, numbers) };
}

function checkAuthentication({ auth, key, multicast }: Values): string | undefined {
  if (auth !== undefined && auth !== 'none') {
    return `--auth '${auth}': expected none; a key is given by --key`;
  }
  if (auth === 'none' && key !== undefined) return '--auth none and --key exclude each other';
  if (multicast !== undefined && !isGroup(readGroup(multicast).address)) {
    return `--multicast '${multicast}': expected an address from 224.0.0.0 to 239.255.255.255 or in ff00::/8, and %INTERFACE if it is not the default one`;
  }
  return undefined;
}

function readGroup(text: string): MulticastGroup {
  const [address = '', interfaceName] = text.split('%', 2);
  return { address, interfaceName };
}

function isGroup(address: string): boolean {
  if (isIP(address) === 6) return /^ff/i.test(address);
  const first = Number(address.split('.')[0]);
  return isIP(address) === 4 && first >= 224 && first <= 239;
}

const numberOptions = [
  ['status-port', 1, 65_535, '8181'],
  ['best-port', 1, 65_535, '8282'],
  ['http-port', 0, 65_535, '8383'],
  ['udp-port', 1, 65_535, '8181'],
  ['max-loops', 2, 10_000, '5'],
] as const;

/** Paths are made absolute here: the daemon leaves the directory in which it was started. */
function build(values: Values, numbers: ReadonlyMap<string, number>): DshdOptions {
  const { policy = 'fresh' } = values;
  return {
    clusterFile: absolute(values.file),
    background: values.background,
    printPid: values['print-pid'],
    statusPort: numbers.get('status-port')!,
    bestPort: numbers.get('best-port')!,
    httpPort: numbers.get('http-port')!,
    isHttpPortGiven: values['http-port'] !== undefined,
    udpPort: numbers.get('udp-port')!,
    listen: values.listen,
    name: values.name,
    socket: absolute(values.socket),
    policy: /[./]/.test(policy) ? resolve(policy) : policy,
    maxLoops: numbers.get('max-loops')!,
    procfs: resolve(values['path.procfs'] ?? '/proc'),
    sysfs: resolve(values['path.sysfs'] ?? '/sys'),
    keyFile: absolute(values.key),
    trustsNetwork: values.auth === 'none',
    clusterName: values['cluster-name'] ?? 'dsh',
    multicast: values.multicast === undefined ? undefined : readGroup(values.multicast),
    stateDirectory: absolute(values['state-dir']),
    log: absolute(values.log),
    pidFile: absolute(values['pid-file']),
  };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
