import { type Row, stuckPipe } from '../row.ts';

const leftOut = {
  on: ['one-shot'],
  because: 'no runner is there to keep the time',
} as const satisfies Row['leftOut'];

export const timeLimitRows: readonly Row[] = [
  {
    name: 'one that is reached',
    run: 'exec $on --timeout 0.3 -- sleep 60',
    directly: 'timeout 0.3 sleep 60; exit $?',
    shows: { end: 124 },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'one that is not reached',
    run: "exec $on --timeout 50 -- sh -c 'echo done; exit 3'",
    directly: "timeout 50 sh -c 'echo done; exit 3'; exit $?",
    shows: { end: 3, stdout: 'done\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'one that lets the command clean up',
    run: `exec $on --timeout 2 -- perl -e '$| = 1; $SIG{TERM} = sub { print "cleaned\\n"; exit 9 }; sleep 60'`,
    directly: `timeout 2 perl -e '$| = 1; $SIG{TERM} = sub { print "cleaned\\n"; exit 9 }; sleep 60'; exit $?`,
    shows: { end: 124, stdout: 'cleaned\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'one that the command ignores',
    run: `$on --timeout 2 -- perl -e '$SIG{TERM} = "IGNORE"; sleep 60'; echo $?`,
    // timeout(1) would tell of its SIGKILL.
    directly: `exec 2>/dev/null; timeout -k 2 2 perl -e '$SIG{TERM} = "IGNORE"; sleep 60'; echo 124`,
    shows: { stdout: '124\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'one whose reader takes nothing',
    run: `${stuckPipe}; $on --timeout 1 -- yes >&5; echo $?
      $on --timeout 1 -- sh -c 'trap "" TERM; yes' >&5; echo $?`,
    // timeout(1) would tell of its SIGKILL.
    directly: `${stuckPipe}; timeout 1 yes >&5; echo $?; echo 124`,
    shows: { stdout: '124\n124\n' },
    needs: 'native runner',
    leftOut,
  },
];
