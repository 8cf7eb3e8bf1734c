/** The life of one job: placed, carried to its node by a remote shell, run, reported. */
import type { JobSpec } from './machine.ts';
import type { Placement, Placer } from './placer.ts';
import type { World } from './world.ts';

export interface JobOutcome {
  readonly job: JobSpec;
  readonly arrivedMs: number;
  /** How long the choice took, once it was made. */
  readonly decisionMs: number;
  readonly node: number;
  readonly startedMs: number;
  readonly endedMs: number;
  /** How it went: `lost` with its node, `refused` for want of any. */
  readonly end: 'done' | 'lost' | 'refused';
  /** Remote shells that found a node dead: for how long it had been so. */
  readonly deadMs: readonly number[];
}

/** From dsh to the first instruction of the command: ssh, and nothing of the kind on this node. */
const REMOTE_START_MS = 200;
const LOCAL_START_MS = 5;
/** A dead machine does not refuse a connection; dsh's ssh gives up after this. */
const CONNECT_TIMEOUT_MS = 3000;
const TRIES_MAX = 5;

export function dispatch(
  world: World,
  placer: Placer,
  caller: number,
  job: JobSpec,
  finish: (outcome: JobOutcome) => void,
): void {
  const { agenda, nodes } = world;
  const arrivedMs = agenda.nowMs();
  const deadMs: number[] = [];
  let askedMs = arrivedMs;
  let decisionMs = 0;
  attempt();

  function attempt(): void {
    askedMs = agenda.nowMs();
    placer.place(caller, job, (placement) => {
      decisionMs = agenda.nowMs() - askedMs;
      if (placement) carry(placement);
      else end('refused', -1, agenda.nowMs());
    });
  }

  function carry(placement: Placement): void {
    const target = nodes[placement.node]!;
    if (target.downSinceMs !== undefined) {
      deadMs.push(agenda.nowMs() - target.downSinceMs);
      agenda.at(agenda.nowMs() + CONNECT_TIMEOUT_MS, () => {
        placement.unreachable();
        if (deadMs.length < TRIES_MAX) attempt();
        else end('refused', -1, agenda.nowMs());
      });
      return;
    }
    const startMs = placement.node === caller ? LOCAL_START_MS : REMOTE_START_MS;
    agenda.at(agenda.nowMs() + startMs, () => run(placement));
  }

  function run(placement: Placement): void {
    const target = nodes[placement.node]!;
    if (target.downSinceMs !== undefined) {
      end('lost', placement.node, agenda.nowMs());
      placement.ended();
      return;
    }
    const startedMs = agenda.nowMs();
    placement.started();
    target.machine.start(job, (how) => {
      placement.ended();
      end(how === 'done' ? 'done' : 'lost', placement.node, startedMs);
    });
  }

  function end(how: JobOutcome['end'], node: number, startedMs: number): void {
    const endedMs = agenda.nowMs();
    finish({ job, arrivedMs, decisionMs, node, startedMs, endedMs, end: how, deadMs });
  }
}
