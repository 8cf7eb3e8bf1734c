/** A rule that says where a job goes, the shipped daemon or one to compare it with. */
import type { JobSpec } from './machine.ts';
import type { World } from './world.ts';

export interface Placement {
  /** Index of the node. */
  readonly node: number;
  started(): void;
  ended(): void;
  /** The remote shell did not get there. */
  unreachable(): void;
}

export interface Placer {
  /** Undefined: no node can be had. */
  place(caller: number, job: JobSpec, placed: (placement: Placement | undefined) => void): void;
}

/** What a rule needs of the world it is used in. */
export interface PlacerKind {
  readonly name: string;
  readonly daemons: 'none' | 'without pushes' | 'with pushes';
  /** Its daemons see all memory as free. */
  readonly isBlindToMemory?: boolean;
  create(world: World, traffic: Traffic): Placer;
}

/** What only some rules are told. */
export interface Traffic {
  /** Jobs per second of the whole cluster, known exactly. */
  readonly jobsPerSecond: number;
  /** Memory that a job's caller states. */
  statedBytes(job: JobSpec): number;
}
