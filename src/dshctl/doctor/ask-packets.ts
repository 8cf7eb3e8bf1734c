/** Asks the daemons of other nodes from the one here, by the packets that a choice needs. */
import { connectDaemon, type DaemonLink } from '../../node/control-client.ts';
import { forEachAtOnce } from '../at-once.ts';
import type { Patient } from './ask-node.ts';

/** One packet may be lost, and a daemon may be held up; not three in as many seconds. */
export const PACKETS = 3;

/** The names of nodes that left all packets unanswered; none where no daemon answers here. */
export async function findUnanswering(patients: readonly Patient[]): Promise<ReadonlySet<string>> {
  const unanswering = new Set<string>();
  const daemon = await connectDaemon();
  if (!daemon) return unanswering;
  const others = patients.filter(({ isHere }) => !isHere);
  try {
    await forEachAtOnce(others, async ({ name }) => {
      if (!(await isAnswering(daemon, name))) unanswering.add(name);
    });
  } catch {
    // The daemon here is gone or mute, which is a finding of another check.
    return new Set();
  } finally {
    daemon.close();
  }
  return unanswering;
}

/** A node that the daemon here does not know is asked nothing. */
async function isAnswering(daemon: DaemonLink, name: string): Promise<boolean> {
  for (let sent = 0; sent < PACKETS; sent += 1) {
    const reply = await daemon.ping(name);
    if (reply.op === 'refused' || reply.answerMs !== null) return true;
  }
  return false;
}
