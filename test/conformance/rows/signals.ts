import { constants } from 'node:os';
import { type Row, type Step, stuckPipe } from '../row.ts';

type Name = keyof typeof constants.signals;

/** Those that end a process which has not provided for them. */
const deadly = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
] as const;

/** dsh gets them for reasons of its own, or takes them for a matter of its terminal. */
const kept = ['SIGPIPE', 'SIGWINCH', 'SIGURG', 'SIGCHLD'] as const;

const leftOut = {
  on: ['one-shot'],
  because: 'a remote shell without a terminal passes no signals on',
} as const satisfies Row['leftOut'];

/** A program that is one process: a signal to dsh goes to the whole group of the command. */
function perl(prepare: string, then = 'sleep 30'): string {
  return `exec $dsh perl -e '$| = 1; ${prepare}; print "ready\\n"; ${then}'`;
}

function send(signal: Name): readonly Step[] {
  return [{ after: 'ready\n', signal }];
}

/** Stops a command once it is ready, and wakes it: bash would be at times too slow to see the stop. */
const jobControl = String.raw`use POSIX ":sys_wait_h"; pipe(our $out, our $in); my $pid = fork;
  if (!$pid) { setpgrp; open(STDOUT, ">&", $in); close $in; exec @ARGV }
  close $in; <$out>; kill TSTP => $pid; waitpid($pid, WUNTRACED);
  print "stopped by ", WSTOPSIG(${'${^CHILD_ERROR_NATIVE}'}), "
"; kill CONT => $pid; print <$out>;
  waitpid($pid, 0); print "ended with ", $? >> 8, "
";`;

const bare = (signal: string): string => signal.slice('SIG'.length);

export const signalRows: readonly Row[] = [
  ...[...deadly, 'SIGCONT' as const].map((signal) => ({
    name: `${signal} that is caught`,
    run: perl(`$SIG{${bare(signal)}} = sub { print "caught\\n"; exit 3 }`),
    steps: send(signal),
    shows: { end: 3, stdout: 'ready\ncaught\n' },
    leftOut,
  })),
  ...kept.map((signal) => ({
    name: `${signal} that is caught`,
    run: perl(`$SIG{${bare(signal)}} = sub { print "caught\\n"; exit 3 }`, 'sleep 3'),
    steps: send(signal),
    shows: { end: 3, stdout: 'ready\ncaught\n' },
    differs: { end: 0, stdout: 'ready\n', because: 'signals that dsh keeps' },
    leftOut,
  })),
  ...deadly.map((signal) => ({
    name: `${signal} that is not`,
    run: perl('0'),
    steps: send(signal),
    shows: { end: signal, stdout: 'ready\n' },
    leftOut,
  })),
  ...deadly.map((signal) => ({
    name: `${signal} that is ignored`,
    run: perl(`$SIG{${bare(signal)}} = "IGNORE"`, '<STDIN>; print "on\\n"; exit 4'),
    // The end of the input follows the signal.
    steps: send(signal),
    shows: { end: 4, stdout: 'ready\non\n' },
    leftOut,
  })),
  {
    name: 'one signal after the other',
    run: perl(
      '$SIG{$_} = sub { print "$_[0]\\n" } for qw(HUP USR1 USR2); $SIG{TERM} = sub { exit 5 }',
      'sleep 30 while 1',
    ),
    steps: [
      { after: 'ready\n', signal: 'SIGUSR1' },
      { after: 'USR1\n', signal: 'SIGUSR2' },
      { after: 'USR2\n', signal: 'SIGHUP' },
      { after: 'HUP\n', signal: 'SIGTERM' },
    ],
    shows: { end: 5, stdout: 'ready\nUSR1\nUSR2\nHUP\n' },
    leftOut,
  },
  {
    name: 'SIGTERM to a command that ignores it, then its end',
    run: perl(
      '$SIG{TERM} = "IGNORE"; $SIG{HUP} = sub { print "hung up\\n"; exit 6 }',
      'sleep 30 while 1',
    ),
    steps: [
      { after: 'ready\n', signal: 'SIGTERM' },
      { after: 'ready\n', signal: 'SIGHUP' },
    ],
    shows: { end: 6, stdout: 'ready\nhung up\n' },
    leftOut,
  },
  {
    name: 'a trap of a shell that cleans up',
    run: `exec $dsh sh -c '>temporary; trap "rm temporary; echo clean; exit 1" TERM; echo ready; read line; echo end'`,
    // The input stays open until the trap has run.
    steps: [{ after: 'ready\n', signal: 'SIGTERM' }, { after: 'clean\n' }],
    shows: { end: 1, files: {} },
    leftOut,
  },
  {
    name: 'a stop that the command catches',
    run: perl('$SIG{TSTP} = sub { print "stopping\\n"; exit 8 }'),
    steps: send('SIGTSTP'),
    shows: { end: 8, stdout: 'ready\nstopping\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'a stop that comes before the command has time for it',
    run: perl(
      `use POSIX; my ($tstp, $got) = (POSIX::SigSet->new(SIGTSTP), POSIX::SigSet->new);
        sigprocmask(SIG_BLOCK, $tstp); $SIG{TSTP} = sub { print "stopping\n"; exit 8 }`,
      `do { select(undef, undef, undef, 0.1); sigpending($got) } until $got->ismember(SIGTSTP);
        select(undef, undef, undef, 0.1); sigprocmask(SIG_UNBLOCK, $tstp); sleep 30`,
    ),
    steps: send('SIGTSTP'),
    shows: { end: 8, stdout: 'ready\nstopping\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'a stop, and on again',
    run: `exec perl -e '${jobControl}' $dsh perl -e '$| = 1; $SIG{CONT} = sub { print "on\n"; exit 9 }; print "ready\n"; sleep 30 while 1'`,
    shows: { stdout: 'stopped by 20\non\nended with 9\n' },
    needs: 'native runner',
    leftOut,
  },
  {
    name: 'SIGTERM while the reader takes nothing',
    run: `${stuckPipe}; $dsh yes >&5 & await isFull; kill $!; wait $! 2>/dev/null; echo $?`,
    shows: { stdout: '143\n' },
    leftOut,
  },
  {
    name: 'timeout(1), which sends SIGTERM',
    run: 'timeout 0.5 $dsh sleep 30; echo $?',
    shows: { stdout: '124\n' },
    leftOut,
  },
  {
    name: 'timeout(1) with SIGINT',
    run: 'timeout -s INT 0.5 $dsh sleep 30; echo $?',
    shows: { stdout: '124\n' },
    leftOut,
  },
];
