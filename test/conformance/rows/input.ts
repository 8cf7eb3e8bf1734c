import type { Row } from '../row.ts';

const bytes64M = 'head -c 64M /dev/zero';

export const inputRows: readonly Row[] = [
  { name: 'an empty pipe', run: 'exec $dsh cat', shows: { stdout: '' } },
  { name: 'a line', run: 'exec $dsh cat', input: 'a line\n', shows: { stdout: 'a line\n' } },
  { name: 'no newline at its end', run: 'exec $dsh cat', input: 'a', shows: { stdout: 'a' } },
  {
    name: 'every byte',
    run: 'exec $dsh od -An -v -tx1',
    input: Array.from({ length: 256 }, (_, index) => String.fromCharCode(index)).join(''),
  },
  {
    name: '64 MiB through it',
    run: `${bytes64M} | $dsh sha256sum; echo $PIPESTATUS`,
  },
  {
    name: '64 MiB through it and back',
    run: `seq 8000000 | $dsh cat | sha256sum; echo $PIPESTATUS`,
  },
  {
    name: 'never read, and small',
    run: "{ echo x; >written; } | $dsh sh -c 'until [ -e written ]; do sleep 0.01; done'; echo $PIPESTATUS",
    shows: { stdout: '0\n' },
  },
  {
    name: 'never read, and without end',
    run: 'yes | $dsh true; echo $PIPESTATUS',
    shows: { stdout: '141\n' },
  },
  {
    name: 'read in part',
    run: 'yes | $dsh head -3; echo $PIPESTATUS',
    shows: { stdout: 'y\ny\ny\n141\n' },
  },
  {
    name: 'closed by the command, which goes on',
    run: `yes | $dsh sh -c 'exec <&-; until [ -e go ]; do sleep 0.01; done; echo on' & await [ -p /dev/stdin ]
      >go; wait $!; echo $?`,
    shows: { stdout: 'on\n0\n' },
  },
  {
    name: 'its end is seen when it ends',
    run: `mkfifo in; $dsh cat <in >out & exec 5>in; echo a >&5; await grep -qs a out; echo b >&5
      await grep -qs b out; exec 5>&-; wait $!; echo $?; rm in`,
    shows: { stdout: '0\n' },
  },
  {
    name: 'a dialogue',
    run: "exec $dsh sh -c 'echo name?; read name; echo hello $name; read more || echo bye'",
    steps: [{ after: 'name?\n', input: 'dsh\n' }],
    shows: { stdout: 'name?\nhello dsh\nbye\n' },
  },
  {
    name: 'a coprocess',
    run: `coproc { exec $dsh sed -u s/a/b/; }; echo a >&\${COPROC[1]}; read -r line <&\${COPROC[0]}; echo $line
      pid=$COPROC_PID; eval "exec \${COPROC[1]}>&-"; wait $pid; echo $?`,
    shows: { stdout: 'b\n0\n' },
  },
  { name: 'a file', run: 'seq 5 >file; exec $dsh cat <file', shows: { stdout: '1\n2\n3\n4\n5\n' } },
  { name: 'an empty file', run: '>file; exec $dsh wc -c <file', shows: { stdout: '0\n' } },
  {
    name: 'a file of which a part was read',
    run: 'printf "one\\ntwo\\n" >file; { read -r line; exec $dsh cat; } <file',
    shows: { stdout: 'two\n' },
  },
  {
    name: 'a file that the command reads in part',
    run: 'seq 5 >file; { $dsh head -1; cat; } <file',
    shows: { stdout: '1\n2\n3\n4\n5\n' },
    differs: { on: ['remote', 'one-shot'], stdout: '1\n', because: 'input read ahead' },
  },
  { name: 'a file opened for reading and writing', run: 'seq 3 >file; exec $dsh cat <>file' },
  {
    name: 'a here document',
    run: 'a=1\nexec $dsh cat <<END\n$a\n  two\nEND',
    shows: { stdout: '1\n  two\n' },
  },
  { name: 'a here string', run: 'exec $dsh cat <<<word', shows: { stdout: 'word\n' } },
  { name: '/dev/null', run: 'exec $dsh cat </dev/null' },
  {
    name: '/dev/null, and the command knows',
    run: 'exec $dsh readlink /proc/self/fd/0 </dev/null',
    shows: { stdout: '/dev/null\n' },
    needs: 'native runner',
    leftOut: { on: ['one-shot'], because: 'a remote shell gives its command pipes' },
  },
  { name: '/dev/zero', run: 'exec $dsh head -c 100000 </dev/zero > >(sha256sum)' },
  {
    name: 'closed',
    run: 'exec $dsh cat <&-',
    shows: { end: 1, stderr: /Bad file descriptor/ },
    differs: { end: 0, stderr: '', because: 'closed streams' },
  },
  {
    name: 'closed, and never read',
    run: 'exec $dsh echo x <&-',
    shows: { stdout: 'x\n' },
  },
  {
    name: 'a pipe opened once more by its name',
    run: 'exec $dsh cat /dev/stdin',
    input: 'again\n',
    shows: { stdout: 'again\n' },
    needs: 'native runner',
  },
  {
    name: 'a file opened once more by its name',
    run: 'echo again >file; exec $dsh cat /dev/stdin <file',
    shows: { stdout: 'again\n' },
    needs: 'native runner',
  },
  {
    name: 'a directory',
    run: 'exec $dsh cat <.',
    shows: { end: 1, stderr: /Is a directory/ },
    differs: {
      on: ['remote', 'one-shot'],
      end: 0,
      stderr: '',
      because: 'errors of the local input',
    },
  },
  {
    name: 'the input of two commands in turn',
    run: '$dsh sh -c "read a; echo $a"; exec $dsh cat',
    input: '',
  },
  {
    name: 'two readers in the command',
    run: "exec $dsh sh -c 'read a; read b; echo $b-$a; cat'",
    input: '1\n2\n3\n',
    shows: { stdout: '2-1\n3\n' },
  },
  {
    name: '-n leaves the input alone',
    run: '$on -n -- cat; cat',
    directly: 'cat </dev/null; cat',
    input: 'left\n',
    shows: { stdout: 'left\n' },
  },
];
