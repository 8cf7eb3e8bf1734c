import { constants } from 'node:os';
import type { Difference, Row } from '../row.ts';

const names = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'IO',
  'PWR',
  'SYS',
] as const;

const remoteShell = 'a remote shell tells a death as a status';

function asStatus(signal: number): Difference {
  return { on: ['one-shot'], end: 128 + signal, because: remoteShell };
}

const realTimeRows: readonly Row[] = [34, 35, 50, 64].map((signal) => ({
  name: `by real-time signal ${signal}`,
  run: `exec 2>/dev/null; $dsh perl -e 'kill ${signal} => $$; sleep 60'; echo $?`,
  shows: { stdout: `${128 + signal}\n` },
  needs: 'native runner',
  differs: {
    on: ['local'],
    stdout: '0\n',
    because: 'Node.js tells no death by a real-time signal',
  },
}));

export const deathRows: readonly Row[] = [
  ...names.map((name) => ({
    name: `by SIG${name}`,
    // Perl ignores SIGFPE.
    run: `exec $dsh perl -e '$SIG{FPE} = "DEFAULT"; kill ${name} => $$; sleep 60'`,
    shows: { end: `SIG${name}` as NodeJS.Signals },
    differs: asStatus(constants.signals[`SIG${name}`]),
  })),
  ...realTimeRows,
  {
    name: 'as a shell sees it',
    run: "exec 2>/dev/null; $dsh sh -c 'kill -TERM $$'; echo $?; $dsh sh -c 'kill -KILL $$'; echo $?",
    shows: { stdout: '143\n137\n' },
  },
  {
    name: 'with output before it',
    run: "exec $dsh sh -c 'echo out; echo err >&2; kill -KILL $$'",
    shows: { end: 'SIGKILL', stdout: 'out\n', stderr: 'err\n' },
    differs: asStatus(9),
  },
  {
    name: 'of a child, which a shell turns into a status',
    run: "exec $dsh bash -c '(kill -TERM $BASHPID); echo $?' 2>/dev/null",
    shows: { stdout: '143\n' },
  },
  {
    name: 'without a core file',
    run: "exec $dsh sh -c 'ulimit -c 0; kill -SEGV $$'",
    shows: { end: 'SIGSEGV', files: {} },
    differs: asStatus(11),
  },
];
