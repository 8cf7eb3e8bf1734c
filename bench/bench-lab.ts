/** The cluster that a benchmark runs on; it is gone with the benchmark's setting. */
import { spawnSync } from 'node:child_process';
import type { Lab, LabOptions } from '../lab/cluster.ts';
import { endLab } from '../lab/end.ts';
import { startLoopbackLab } from '../lab/loopback.ts';
import { startNetnsLab } from '../lab/netns.ts';
import type { Setting } from './setting.ts';

export interface BenchLabOptions extends LabOptions {
  readonly hosts: number;
  /** What each host may use of a CPU. Needs root, as namespaces do. */
  readonly quotaPercent?: number;
  /** Addresses of this machine suffice: for many hosts, or none that is busy. */
  readonly isLoopback?: boolean;
}

/** Hosts h1 to hN: in namespaces of their own where this user may make them. */
export async function startBenchLab(setting: Setting, options: BenchLabOptions): Promise<Lab> {
  const directory = `${setting.directory}/lab`;
  // Told before the start: whatever half of it stands when ^C comes is taken down as well.
  setting.atEnd(() => endLab(directory));
  const { quotaPercent, isLoopback = false, ...rest } = options;
  const given = { ...rest, directory, sshdOptions: [SESSIONS, ...(options.sshdOptions ?? [])] };
  if (isLoopback || !(canMakeNamespaces() || quotaPercent !== undefined)) {
    setting.say(`${options.hosts} hosts on loopback addresses`);
    return startLoopbackLab(given);
  }
  const share = quotaPercent === undefined ? '' : `, each with ${quotaPercent} % of a CPU`;
  setting.say(`${options.hosts} hosts in network namespaces${share}`);
  return startNetnsLab({ ...given, quotaPercent });
}

/** The default of 10 would have an ssh with ControlMaster connect anew in a crowd, and look slow. */
const SESSIONS = 'MaxSessions 200';

function canMakeNamespaces(): boolean {
  return process.getuid?.() === 0 && spawnSync('ip', ['-V']).status === 0;
}
