/** Why a command did not start. The number is on the wire; `outcome.ts` gives its exit status. */
export const failureReasons = {
  'no-node': 1,
  'no-directory': 2,
  'not-found': 3,
  'not-executable': 4,
  'bad-request': 5,
  'spawn-failed': 6,
  /** Files that the command is to work on are not there as they are at the client. */
  incoherent: 7,
} as const;
export type FailureReason = keyof typeof failureReasons;
