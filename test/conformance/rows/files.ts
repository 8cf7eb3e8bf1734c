import type { Row } from '../row.ts';

export const fileRows: readonly Row[] = [
  { name: 'made', run: 'exec $dsh touch a b', shows: { files: { a: '0644 1 ', b: '0644 1 ' } } },
  {
    name: 'made, and seen at once',
    run: '$dsh sh -c "echo x >a"; exec cat a',
    shows: { stdout: 'x\n' },
  },
  {
    name: 'made here, and seen there',
    run: 'for i in 1 2 3; do echo $i >f$i; $dsh cat f$i; done',
    shows: { stdout: '1\n2\n3\n' },
  },
  { name: 'removed', run: 'touch a b; exec $dsh rm a', shows: { files: { b: '0644 1 ' } } },
  { name: 'renamed', run: 'echo a >a; exec $dsh mv a b', shows: { files: { b: '0644 1 a\n' } } },
  { name: 'appended to', run: 'echo a >f; $dsh sh -c "echo b >>f"; echo c >>f' },
  { name: 'cut off', run: 'seq 100 >f; exec $dsh truncate -s 10 f' },
  { name: 'modes', run: "exec $dsh sh -c 'touch a b c; chmod 600 a; chmod 4755 b; chmod 1777 c'" },
  {
    name: 'links, hard and symbolic',
    run: "echo x >a; exec $dsh sh -c 'ln a b; ln -s a c; ln -s nowhere d'",
  },
  { name: 'folders', run: "exec $dsh sh -c 'mkdir -p a/b/c; rmdir a/b/c; mkdir -m 700 d'" },
  { name: 'a named pipe', run: 'exec $dsh mkfifo pipe' },
  { name: 'a large one', run: 'exec $dsh sh -c "seq 1000000 >large"' },
  { name: 'odd names', run: `exec $dsh touch 'a b' $'c\\nd' $'\\xff' ./-e '*'` },
  {
    name: 'times',
    run: '$dsh touch -d @1000000000 f; exec stat -c %Y f',
    shows: { stdout: '1000000000\n' },
  },
  {
    name: 'the list of a directory',
    run: 'touch a b .c; exec $dsh ls -A',
    shows: { stdout: '.c\na\nb\n' },
    differs: { on: ['one-shot'], stdout: /^\.c\n(\.dsh-.*\n)+a\nb\n$/, because: 'lock files' },
  },
  { name: 'compared and sorted', run: 'seq 9 -1 1 >a; $dsh sort -o a a; exec cat a' },
  {
    name: 'a temporary one',
    run: "exec $dsh sh -c 'f=$(mktemp ./XXXXXX); stat -c %a $f; rm $f'",
    shows: { stdout: '600\n', files: {} },
  },
  {
    name: 'a lock between here and there',
    run: 'exec 5>lock; flock 5; $dsh flock -n lock true; echo $?; flock -u 5; exec $dsh flock -n lock echo free',
    shows: { stdout: '1\nfree\n' },
  },
];
