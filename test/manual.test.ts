/** The manual says what the code does: the same options, variables and endings. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Option } from '../src/core/option-table.ts';
import { endings } from '../src/core/outcome.ts';
import { table as optionTable } from '../src/dsh/options.ts';
import { describeWith } from './support/lab-requirements.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manual = read('man/dsh.1');

/** The entries of a section's list: what stands beside `.It`, and the text below it. */
function listOf(section: string): readonly { readonly tag: string; readonly text: string }[] {
  const [, rest] = manual.split(`.Sh ${section}\n`);
  const [list] = rest!.split('\n.El\n');
  const [, ...items] = list!.split('\n.It ');
  return items.map((item) => {
    const [tag, ...lines] = item.split('\n');
    return { tag: tag!, text: lines.join(' ').replace('.Fl -', '--') };
  });
}

function tagOf({ name, short, value }: Option): string {
  const flags = [...(short === undefined ? [] : [`Fl ${short}`]), `Fl -${name}`].join(' , ');
  return value === undefined ? flags : `${flags} Ar ${value}`;
}

/** The rows of a Markdown table, below the line of dashes. */
function rowsOf(path: string, heading: string): readonly (readonly string[])[] {
  const [, section] = read(path).split(`## ${heading}\n`);
  const lines = section!.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2, 2 + endings.length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('dsh(1)', () => {
  it('has the options of the option table, in its order', () => {
    const options: readonly Option[] = optionTable;
    const expected = options.filter(({ isInternal }) => !isInternal).map(tagOf);
    expect(listOf('OPTIONS').map(({ tag }) => tag)).toEqual(expected);
  });

  it('has the table of endings, which README.md and docs/failures.md have as well', () => {
    const expected = endings.map(({ status, meaning }) => [meaning, status]);
    const plain = expected.map(([meaning, status]) => [meaning!.replaceAll('`', ''), status]);
    expect(listOf('EXIT STATUS').map(({ tag, text }) => [text, tag])).toEqual(plain);
    expect(rowsOf('README.md', 'How it ends')).toEqual(expected);
    const longer = rowsOf('docs/failures.md', 'How a command can end');
    expect(longer.map(([meaning, status]) => [meaning, status])).toEqual(expected);
  });

  it('has all variables that dsh reads', () => {
    const sources = readdirSync(join(root, 'src/dsh'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`src/dsh/${path}`));
    const found = sources.flatMap((text) => text.match(/(?<=\[')DSH_[A-Z_]+(?='\])/g) ?? []);
    const named = listOf('ENVIRONMENT').map(({ tag }) => tag.replace('Ev ', ''));
    expect(named).toEqual(expect.arrayContaining(found));
    expect(found.length).toBeGreaterThan(3);
  });
});

describeWith(['man-db'], 'man --warnings', () => {
  it('has nothing to say against dsh(1)', () => {
    const man = spawnSync('man', ['--warnings', '-l', 'man/dsh.1'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(man).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('DSH(1)') });
  });
});
