import type { Row } from '../row.ts';

const where = 'exec $dsh sh -c \'echo "$PWD"; pwd; pwd -P; /bin/pwd\'';

export const directoryRows: readonly Row[] = [
  { name: 'the directory of the call', run: where, shows: { stdout: '@\n@\n@\n@\n' } },
  { name: 'a directory below, made a moment ago', run: `mkdir -p a/b; cd a/b; ${where}` },
  {
    name: 'a directory behind a symbolic link',
    run: `mkdir real; ln -s real link; cd link; ${where}`,
    shows: { stdout: '@/link\n@/link\n@/real\n@/real\n' },
  },
  {
    name: 'a directory behind a symbolic link, entered physically',
    run: `mkdir real; ln -s real link; cd -P link; ${where}`,
    shows: { stdout: '@/real\n@/real\n@/real\n@/real\n' },
  },
  {
    name: 'the parent by the link',
    run: "mkdir -p a/b; ln -s a/b link; cd link; exec $dsh sh -c 'cd ..; pwd'",
  },
  { name: 'a name with blanks and quotes', run: `mkdir "it's a \\"dir\\""; cd it*; ${where}` },
  { name: 'a name with a newline', run: `mkdir $'a\\nb'; cd $'a\\nb'; ${where}` },
  { name: 'a name with a leading dash', run: `mkdir ./-x; cd ./-x; ${where}` },
  {
    name: 'a name with what a shell expands',
    run: `mkdir '$HOME * {}'; cd '$HOME * {}'; ${where}`,
  },
  {
    name: 'a name that is not UTF-8',
    run: `mkdir $'\\xff'; cd $'\\xff'; ${where}`,
    differs: {
      on: ['one-shot'],
      end: 125,
      stdout: '',
      stderr: 'dsh: @/\xef\xbf\xbd is not UTF-8, which no remote command line carries\n',
      because: 'the remote command line of the one-shot path',
    },
  },
  {
    name: 'a long path',
    run: `printf -v name %0200d; for i in {1..12}; do mkdir $name; cd $name; done; ${where}`,
  },
  {
    name: 'the root directory',
    run: `cd /; ${where}`,
    shows: { stdout: '/\n/\n/\n/\n' },
    leftOut: { on: ['one-shot'], because: 'its lock file would lie in the root directory' },
  },
  {
    name: 'a PWD of another directory',
    run: 'exec env PWD=/usr $dsh /bin/pwd -P',
    shows: { stdout: '@\n' },
  },
  { name: 'no PWD', run: 'exec env -u PWD $dsh /bin/pwd', shows: { stdout: '@\n' } },
  { name: 'a relative PWD', run: 'exec env PWD=. $dsh /bin/pwd -P', shows: { stdout: '@\n' } },
  {
    name: 'relative paths in words',
    run: 'mkdir a b; echo x >a/f; cd b; exec $dsh cat ../a/f',
    shows: { stdout: 'x\n' },
  },
  {
    name: 'a directory that was removed',
    run: 'mkdir gone; cd gone; rmdir ../gone; exec $dsh echo x',
    shows: { stdout: 'x\n' },
    differs: {
      end: 125,
      stdout: '',
      stderr: 'dsh: the current directory was removed; change to another one\n',
      because: 'the directory has no name',
    },
  },
  {
    name: 'a directory that may not be entered any more',
    run: 'mkdir shut; cd shut; chmod 0 .; $dsh echo x; echo $?; chmod 700 .',
    forUsersOnly: true,
    shows: { stdout: 'x\n0\n' },
    differs: {
      on: ['remote', 'one-shot'],
      stdout: '125\n',
      because: 'a directory is entered by its name',
    },
  },
];
