import type { Row } from '../row.ts';

const umaskRows: readonly Row[] = ['000', '022', '027', '077'].map((mask) => ({
  name: `umask ${mask}`,
  run: `umask ${mask}; exec $dsh sh -c 'umask; >file; mkdir folder; ln -s file link'`,
  shows: { stdout: `0${mask}\n` },
}));

const limitsOnly = {
  needs: 'native runner',
  leftOut: { on: ['one-shot'], because: 'its lock file carries neither limits nor niceness' },
} as const satisfies Partial<Row>;

const limitRows: readonly Row[] = (
  [
    ['open files', '-S -n 77'],
    ['open files, hard as well', '-n 4444'],
    ['size of files', '-S -f 12345'],
    ['CPU time', '-S -t 3600'],
    ['CPU time, hard as well', '-t 7200'],
    ['size of core files', '-S -c 100'],
    ['size of the stack', '-S -s 4096'],
    ['size of data', '-S -d 40000000'],
    ['address space', '-S -v 400000000'],
    ['locked memory', '-S -l 4'],
    ['processes', '-S -u 5000'],
    ['pending signals', '-S -i 500'],
    ['file locks', '-S -x 50'],
    ['message queues', '-S -q 4096'],
  ] as const
).map(([name, limit]) => ({
  name: `limit of ${name}`,
  // Without exec: a client in Node.js learns the limit of open files from its parent.
  run: `ulimit ${limit}; $dsh bash -c 'ulimit -S ${option(limit)}; ulimit -H ${option(limit)}'`,
  shows: { stdout: new RegExp(`^${limit.replace(/.* /, '')}\n`) },
  ...limitsOnly,
}));

/** `-n` of `-S -n 77`. */
function option(limit: string): string {
  return limit.split(' ').at(-2)!;
}

export const attributeRows: readonly Row[] = [
  ...umaskRows,
  {
    name: 'umask 777',
    run: `umask 777; exec $dsh sh -c 'umask; >file; mkdir folder'`,
    leftOut: { on: ['one-shot'], because: 'its lock file would be shut to everybody' },
  },
  { name: 'niceness', run: 'exec nice -n 7 $dsh nice', shows: { stdout: '7\n' }, ...limitsOnly },
  {
    name: 'the greatest niceness',
    run: 'exec nice -n 19 $dsh nice',
    shows: { stdout: '19\n' },
    ...limitsOnly,
  },
  ...limitRows,
  {
    name: 'all limits at once',
    run: `ulimit -n 900; ulimit -S -f 100000; $dsh bash -c 'ulimit -S -a; ulimit -H -a'`,
    ...limitsOnly,
  },
  {
    name: 'more open files than allowed',
    run: `ulimit -n 64; $dsh perl -e '
      while (open(my $next, "<", "/dev/null")) { push @all, $next }
      print "$!\n"'`,
    shows: { stdout: 'Too many open files\n' },
    ...limitsOnly,
  },
  {
    name: 'more CPU time than allowed',
    run: `ulimit -S -t 1; exec $dsh sh -c 'while :; do :; done'`,
    shows: { end: 'SIGXCPU' },
    ...limitsOnly,
  },
  {
    name: 'a larger file than allowed',
    run: `ulimit -f 8; exec $dsh sh -c 'exec head -c 100000 /dev/zero >file'`,
    shows: { end: 'SIGXFSZ' },
    ...limitsOnly,
  },
  {
    name: 'a deeper stack than allowed',
    run: `ulimit -S -s 2048; exec $dsh bash -c 'deep() { deep; }; deep'`,
    shows: { end: 'SIGSEGV' },
    ...limitsOnly,
  },
  {
    name: 'a session of its own, without a terminal',
    run: `exec $dsh sh -c 'ps -o tty= -p $$; : </dev/tty' 2>/dev/null`,
    shows: { end: 2, stdout: '?\n' },
  },
  {
    name: 'no descriptors but the three',
    run: `exec $dsh sh -c 'exec ls /proc/self/fd'`,
    shows: { stdout: '0\n1\n2\n3\n' },
    differs: { on: ['local'], stdout: '0\n1\n100\n2\n3\n', because: 'the lease' },
  },
  {
    name: 'a descriptor beyond the three',
    run: `echo five >file; exec $dsh cat /dev/fd/5 5<file`,
    shows: { stdout: 'five\n' },
    differs: {
      end: 1,
      stdout: '',
      stderr: 'cat: /dev/fd/5: No such file or directory\n',
      because: 'other descriptors',
    },
  },
  {
    name: 'a signal that the caller ignores',
    run: `trap '' USR1; exec $dsh perl -e 'kill USR1 => $$; print "alive\\n"'`,
    shows: { stdout: 'alive\n' },
    differs: [
      { on: ['remote', 'local'], end: 'SIGUSR1', stdout: '', because: 'ignored signals' },
      { on: ['one-shot'], end: 138, stdout: '', because: 'ignored signals' },
    ],
  },
];
