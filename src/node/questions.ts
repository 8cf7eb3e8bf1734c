/** The questions of a connection that are under way, each with its deadline. */
import type { ControlReply } from '../core/wire/control.ts';

export type Answer = Exclude<ControlReply, { op: 'error' }>;

export const ANSWER_DEADLINE_MS = 2000;

export interface Questions {
  add(): { readonly id: number; readonly answer: Promise<Answer> };
  /** False when nobody waits for this answer, or no longer. */
  resolve(answer: Answer): boolean;
  rejectAll(reason: string): void;
}

export function createQuestions(path: string): Questions {
  interface Waiting {
    resolve(answer: Answer): void;
    reject(error: Error): void;
    readonly timer: NodeJS.Timeout;
  }
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  function take(id: number): Waiting | undefined {
    const question = waiting.get(id);
    clearTimeout(question?.timer);
    waiting.delete(id);
    return question;
  }

  return {
    add() {
      lastId += 1;
      const id = lastId;
      const answer = new Promise<Answer>((resolve, reject) => {
        const timer = setTimeout(() => {
          const seconds = ANSWER_DEADLINE_MS / 1000;
          take(id)?.reject(new Error(`dshd at ${path} gave no answer within ${seconds} s`));
        }, ANSWER_DEADLINE_MS);
        waiting.set(id, { resolve, reject, timer });
      });
      return { id, answer };
    },
    resolve(answer) {
      const question = take(answer.id);
      question?.resolve(answer);
      return question !== undefined;
    },
    rejectAll(reason) {
      for (const id of waiting.keys()) {
        take(id)?.reject(new Error(`dshd at ${path}: ${reason}`));
      }
    },
  };
}
