import type { Row } from '../row.ts';

/** Makes the file `tool` of these lines, executable. */
const script = (...lines: readonly string[]): string =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >tool; chmod +x tool;`;

/**
 * What starts a program says in its own words why it cannot: nice(1) of the direct run, dsh, or
 * env(1) of the one-shot path. The system's reason and the status are the same.
 */
function failure(
  end: 126 | 127,
  program: string,
  reason: string,
  dshReason = reason,
): Partial<Row> {
  const name = program.replaceAll('.', String.raw`\.`);
  const because = 'dsh speaks for itself where a program cannot start';
  const stderr = new RegExp(`^dsh: (h2: )?${name}: (${dshReason})\n$`);
  const own = new RegExp(`^env: '?${name}'?: ${reason}\n$`);
  return {
    shows: { end, stderr: new RegExp(`: ${reason}\n$`) },
    differs: [
      { on: ['remote', 'local'], stderr, because },
      { on: ['one-shot'], stderr: own, because },
    ],
  };
}

export const programRows: readonly Row[] = [
  { name: 'by its path', run: 'exec $dsh /bin/echo x', shows: { stdout: 'x\n' } },
  { name: 'by its name', run: 'exec $dsh echo x', shows: { stdout: 'x\n' } },
  {
    name: 'by a path from here',
    run: `${script('#!/bin/sh', 'echo "$0"')} exec $dsh ./tool`,
    shows: { stdout: './tool\n' },
  },
  {
    name: 'by a path through the parent',
    run: `${script('#!/bin/sh', 'echo "$0"')} mkdir a; cd a; exec $dsh ../tool`,
    shows: { stdout: '../tool\n' },
  },
  {
    name: 'a script with an interpreter and a word for it',
    run: `${script('#!/bin/sh -e', 'false', 'echo not here')} exec $dsh ./tool`,
    shows: { end: 1 },
  },
  {
    name: 'a script found by its name gets its whole path',
    run: `${script('#!/bin/sh', 'echo "$0" "$@"')} PATH=$PWD:$PATH; exec $dsh tool a 'b c'`,
    shows: { stdout: '@/tool a b c\n' },
  },
  {
    name: 'a script without an interpreter',
    run: `${script('echo "$0 $# $1"')} exec $dsh ./tool 'a b'`,
    shows: { stdout: './tool 1 a b\n' },
  },
  {
    name: 'a script without an interpreter, found by its name',
    run: `${script('echo "$0" "$@"')} PATH=$PWD:$PATH; exec $dsh tool x`,
    shows: { stdout: '@/tool x\n' },
  },
  { name: 'an empty file', run: '>tool; chmod +x tool; exec $dsh ./tool' },
  {
    name: 'a script whose interpreter is missing',
    run: `${script('#!/nowhere/sh')} exec $dsh ./tool`,
    ...failure(
      127,
      './tool',
      'No such file or directory',
      'cannot execute: required file not found',
    ),
  },
  {
    name: 'a script whose interpreter is a script',
    run: `${script('#!@/inner')} sed -i "s|@|$PWD|" tool; printf '#!/bin/sh\\necho inner "$1"\\n' >inner; chmod +x inner; exec $dsh ./tool`,
    shows: { stdout: 'inner ./tool\n' },
  },
  {
    name: 'a name that is nowhere',
    run: 'exec $dsh no-such-program x',
    ...failure(127, 'no-such-program', 'No such file or directory', 'command not found'),
  },
  {
    name: 'a path that is nowhere',
    run: 'exec $dsh ./nowhere',
    ...failure(127, './nowhere', 'No such file or directory'),
  },
  {
    name: 'an empty name',
    run: "exec $dsh ''",
    ...failure(127, '', 'No such file or directory', 'command not found'),
  },
  {
    name: 'a file that is not executable',
    run: '>tool; exec $dsh ./tool',
    ...failure(126, './tool', 'Permission denied'),
  },
  {
    name: 'a directory',
    run: 'mkdir tool; exec $dsh ./tool',
    ...failure(126, './tool', 'Permission denied', 'Is a directory|Permission denied'),
  },
  {
    name: 'a path through a file',
    run: '>file; exec $dsh ./file/tool',
    ...failure(126, './file/tool', 'Not a directory'),
  },
  {
    name: 'a path that is too long',
    run: 'exec $dsh ./$(printf %0300d)',
    ...failure(126, `./${'0'.repeat(300)}`, 'File name too long', '(File n|N)ame too long'),
  },
  {
    name: 'a link that leads to itself',
    run: 'ln -s tool tool; exec $dsh ./tool',
    ...failure(126, './tool', 'Too many levels of symbolic links', 'Too many .*'),
  },
  {
    name: 'a link to a program, which sees the name of the link',
    run: 'ln -s /bin/bash rbash; exec $dsh ./rbash -c "echo $0; cd /"',
    shows: { end: 1, stderr: /restricted/ },
  },
  {
    name: 'a file of the name that may not run comes first in PATH',
    run: `mkdir a b; >a/tool; printf '#!/bin/sh\\necho b\\n' >b/tool; chmod +x b/tool; PATH=$PWD/a:$PWD/b:$PATH; exec $dsh tool`,
    shows: { stdout: 'b\n' },
  },
  {
    name: 'a name with an equals sign',
    run: `${script('#!/bin/sh', 'echo "$0 $1"')} mv tool a=b; exec $dsh ./a=b c=d`,
    shows: { stdout: './a=b c=d\n' },
  },
  {
    name: 'a name with blanks, quotes and a newline',
    run: `${script('#!/bin/sh', 'echo ran')} mv tool $'it\\'s a "tool"\\n'; exec $dsh $'./it\\'s a "tool"\\n'`,
    shows: { stdout: 'ran\n' },
  },
  {
    name: 'a name with a leading dash',
    run: `${script('#!/bin/sh', 'echo ran')} mv tool ./-v; PATH=$PWD:$PATH; exec $dsh -v`,
    shows: { stdout: 'ran\n' },
  },
  {
    name: 'a name that is not UTF-8',
    run: `${script('#!/bin/sh', 'echo ran')} mv tool $'\\xff'; exec $dsh $'./\\xff'`,
    shows: { stdout: 'ran\n' },
  },
  {
    name: 'a program made a moment ago',
    run: `cp /bin/echo tool; exec $dsh ./tool x; `,
    shows: { stdout: 'x\n' },
  },
];
