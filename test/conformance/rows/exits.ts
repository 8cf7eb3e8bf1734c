import type { Row } from '../row.ts';

const statuses = [
  0, 1, 2, 3, 42, 64, 77, 100, 123, 124, 125, 126, 127, 128, 129, 130, 137, 143, 255,
];

export const exitRows: readonly Row[] = [
  ...statuses.map((status) => ({
    name: `status ${status}`,
    run: `exec $dsh sh -c 'exit ${status}'`,
    shows: { end: status },
  })),
  { name: 'a status beyond a byte', run: 'exec $dsh perl -e "exit 258"', shows: { end: 2 } },
  {
    name: 'a status with output on both streams',
    run: "exec $dsh sh -c 'echo out; echo err >&2; exit 3'",
    shows: { end: 3, stdout: 'out\n', stderr: 'err\n' },
  },
  {
    name: 'in an if, a loop and a list of a shell',
    run: 'if $dsh false; then echo a; fi; until $dsh true; do echo b; done; $dsh false || echo c; ! $dsh true; echo $?',
    shows: { stdout: 'c\n1\n' },
  },
  {
    name: 'under set -e',
    run: 'set -e; $dsh true; echo on; $dsh false; echo never',
    shows: { end: 1, stdout: 'on\n' },
  },
];
