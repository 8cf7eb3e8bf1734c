/** What is found out on a node by `probe.ts`, as one line of JSON. */
import type { About } from '../../core/wire/about.ts';
import type { NodeView } from '../../core/wire/control.ts';

/** What the probe is told; it stands before its text. */
export interface ProbeRequest {
  /** Stands before the line of facts: start-up files of the login shell may print what they like. */
  readonly marker: string;
  /** The node that it is sent to, as a file name in `directory`. */
  readonly node: string;
  /** How dshexec is called there, and what prints where it is: texts for a shell. */
  readonly dshexec: string;
  readonly whichDshexec: string;
  /** Made by the doctor, with a file `token` in it; undefined: it could not be made. */
  readonly directory: string | undefined;
  readonly token: string;
  readonly compilers: readonly string[];
}

export interface NodeFacts {
  readonly uid: number;
  readonly user: string;
  readonly home: string;
  /** $SSH_CONNECTION: the addresses and ports of both ends; empty without ssh. */
  readonly connection: string;
  /** The digest of the package that `dshctl setup` has installed; empty: none. */
  readonly installed: string;
  /** Of Node.js: `20.20.2`. */
  readonly nodeVersion: string;
  /** `null`: dshexec is not found there, or does not say its version. */
  readonly dshVersion: string | null;
  /** The native runner is there. */
  readonly isNative: boolean;
  readonly daemon: DaemonFacts;
  readonly clusterFile: FileFacts;
  readonly keyFile: FileFacts;
  readonly directory: DirectoryFacts;
  /** The first line of `--version`, of those that are there. */
  readonly compilers: { readonly [name: string]: string };
  readonly limits: LimitFacts;
  readonly sshd: SshdFacts;
  /** Its wall clock when it had found out all the rest. */
  readonly clockMs: number;
}

export interface DaemonFacts {
  /** `absent`: nobody listens; `mute`: somebody does and says nothing in time. */
  readonly state: 'answers' | 'mute' | 'absent';
  /** Where it answers, or where it was looked for. */
  readonly sockets: readonly string[];
  readonly about?: About;
  readonly nodes?: readonly NodeView[];
}

export interface FileFacts {
  readonly path: string;
  /** Undefined: it is not there, or cannot be looked at. */
  readonly mode?: number;
  readonly uid?: number;
  /** Of the cluster file, where it can be read. */
  readonly text?: string;
}

export interface DirectoryFacts {
  /** `null` if all is well, else the reason why the token could not be read. */
  readonly read: string | null;
  readonly written: string | null;
}

export interface LimitFacts {
  /** -1: no limit. */
  readonly files: number;
  readonly processes: number;
}

export interface SshdFacts {
  /** Connections that are not logged in yet, before some are refused; `null`: not known. */
  readonly startups: number | null;
  /** Sessions of one connection. */
  readonly sessions: number | null;
}
