/** The interface that users of policy modules are given says what the daemon does. */
import { expectTypeOf, test } from 'vitest';
import type { Candidate, Needs, Policy } from '../src/core/policy.ts';
import type * as published from '../types/policy.d.ts';

test('the published types are those of the daemon', () => {
  expectTypeOf<published.Candidate>().toEqualTypeOf<Candidate>();
  expectTypeOf<published.Needs>().toEqualTypeOf<Needs>();
  expectTypeOf<Required<published.Policy>>().toExtend<Policy>();
});
