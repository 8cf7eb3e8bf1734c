import type { Row } from '../row.ts';

export const shellRows: readonly Row[] = [
  { name: 'a substitution', run: 'echo "<$($dsh printf "a\\n\\n")>"', shows: { stdout: '<a>\n' } },
  {
    name: 'a substitution of two lines',
    run: 'x=$($dsh seq 2); echo "$x"',
    shows: { stdout: '1\n2\n' },
  },
  {
    name: 'a subshell',
    run: '(cd /; $dsh pwd; exit 3); echo $?; $dsh pwd',
    shows: { stdout: '/\n3\n@\n' },
    leftOut: { on: ['one-shot'], because: 'its lock file would lie in the root directory' },
  },
  { name: 'a pipeline', run: '$dsh seq 10 | $dsh grep 1 | $dsh wc -l', shows: { stdout: '2\n' } },
  {
    name: 'pipefail',
    run: 'set -o pipefail; $dsh false | $dsh true; echo $?; $dsh sh -c "exit 3" | cat; echo $?',
    shows: { stdout: '1\n3\n' },
  },
  {
    name: 'a list and a group',
    run: '{ $dsh echo a && $dsh false || $dsh echo b; } | cat',
    shows: { stdout: 'a\nb\n' },
  },
  {
    name: 'a process substitution',
    run: 'diff <($dsh seq 3) <($dsh seq 4); echo $?',
    shows: { stdout: '3a4\n> 4\n1\n' },
  },
  {
    name: 'a script from its input',
    run: 'printf "echo a\\nexit 4\\n" | $dsh sh; echo $?',
    shows: { stdout: 'a\n4\n' },
  },
  {
    name: 'a script from a here document, with words',
    run: "$dsh sh -s a 'b c' <<'END'\necho $# \"$2\"\nEND",
    shows: { stdout: '2 b c\n' },
  },
  {
    name: 'while read, with -n',
    run: 'seq 3 | while read -r i; do $on -n -- echo "$i"; done',
    directly: 'seq 3 | while read -r i; do echo "$i" </dev/null; done',
    shows: { stdout: '1\n2\n3\n' },
  },
  {
    name: 'while read, with the input of the loop elsewhere',
    run: 'seq 3 >list; while read -r i <&5; do $dsh echo "$i"; done 5<list',
    shows: { stdout: '1\n2\n3\n' },
  },
  {
    name: 'xargs',
    run: 'seq 10 | xargs -n 4 $dsh echo',
    shows: { stdout: '1 2 3 4\n5 6 7 8\n9 10\n' },
  },
  {
    name: 'xargs, four at a time',
    run: "seq 12 | xargs -P 4 -I N $dsh sh -c 'echo N' | sort -n | paste -sd ' '",
    shows: { stdout: '1 2 3 4 5 6 7 8 9 10 11 12\n' },
  },
  {
    name: 'xargs, and one that fails',
    run: 'printf "%s\\n" true false | xargs -n 1 $dsh; echo $?',
    shows: { stdout: '123\n' },
  },
  {
    name: 'xargs with odd names',
    run: `touch 'a b' $'c\\nd' "e'f"; find . -type f -print0 | sort -z | xargs -0 $dsh ls -b`,
  },
  {
    name: 'find -exec',
    run: 'touch a b c; find . -type f -name "[ab]" -exec $dsh basename {} \\; | sort',
    shows: { stdout: 'a\nb\n' },
  },
  {
    name: 'find -exec with +',
    run: 'touch a b c; find . -type f -exec $dsh ls {} +',
    shows: { stdout: './a\n./b\n./c\n' },
  },
  {
    name: 'awk and sed, whose programs are full of signs',
    run: `seq 3 | $dsh awk '{ s += $1 } END { print "sum=" s }' | $dsh sed 's/[=]\\(.*\\)$/ is "\\1"/'`,
    shows: { stdout: 'sum is "6"\n' },
  },
  {
    name: 'tar to tar',
    run: 'mkdir a; seq 1000 >a/f; ln -s f a/l; mkdir b; $dsh tar c a | $dsh tar x -C b; diff -r a b/a && echo same',
    shows: { stdout: 'same\n' },
  },
  {
    name: 'a trap at the end of the command',
    run: 'exec $dsh bash -c \'trap "echo bye" EXIT; echo hi; exit 6\'',
    shows: { end: 6, stdout: 'hi\nbye\n' },
  },
  {
    name: 'set -x, which prints to standard error',
    run: "exec $dsh sh -xc 'a=1; echo $a'",
    shows: { stdout: '1\n', stderr: '+ a=1\n+ echo 1\n' },
  },
  {
    name: 'a syntax error',
    run: "exec $dsh sh -c 'if'",
    shows: { end: 2, stderr: /Syntax error/ },
  },
  {
    name: 'the shell that time measures',
    run: 'TIMEFORMAT=; time $dsh echo x',
    shows: { stdout: 'x\n' },
  },
  {
    name: 'make',
    run: String.raw`printf 'all: a b\na b:\n\t@$(RUN) sh -c "echo $@ >$@; cat $@"\n' >Makefile; exec make -s RUN="$dsh"`,
    shows: { stdout: 'a\nb\n' },
  },
  {
    name: 'make, four at a time, with an error',
    run: String.raw`printf 'all: a b c\n%%:\n\t@$(RUN) sh -c "echo $@ >$@; test $@ != b"\n' >Makefile; make -s -k -j4 RUN="$dsh" all 2>&1 | sed 's/ .*//'; echo $PIPESTATUS`,
    shows: { stdout: /2\n$/ },
  },
  {
    name: '--sh',
    run: `exec $on --sh 'echo "$# $1"; exit 3' -- 'a b' c`,
    directly: `exec sh -c 'echo "$# $1"; exit 3' sh 'a b' c`,
    shows: { end: 3, stdout: '2 a b\n' },
  },
];
