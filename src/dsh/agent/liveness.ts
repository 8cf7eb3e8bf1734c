/**
 * Whether a channel can be trusted with a START.
 *
 * A channel that was silent for a while may lead nowhere: the node was restarted, the network
 * changed, the machine slept. ssh's own keep-alive finds that out after 15 s, and a START that is
 * sent before cannot be taken back: its outcome would be unknown. So a channel that was silent for
 * TRUSTED_MS is asked with PING before the next START. Under load this costs nothing, since the
 * frames of other commands prove it alive; after a pause it costs one round trip. Pinging idle
 * channels all the time would cost packets and leave the gap between two pings.
 */
export interface Liveness {
  /** A frame came. */
  heard(): void;
  /** No frame will come any more. */
  lost(): void;
  /** True when the peer was heard just now, or answers a PING in time. */
  isAnswering(): Promise<boolean>;
}

const TRUSTED_MS = 2000;
/** A node may be slow under load; what waits here has not started and can go elsewhere. */
const PONG_DEADLINE_MS = 3000;

export function createLiveness(sendPing: () => void): Liveness {
  let heardMs = performance.now();
  let isLost = false;
  /** Commands that ask at the same time share one PING. */
  let probe: Promise<boolean> | undefined;
  let settleProbe: ((isAnswered: boolean) => void) | undefined;

  function startProbe(): Promise<boolean> {
    sendPing();
    return new Promise((resolve) => {
      settleProbe = (isAnswered) => {
        clearTimeout(timer);
        probe = undefined;
        settleProbe = undefined;
        resolve(isAnswered);
      };
      const timer = setTimeout(settleProbe, PONG_DEADLINE_MS, false);
    });
  }

  return {
    heard() {
      heardMs = performance.now();
      settleProbe?.(true);
    },
    lost() {
      isLost = true;
      settleProbe?.(false);
    },
    async isAnswering() {
      if (isLost) return false;
      if (performance.now() - heardMs < TRUSTED_MS) return true;
      probe ??= startProbe();
      return probe;
    },
  };
}
