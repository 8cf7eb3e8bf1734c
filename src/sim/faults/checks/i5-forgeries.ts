/** I5: a packet that an attacker sends changes nothing and is not answered. */
import { digest } from '../digest.ts';
import type { Check } from '../check.ts';

/**
 * What an attack may change: what is counted, and that a daemon which has just started asks the
 * sender of a packet it cannot judge to prove itself.
 */
const MAY_CHANGE = ['counters', 'packets', 'hellos', 'packetCounter'];

export const checkForgeries: Check = ({ world, violate }) => {
  world.onAttack = ({ node, daemon }, { bytes }, handOver) => {
    const state = daemon.state();
    const isHeldUp = daemon.stalledUntilMs() > world.agenda.nowMs();
    if (!state || isHeldUp) return;
    // Any step does what time has made due, such as news of a load that moved a while ago.
    daemon.wake();
    if (world.core.nextWakeup(state) <= daemon.localMs()) return;
    const before = digest(state, MAY_CHANGE);
    handOver();
    if (digest(state, MAY_CHANGE) === before) return;
    violate(
      'I5',
      `${node.name} was changed by a packet of ${bytes.byteLength} bytes, type ${bytes[3]}`,
    );
  };
  return {};
};
