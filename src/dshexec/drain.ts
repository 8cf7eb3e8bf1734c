/**
 * Tells when everything that a dead command wrote has been relayed.
 *
 * The end of its pipes does not say it, since a grandchild in the background may hold them open,
 * and Node cannot ask how much a pipe still holds. But what the command wrote was there before its
 * death was seen, and each turn of the event loop reads from every input that has something. So
 * once a whole turn has brought nothing, and nothing that was read waits for credit, it is done.
 */
import type { Socket } from 'node:net';

export interface Drain {
  /** Starts to look, at the command's death and then after each credit that lets bytes go on. */
  look(): void;
}

/** `onDrained` is called once. */
export function createDrain(inputs: readonly Socket[], onDrained: () => void): Drain {
  let isLooking = false;
  let isDrained = false;

  /** Runs once a turn, after the turn's reading. */
  function compare(bytesBefore: number): void {
    isLooking = false;
    if (inputs.some(isStalled)) return;
    const bytes = bytesRead(inputs);
    if (bytes !== bytesBefore) {
      isLooking = true;
      setImmediate(compare, bytes);
      return;
    }
    isDrained = true;
    onDrained();
  }

  return {
    look() {
      if (isLooking || isDrained) return;
      isLooking = true;
      // The turn we are in may be past its reading, so the first whole one is the next.
      setImmediate(compare, NO_COUNT_YET);
    },
  };
}

const NO_COUNT_YET = -1;

/** Bytes that were read and not taken wait for credit, and `look` is called when it comes. */
function isStalled(input: Socket): boolean {
  return !input.destroyed && input.readableLength > 0;
}

function bytesRead(inputs: readonly Socket[]): number {
  return inputs.reduce((total, input) => total + input.bytesRead, 0);
}
