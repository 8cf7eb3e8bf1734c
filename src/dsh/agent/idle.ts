/** Calls `onIdle` when nobody has been served for a while. */
export interface IdleTimer {
  /** Somebody is served; pairs with `leave`. */
  enter(): void;
  leave(): void;
  stop(): void;
}

export function createIdleTimer(idleMs: number, onIdle: () => void): IdleTimer {
  let served = 0;
  let timer: NodeJS.Timeout | undefined = setTimeout(onIdle, idleMs);

  return {
    enter() {
      served += 1;
      clearTimeout(timer);
    },
    leave() {
      served -= 1;
      if (served === 0) timer = setTimeout(onIdle, idleMs);
    },
    stop: () => clearTimeout(timer),
  };
}
