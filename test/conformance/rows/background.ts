import type { Row } from '../row.ts';

/** Waits in the background until the file `go` is there. */
const waiting = 'until [ -e go ]; do sleep 0.01; done';

const sshWaits = {
  on: ['one-shot'],
  because: 'ssh waits for all who hold its output',
} as const satisfies Row['leftOut'];

const endedThere = {
  on: ['remote'],
  because: 'what a command leaves behind in its session on another node is ended',
} as const satisfies Row['leftOut'];

/**
 * setsid -f ends before its child has left the session, and until then the child is one of those that
 * are ended: so the command lives until the daemon has said that it is one.
 */
const untilDaemon = 'until [ -e daemon ]; do sleep 0.01; done; rm daemon';

export const backgroundRows: readonly Row[] = [
  {
    name: 'a child for which the command waits',
    run: "exec $dsh sh -c '(echo child; exit 3) & wait $!; echo $?'",
    shows: { stdout: 'child\n3\n' },
  },
  {
    name: 'a child that is left behind with its own output',
    run: `$dsh sh -c '{ ${waiting}; } >/dev/null 2>&1 & echo left'; echo $?; >go`,
    shows: { stdout: 'left\n0\n' },
  },
  {
    name: 'a child that is left behind with our output',
    run: `$dsh sh -c '{ ${waiting}; } & echo left; exit 5' >out 2>&1; echo $?; >go; cat out`,
    shows: { stdout: '5\nleft\n' },
    leftOut: sshWaits,
  },
  {
    name: 'a child that is left behind goes on',
    run: `$dsh sh -c '{ ${waiting}; echo late >late; } >/dev/null 2>&1 </dev/null &'; >go; await [ -s late ]`,
    leftOut: endedThere,
  },
  {
    name: 'nohup',
    run: `$dsh sh -c 'nohup sh -c "${waiting}; echo late >late" >/dev/null 2>&1 </dev/null &'; >go; await [ -s late ]`,
    leftOut: endedThere,
  },
  {
    name: 'a daemon in a session of its own',
    run: `$dsh sh -c 'setsid -f sh -c ">daemon; ${waiting}; echo late >late" >/dev/null 2>&1 </dev/null; ${untilDaemon}'; echo $?; >go; await [ -s late ]`,
    shows: { stdout: '0\n' },
  },
  {
    name: 'what a daemon writes to our output after the end',
    run: `$dsh sh -c 'setsid -f sh -c "trap : PIPE; >daemon; ${waiting}; echo late 2>/dev/null; >done"; ${untilDaemon}' >out; >go; await [ -e done ]; cat out; rm out`,
    shows: { stdout: 'late\n' },
    differs: { on: ['remote'], stdout: '', because: 'output after the end' },
    leftOut: sshWaits,
  },
  {
    name: 'many at once from here',
    run: 'for i in {1..8}; do $dsh sh -c "echo $i; exit $i" & done >out; for i in %{1..8}; do wait $i; echo $?; done; sort -n out; rm out',
    shows: { stdout: '1\n2\n3\n4\n5\n6\n7\n8\n1\n2\n3\n4\n5\n6\n7\n8\n' },
  },
];
