import type { Row } from '../row.ts';

const show = String.raw`exec $dsh printf '<%s>\n'`;

/** The kernel's MAX_ARG_STRLEN, 32 pages, less the NUL. */
const WORD_BYTES_MAX = 131_071;

export const argumentRows: readonly Row[] = [
  { name: 'no arguments', run: 'exec $dsh hostname' },
  { name: 'a word', run: `${show} word`, shows: { stdout: '<word>\n' } },
  { name: 'blanks and tabs', run: `${show} 'two  words' ' ' $'\\t' ' x '` },
  { name: 'newlines', run: `${show} $'a\\nb' $'\\n' $'x\\n\\n'` },
  { name: 'carriage returns and control characters', run: `${show} $'a\\rb' $'\\e[1m\\a\\b\\x7f'` },
  {
    name: 'quotes',
    run: `${show} \\' '"' "it's" '"a" b' '\`' "'\\''"`,
    shows: { stdout: "<'>\n<\">\n<it's>\n<\"a\" b>\n<`>\n<'\\''>\n" },
  },
  { name: 'backslashes', run: String.raw`${show} '\' '\\' 'a\nb' 'c\' '\0'` },
  {
    name: 'what a shell would expand',
    run: `${show} '$HOME' '*' '~' '{a,b}' '?' '[a-z]' '!!' '$(id)'`,
  },
  {
    name: 'what a shell would act on',
    run: `${show} ';' '|' '&' '&&' '>x' '<x' '(' ')' '#' '^' '%s'`,
  },
  { name: 'equals signs', run: `${show} A=1 = == =x 'B=two words'` },
  {
    name: 'empty words',
    run: `${show} '' a '' '' b ''`,
    shows: { stdout: '<>\n<a>\n<>\n<>\n<b>\n<>\n' },
  },
  { name: 'one empty word alone', run: `${show} ''` },
  { name: 'leading dashes', run: 'exec $dsh echo - -n -- --help -H h9 --version -x' },
  {
    name: 'two dashes first',
    run: "exec $dsh printf -- '<%s>' -- -v --",
    shows: { stdout: '<--><-v><-->' },
  },
  { name: 'UTF-8', run: `${show} 'é' '日本語' '👩‍👩‍👧' $'e\\u0301' $'\\ufeff'` },
  {
    name: 'invalid UTF-8',
    run: `${show} $'\\xff' $'a\\x80b' $'\\xc3' $'\\xed\\xa0\\x80' $'\\xf8\\x88'`,
  },
  {
    name: 'every byte but NUL in one word',
    run: `word=$(printf '\\\\x%02x' {1..255}); printf -v word "$word"; ${show} "$word"`,
    shows: {
      stdout: `<${Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join('')}>\n`,
    },
  },
  {
    name: 'the longest word that the kernel takes',
    run: `printf -v word %${WORD_BYTES_MAX}s; exec $dsh expr length "$word"`,
    shows: { stdout: `${WORD_BYTES_MAX}\n` },
  },
  {
    name: 'a word longer than the kernel takes',
    run: `printf -v word %${WORD_BYTES_MAX + 1}s; $dsh echo "$word" 2>&1 | sed 's/.*: //'; echo $PIPESTATUS`,
    shows: { stdout: 'Argument list too long\n126\n' },
  },
  {
    name: 'a hundred thousand arguments',
    run: "exec $dsh sh -c 'echo $#; eval echo \\${$#}' sh {1..100000}",
    shows: { stdout: '100000\n100000\n' },
  },
  {
    name: 'a hundred thousand arguments that are not UTF-8',
    run: "printf -v words '\\xff%d ' {1..100000}; exec $dsh sh -c 'echo $#; printf %s \"$*\" | sha256sum' sh $words",
    shows: { stdout: /^100000\n/ },
  },
  {
    name: 'more arguments than the usual limit, under a larger stack',
    run: 'ulimit -s 65536; exec $dsh true {1..300000}',
    shows: { stdout: '' },
    needs: 'native runner',
    leftOut: { on: ['one-shot'], because: 'its lock file carries neither limits nor niceness' },
  },
  {
    name: 'more arguments than any limit',
    run: '$dsh true {1..600000} 2>&1 | sed "s/.*: //"; echo $PIPESTATUS',
    shows: { stdout: 'Argument list too long\n126\n' },
  },
  {
    name: 'too many arguments for what the command starts',
    run: `exec $dsh sh -c 'ulimit -s 256; /bin/echo $(seq 100000)'`,
    shows: { end: 126, stderr: 'sh: 1: /bin/echo: Argument list too long\n' },
  },
  {
    name: 'the name of the program is its first word',
    run: "exec $dsh sh -c 'echo $0'",
    shows: { stdout: 'sh\n' },
  },
];
