/**
 * Finds out that the other end of a channel is gone when nobody says so: a cut cable, a node without
 * power, a remote shell that hangs. ssh can tell, if its options say so and only at its own end of
 * the connection; other shells never do.
 *
 * While commands run, the agent sends a PING at each beat, and hears PONG or more; the runner hears
 * the PINGs. An end that heard nothing between HEARTBEATS_MISSED_MAX beats and the one after them
 * takes the other for gone: 10 to 15 s after its last sign of life. Beats are counted, not time:
 * whoever was itself asleep for a minute has missed one.
 */

export const HEARTBEAT_MS = 5000;
export const HEARTBEATS_MISSED_MAX = 2;
/** For a message: how long the silence lasted at most. */
export const SILENCE_SECONDS_MAX = ((HEARTBEATS_MISSED_MAX + 1) * HEARTBEAT_MS) / 1000;

export interface Heartbeat {
  /** Something came from the other end. */
  heard(): void;
  stop(): void;
}

export interface HeartbeatHandlers {
  /** Whether commands run: without any, nothing is sent and nothing is expected. */
  isBusy(): boolean;
  onBeat(): void;
  /** Called once. */
  onSilence(): void;
}

export function createHeartbeat(handlers: HeartbeatHandlers): Heartbeat {
  let missed = 0;

  function beat(): void {
    if (!handlers.isBusy()) missed = 0;
    else if (missed === HEARTBEATS_MISSED_MAX) {
      clearInterval(timer);
      handlers.onSilence();
    } else {
      missed += 1;
      handlers.onBeat();
    }
  }

  const timer = setInterval(beat, HEARTBEAT_MS);
  return {
    heard() {
      missed = 0;
    },
    stop: () => clearInterval(timer),
  };
}
