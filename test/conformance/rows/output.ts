import type { Row } from '../row.ts';

export const outputRows: readonly Row[] = [
  { name: 'none', run: 'exec $dsh true', shows: { stdout: '' } },
  { name: 'no newline at its end', run: "exec $dsh printf 'a\\nb'", shows: { stdout: 'a\nb' } },
  {
    name: 'every byte',
    run: 'exec $dsh perl -e "print map chr, 0..255"',
    shows: {
      stdout: Array.from({ length: 256 }, (_, index) => String.fromCharCode(index)).join(''),
    },
  },
  { name: '64 MiB to a pipe', run: 'exec $dsh seq 8000000 > >(sha256sum)' },
  { name: '64 MiB to a file', run: '$dsh seq 8000000 >big; echo $?; sha256sum <big; rm big' },
  {
    name: '16 MiB of standard error',
    run: "exec $dsh sh -c 'seq 2000000 >&2' 2> >(sha256sum >&2)",
    shows: { stderr: /./ },
  },
  {
    name: 'in the order in which it was written, byte by byte',
    run: `exec $dsh perl -e '$| = 1; print chr(97 + $_ % 26) for 0..9999' > >(sha256sum)`,
  },
  {
    name: 'of many processes, line by line',
    run: "exec $dsh sh -c 'for i in 1 2 3 4 5 6 7 8; do seq $i 8 4000 & done; wait' > >(sort -n | sha256sum)",
  },
  {
    name: 'both streams, apart',
    run: "exec $dsh sh -c 'echo out; echo err >&2; echo more'",
    shows: { stdout: 'out\nmore\n', stderr: 'err\n' },
  },
  {
    name: 'both streams, large, at once',
    run: "exec $dsh sh -c 'seq 300000 & seq 300000 600000 >&2; wait' > >(sha256sum) 2> >(sha256sum >&2)",
    shows: { stderr: /./ },
  },
  {
    name: 'both streams to one file',
    run: "$dsh sh -c 'seq 1000 & seq 1000 >&2; wait' >both 2>&1; echo $?; sort -n both >sorted; rm both",
  },
  {
    name: 'both streams to one pipe',
    run: "$dsh sh -c 'seq 1000; seq 1000 >&2' 2>&1 | sort -n | sha256sum",
  },
  { name: 'to a file', run: '$dsh echo x >file; exec cat file', shows: { stdout: 'x\n' } },
  {
    name: 'appended to a file',
    run: 'echo a >file; $dsh echo b >>file; echo c >>file; cat file',
    shows: { stdout: 'a\nb\nc\n' },
  },
  {
    name: 'to a file that others write to in turn',
    run: '{ echo a; $dsh echo b; echo c; $dsh echo d; } >file; cat file',
    shows: { stdout: 'a\nb\nc\nd\n' },
  },
  { name: 'to /dev/null', run: 'exec $dsh seq 100000 >/dev/null 2>&1' },
  {
    name: 'to a full disk',
    run: 'exec $dsh echo x >/dev/full',
    shows: { end: 1, stderr: /No space left on device/ },
    differs: [
      {
        on: ['remote'],
        stderr: /^dsh: standard output: No space left on device\n$/i,
        because: 'errors of the local output',
      },
      { on: ['one-shot'], end: 0, stderr: '', because: 'errors of the local output' },
    ],
  },
  {
    name: 'closed',
    run: 'exec $dsh echo x >&-',
    shows: { end: 1, stderr: /Bad file descriptor/ },
    differs: { end: 0, stderr: '', because: 'closed streams' },
  },
  { name: 'closed, and never written', run: 'exec $dsh true >&- 2>&-' },
  {
    name: 'a reader that goes early',
    run: '$dsh yes | head -1; echo $PIPESTATUS',
    shows: { stdout: 'y\n141\n' },
  },
  {
    name: 'a reader that goes after much',
    run: '$dsh seq 10000000 | head -c 1M | sha256sum; echo $PIPESTATUS',
    shows: { stdout: /\n141\n$/ },
  },
  {
    name: 'a reader that is gone already',
    run: 'mkfifo pipe; exec 5<>pipe 6>pipe 5>&-; rm pipe; exec $dsh yes >&6',
    shows: { end: 'SIGPIPE' },
    differs: { on: ['one-shot'], end: 141, because: 'a remote shell tells a death as a status' },
  },
  {
    name: 'a reader of standard error that goes early',
    run: "$dsh sh -c 'yes >&2' 2>&1 >/dev/null | head -1; echo $PIPESTATUS",
    shows: { stdout: 'y\n141\n' },
    leftOut: { on: ['one-shot'], because: 'ssh reads on when nobody takes its standard error' },
  },
  {
    name: 'a reader that goes early, while SIGPIPE is ignored by the command',
    run: `$dsh bash -c 'trap "" PIPE; while echo y; do :; done 2>/dev/null; exit 7' | head -1; echo $PIPESTATUS`,
    shows: { stdout: 'y\n7\n' },
  },
  {
    name: 'a slow reader',
    run: '$dsh seq 1000000 | { read -r a; await [ -p /dev/stdin ]; sha256sum; }; echo $PIPESTATUS',
  },
  {
    name: 'a pipe in the middle of a pipeline',
    run: 'seq 100000 | $dsh sort -rn | $dsh head -3',
    shows: { stdout: '100000\n99999\n99998\n' },
  },
  {
    name: '/dev/stdout opened once more',
    run: "exec $dsh sh -c 'echo a; echo b >/dev/stdout; echo c | tee /dev/stdout'",
    shows: { stdout: 'a\nb\nc\nc\n' },
  },
  {
    name: '/dev/stderr opened once more',
    run: "exec $dsh sh -c 'echo a >/dev/stderr; echo b | tee /dev/stderr'",
    shows: { stdout: 'b\n', stderr: 'a\nb\n' },
  },
  {
    name: '/dev/fd and /proc/self/fd',
    run: "exec $dsh sh -c 'echo a >/dev/fd/2; echo b >/proc/self/fd/1'",
    shows: { stdout: 'b\n', stderr: 'a\n' },
  },
  {
    name: 'pipes, and the command knows',
    run: "exec $dsh sh -c 'for fd in 0 1 2; do test -p /dev/fd/$fd && echo $fd; test -t $fd && echo terminal; done'",
    shows: { stdout: '0\n1\n2\n', end: 1 },
    needs: 'native runner',
  },
  {
    name: 'a file, and the command knows',
    run: "$dsh sh -c 'test -f /dev/stdout' >file; echo $?",
    shows: { stdout: '0\n' },
    differs: { on: ['remote', 'one-shot'], stdout: '1\n', because: 'pipes in the place of files' },
  },
];
