import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda } from '../../src/sim/agenda.ts';

describe('the agenda', () => {
  it('lets things happen in the order of time, and of planning at the same time', () => {
    const property = fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const agenda = createAgenda();
      const happened: { at: number; order: number }[] = [];
      for (const [order, at] of times.entries()) {
        agenda.at(at, () => {
          expect(agenda.nowMs()).toBe(at);
          happened.push({ at, order });
        });
      }
      agenda.run(20);
      const expected = times
        .map((at, order) => ({ at, order }))
        .sort((a, b) => a.at - b.at || a.order - b.order);
      expect(happened).toEqual(expected);
    });
    fc.assert(property);
  });

  it('takes what is planned in the past as due now, and stops where it is told', () => {
    const agenda = createAgenda();
    const happened: string[] = [];
    agenda.at(10, () => {
      agenda.at(5, () => happened.push(`late at ${agenda.nowMs()}`));
      agenda.at(30, () => happened.push('too late'));
    });
    agenda.run(20);
    expect(happened).toEqual(['late at 10']);
    expect(agenda.nowMs()).toBe(20);
    agenda.run(100, () => happened.length === 2);
    expect(happened).toEqual(['late at 10', 'too late']);
  });
});
