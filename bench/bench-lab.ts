/** The cluster that a benchmark runs on; it is gone with the benchmark's setting. */
import { spawnSync } from 'node:child_process';
import type { Lab, LabOptions } from '../lab/cluster.ts';
import { startEmbeddedLab } from '../lab/embedded.ts';
import { endLab } from '../lab/end.ts';
import { startLoopbackLab } from '../lab/loopback.ts';
import { startNetnsLab } from '../lab/netns.ts';
import type { Setting } from './setting.ts';

export interface BenchLabOptions extends LabOptions {
  readonly hosts: number;
  /** What each host may use of a CPU. Needs root, as namespaces do. */
  readonly quotaPercent?: number;
  /** Default: namespaces where this user may make them, else loopback. */
  readonly tier?: 'loopback' | 'embedded';
}

/** Hosts h1 to hN. */
export async function startBenchLab(setting: Setting, options: BenchLabOptions): Promise<Lab> {
  const directory = `${setting.directory}/lab`;
  // Told before the start: whatever half of it stands when ^C comes is taken down as well.
  setting.atEnd(() => endLab(directory));
  const { hosts, quotaPercent, tier, ...rest } = options;
  const given = { ...rest, hosts, directory, sshdOptions: [SESSIONS] };
  if (tier === 'embedded') {
    setting.say(`${hosts} daemons on loopback addresses`);
    const names = Array.from({ length: hosts }, (_, index) => `h${index + 1}`);
    return startEmbeddedLab({ ...given, names });
  }
  if (tier === 'loopback' || !(canMakeNamespaces() || quotaPercent !== undefined)) {
    setting.say(`${hosts} hosts on loopback addresses`);
    return startLoopbackLab(given);
  }
  const share = quotaPercent === undefined ? '' : `, each with ${quotaPercent} % of a CPU`;
  setting.say(`${hosts} hosts in network namespaces${share}`);
  return startNetnsLab({ ...given, quotaPercent });
}

/** The default of 10 would have an ssh with ControlMaster connect anew in a crowd, and look slow. */
const SESSIONS = 'MaxSessions 200';

function canMakeNamespaces(): boolean {
  return process.getuid?.() === 0 && spawnSync('ip', ['-V']).status === 0;
}
