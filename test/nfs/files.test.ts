/** What can happen to a file on one node, and whether another one sees it at once. */
import { describe, expect, test } from 'vitest';
import { describeHosts } from './support/hosts.ts';

interface Situation {
  readonly title: string;
  /** What there is before. */
  readonly before?: string;
  /** Has a node remember what it sees; it may fail. */
  readonly look: string;
  readonly change: string;
  /** Looks again, mostly without opening, since that alone makes an NFS client ask. */
  readonly check: string;
  readonly expected: string;
}

const situations: readonly Situation[] = [
  {
    title: 'a new file',
    look: 'stat a',
    change: 'echo new >a',
    check: 'stat -c %s a',
    expected: '4',
  },
  {
    title: 'a file with new content of another size',
    before: 'echo old >a',
    look: 'cat a',
    change: 'echo newer >a',
    check: 'stat -c %s a; cat a',
    expected: '6\nnewer',
  },
  {
    title: 'a file with new content of the same size',
    before: 'echo old >a; touch -d "2 minutes ago" a; touch b',
    look: 'cat a; stat b',
    change: 'echo new >a',
    check: 'cat a; [ a -nt b ] && echo newer',
    expected: 'new\nnewer',
  },
  {
    title: 'a file renamed over another',
    before: 'echo old >a',
    look: 'cat a',
    change: 'echo newer >b; mv b a',
    check: 'stat -c %s a; [ -e b ] || echo gone; cat a',
    expected: '6\ngone\nnewer',
  },
  {
    title: 'a removed file',
    before: 'echo old >a',
    look: 'cat a',
    change: 'rm a',
    check: '[ -e a ] || echo gone',
    expected: 'gone',
  },
  {
    title: 'a new file in a new directory',
    look: 'stat d/e/a',
    change: 'mkdir -p d/e; echo new >d/e/a',
    check: 'stat -c %s d/e/a',
    expected: '4',
  },
  {
    title: 'a new file in a directory that was made anew',
    before: 'mkdir d; echo old >d/a',
    look: 'cat d/a',
    change: 'rm -r d; mkdir d; echo newer >d/b',
    check: '[ -e d/a ] || echo gone; stat -c %s d/b',
    expected: 'gone\n6',
  },
  {
    title: 'a renamed directory',
    before: 'mkdir d; echo old >d/a',
    look: 'cat d/a; stat e',
    change: 'mv d e',
    check: '[ -e d ] || echo gone; cat e/a',
    expected: 'gone\nold',
  },
  {
    title: 'a new file in a directory behind a link',
    before: 'mkdir d; ln -s d link',
    look: 'stat link/a',
    change: 'echo new >link/a',
    check: 'stat -c %s link/a',
    expected: '4',
  },
  {
    title: 'the current directory behind a link',
    before: 'mkdir d; ln -s d link; cd link',
    look: 'stat a',
    change: 'echo new >a',
    check: 'stat -c %s a',
    expected: '4',
  },
  {
    title: 'a symbolic link to another file than before',
    before: 'echo one >a; echo three >b; ln -s a link',
    look: 'cat link',
    change: 'ln -sf b link',
    check: 'readlink link; stat -L -c %s link',
    expected: 'b\n6',
  },
  {
    title: 'a hard link',
    before: 'echo one >a',
    look: 'stat a link',
    change: 'ln a link',
    check: 'stat -c %h a link',
    expected: '2\n2',
  },
  {
    title: 'new permissions',
    before: 'echo one >a; chmod 644 a',
    look: 'stat a',
    change: 'chmod 755 a',
    check: 'stat -c %a a',
    expected: '755',
  },
  {
    title: 'a file that was shortened',
    before: 'head -c 9000 /dev/zero >a',
    look: 'cat a >/dev/null',
    change: 'truncate -s 10 a',
    check: 'stat -c %s a',
    expected: '10',
  },
  {
    title: '5,000 files',
    look: 'stat f1 f4999',
    change: 'i=0; while [ $i -lt 5000 ]; do : >f$i; i=$((i+1)); done',
    check: 'stat -c %n f0 f1 f4999; ls | wc -l',
    expected: 'f0\nf1\nf4999\n5000',
  },
  {
    title: 'a file of 200 MB',
    look: 'stat big',
    change: 'head -c 200000000 /dev/zero >big',
    check: 'stat -c %s big; tail -c 1 big | od -An -c; rm big',
    expected: '200000000\n  \\0',
  },
];

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

describeHosts('a node', ({ run }) => {
  function sees(title: string, script: (situation: Situation) => string): void {
    describe(title, () => {
      test.each(situations)('$title', async (situation) => {
        const before = `${situation.before ?? ':'}; (${situation.look}) >/dev/null 2>&1`;
        const { stdout, stderr, status } = await run(`${before}\n${script(situation)}`);
        expect({ stdout: stdout.trimEnd(), stderr, status }).toEqual({
          stdout: situation.expected,
          stderr: '',
          status: 0,
        });
      });
    });
  }

  // Many files may take long enough for a notice.
  const elsewhere = (node: string, text: string): string => `dsh -q -H ${node} --sh ${quote(text)}`;

  sees(
    'sees what a command has done elsewhere',
    ({ change, check }) => [elsewhere('h2', change), check].join(' && (') + ')',
  );
  sees('shows a command what was done here', ({ look, change, check }) => {
    const looking = `${elsewhere('h2', `${look}; :`)} >/dev/null 2>&1`;
    return `${looking}; (${change}) && ${elsewhere('h2', check)}`;
  });
  sees('shows a command what was done on a third one', ({ look, change, check }) => {
    const looking = `${elsewhere('h3', `${look}; :`)} >/dev/null 2>&1`;
    return `${looking}; ${elsewhere('h2', change)} && ${elsewhere('h3', check)}`;
  });
});
