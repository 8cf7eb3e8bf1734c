/** A fingerprint of a trial: the same seed must leave the same one. */
import type { StepObserver } from '../daemon.ts';

export interface Trace {
  readonly note: StepObserver;
  hash(): string;
}

export function createTrace(): Trace {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const mix = (value: number): void => {
    a = Math.imul(a ^ value, 0x01000193);
    b = Math.imul(b ^ value, 0x85ebca6b) ^ (a >>> 15);
  };
  const mixText = (text: string): void => {
    for (let at = 0; at < text.length; at += 1) mix(text.charCodeAt(at));
  };
  return {
    note({ node }, event, effects, localMs) {
      mix(node.id);
      mixText(event.type);
      mix(localMs * 1024);
      for (const effect of effects) {
        if (effect.type === 'send') {
          mix(effect.to);
          for (const byte of effect.bytes) mix(byte);
        } else {
          mixText(JSON.stringify(effect.reply));
        }
      }
    },
    hash: () => [a, b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(''),
  };
}
