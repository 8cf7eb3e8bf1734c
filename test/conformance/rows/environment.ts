import type { Row } from '../row.ts';

/** The command's variables, in order, less those by which dsh and ssh find each other. */
const others = `> >(grep -avE '^(DSH|SSH|XDG)_')`;
const clean = 'exec env -i "${lab[@]}"';

export const environmentRows: readonly Row[] = [
  {
    name: 'no variables at all',
    run: `${clean} $dsh env ${others}`,
    shows: { stdout: '' },
  },
  {
    name: 'a few, in order',
    run: `${clean} B=2 A=1 'C=two words' $dsh env ${others}`,
    shows: { stdout: 'B=2\nA=1\nC=two words\n' },
  },
  {
    name: 'names in lower case, and with digits',
    run: `${clean} path=x 9=nine 1x=y 0=z $dsh env ${others}`,
  },
  {
    name: 'names that no shell takes',
    run: `${clean} a.b=1 'x y=2' 'BASH_FUNC_f%%=() { echo f; }' '%=3' -x=4 'é=5' $dsh env ${others}`,
    shows: { stdout: 'a.b=1\nx y=2\nBASH_FUNC_f%%=() { echo f; }\n%=3\n-x=4\n\xc3\xa9=5\n' },
  },
  {
    name: 'names that JavaScript knows',
    run: `${clean} __proto__=1 constructor=2 toString=3 hasOwnProperty=4 $dsh env ${others}`,
    shows: { stdout: '__proto__=1\nconstructor=2\ntoString=3\nhasOwnProperty=4\n' },
  },
  { name: 'names that are not UTF-8', run: `${clean} $'\\xff=1' $'a\\x80=2' $dsh env ${others}` },
  { name: 'a variable that differs in case alone', run: `${clean} a=1 A=2 $dsh env ${others}` },
  {
    name: 'names of a shell itself',
    run: `${clean} UID=7 PPID=8 IFS=x OPTIND=9 LINENO=5 PS4=+ $dsh env ${others}`,
  },
  {
    name: 'an empty value',
    run: `${clean} EMPTY= $dsh env ${others}`,
    shows: { stdout: 'EMPTY=\n' },
  },
  { name: 'a value with newlines', run: `${clean} $'TEXT=a\\nb\\n\\nc\\n' $dsh env ${others}` },
  { name: 'a value with equals signs', run: `${clean} X==a=b= $dsh env ${others}` },
  {
    name: 'a value with quotes, dollars and backslashes',
    run: `${clean} 'X=$A \`b\` "c" '\\''d'\\'' \\e' $dsh env ${others}`,
  },
  {
    name: 'a value that is not UTF-8',
    run: `${clean} $'RAW=\\xff\\xfe\\x80' $dsh env ${others}`,
    shows: { stdout: 'RAW=\xff\xfe\x80\n' },
  },
  {
    name: 'a long value',
    run: 'printf -v LONG %100000s; export LONG; exec $dsh sh -c \'expr length "$LONG"\'',
  },
  {
    name: 'two thousand variables',
    run: `for i in {1..2000}; do export VARIABLE_$i=$i; done; exec $dsh env > >(grep ^VARIABLE_ | sha256sum)`,
  },
  {
    name: 'a PATH under which another program is found',
    run: `mkdir bin; printf '#!/bin/sh\\necho mine\\n' >bin/date; chmod +x bin/date; PATH=$PWD/bin:$PATH; exec $dsh date`,
    shows: { stdout: 'mine\n' },
  },
  {
    name: 'a PATH with a relative element',
    run: `mkdir bin; printf '#!/bin/sh\\necho $0\\n' >bin/tool; chmod +x bin/tool; PATH=bin:$PATH; exec $dsh tool`,
    shows: { stdout: 'bin/tool\n' },
  },
  {
    name: 'a PATH with an empty element',
    run: `printf '#!/bin/sh\\necho here\\n' >tool; chmod +x tool; PATH=$PATH:; exec $dsh tool`,
    shows: { stdout: 'here\n' },
  },
  { name: 'no PATH', run: `${clean} $dsh sh -c 'echo found'`, shows: { stdout: 'found\n' } },
  {
    name: 'an empty PATH',
    run: 'export PATH=; exec $dsh /bin/echo found',
    shows: { stdout: 'found\n' },
    leftOut: { on: ['one-shot'], because: 'dsh itself would not find ssh' },
  },
  {
    name: 'a locale',
    run: `exec env LC_ALL=C $dsh sh -c 'printf "a\\nB\\n" | sort'`,
    shows: { stdout: 'B\na\n' },
  },
  { name: 'a time zone', run: 'exec env TZ=Asia/Tokyo $dsh date -d @0 +%c' },
  {
    name: 'no HOME',
    run: `${clean} PATH=$PATH $dsh sh -c 'echo "\${HOME-none}"'`,
    shows: { stdout: 'none\n' },
  },
  {
    name: 'options for Node.js',
    run: 'exec env NODE_OPTIONS=--no-warnings $dsh printenv NODE_OPTIONS',
  },
  {
    name: 'a wrong PWD',
    run: 'exec env PWD=/nowhere $dsh printenv PWD',
    shows: { stdout: '/nowhere\n' },
  },
  {
    name: 'the environment of a shell script',
    run: 'A=1; export A; B=2; exec $dsh sh -c \'echo "$A-$B"\'',
    shows: { stdout: '1-\n' },
  },
  {
    name: 'a display, which belongs to the host',
    run: 'exec env DISPLAY=:7 $dsh printenv DISPLAY',
    shows: { stdout: ':7\n' },
    differs: { on: ['remote', 'one-shot'], end: 1, stdout: '', because: 'host variables' },
  },
];
