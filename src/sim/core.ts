/**
 * What the simulator takes of the core, in one place: a whole world runs on one such module, the
 * shipped one or one with a bug planted in it (`patched-core.ts`).
 */
export { createDaemonState, isInUse } from '../core/daemon-state.ts';
export { nextWakeup, step } from '../core/daemon.ts';
export { builtinPolicies } from '../core/policy.ts';
