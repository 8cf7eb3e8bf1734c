/** Clocks that differ, which breaks make and whatever else compares times of files. */
import { type Check, type LookedAt, lookedAt } from '../evidence.ts';

const SKEW_MS_MAX = 500;

export const clock: Check = {
  name: 'clock',
  title: 'the clocks agree',
  examine(evidence) {
    const nodes = lookedAt(evidence);
    const here = nodes.find(({ isHere }) => isHere);
    return nodes.flatMap((node) => {
      const skewMs = greater(node.skewMs, heardSkewMs(here, node.name));
      if (Math.abs(skewMs) <= SKEW_MS_MAX) return [];
      const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
      const what = `its clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one: make builds too much or too little`;
      return [
        {
          node: node.name,
          what,
          cure: 'set it by NTP: apt-get install chrony, or timedatectl set-ntp true',
        },
      ];
    });
  },
};

/** What the daemons have measured, to the millisecond. */
function heardSkewMs(here: LookedAt | undefined, name: string): number {
  return here?.facts.daemon.nodes?.find((node) => node.name === name)?.skewMs ?? 0;
}

function greater(a: number, b: number): number {
  return Math.abs(a) > Math.abs(b) ? a : b;
}
