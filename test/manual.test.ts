/** The manual says what the code does: the same options, attributes, variables and endings. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributeKeys } from '../src/core/cluster-file.ts';
import { helpText, type Option } from '../src/core/option-table.ts';
import { endings } from '../src/core/outcome.ts';
import { table as dshOptions, usage } from '../src/dsh/options.ts';
import { dshdOptions } from '../src/dshd/options.ts';
import { describeWith } from './support/lab-requirements.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = readdirSync(join(root, 'man'));

/** Programs whose options are in a table, and the section of their page that has them all. */
const programs: readonly { readonly page: string; readonly options: readonly Option[] }[] = [
  { page: 'dsh.1', options: dshOptions },
  { page: 'dshd.8', options: dshdOptions },
];

/** The entries of a section's list: what stands beside `.It`, and the text below it. */
function listOf(
  page: string,
  section: string,
): readonly { readonly tag: string; readonly text: string }[] {
  const [, rest] = read(`man/${page}`).split(`.Sh ${section}\n`);
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

describe.each(programs)('$page', ({ page, options }) => {
  it('has the options of the option table, in its order', () => {
    const expected = options.filter(({ isInternal }) => !isInternal).map(tagOf);
    expect(listOf(page, 'OPTIONS').map(({ tag }) => tag)).toEqual(expected);
  });

  it('is not needed for a summary: --help fits on one screen', () => {
    const lines = (page === 'dsh.1' ? usage : helpText(options)).split('\n');
    expect(lines.length).toBeLessThanOrEqual(SCREEN.lines);
    expect(lines.filter((line) => line.length > SCREEN.columns)).toEqual([]);
  });
});

const SCREEN = { lines: 50, columns: 120 };

describe('dsh(1)', () => {
  it('has the table of endings, which README.md and docs/failures.md have as well', () => {
    const expected = endings.map(({ status, meaning }) => [meaning, status]);
    const plain = expected.map(([meaning, status]) => [meaning!.replaceAll('`', ''), status]);
    expect(listOf('dsh.1', 'EXIT STATUS').map(({ tag, text }) => [text, tag])).toEqual(plain);
    expect(rowsOf('README.md', 'How it ends')).toEqual(expected);
    const longer = rowsOf('docs/failures.md', 'How a command can end');
    expect(longer.map(([meaning, status]) => [meaning, status])).toEqual(expected);
  });

  it('has all variables that dsh reads', () => {
    const sources = readdirSync(join(root, 'src/dsh'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`src/dsh/${path}`));
    const found = sources.flatMap((text) => text.match(/(?<=\[')DSH_[A-Z_]+(?='\])/g) ?? []);
    const named = listOf('dsh.1', 'ENVIRONMENT').map(({ tag }) => tag.replace('Ev ', ''));
    expect(named).toEqual(expect.arrayContaining(found));
    expect(found.length).toBeGreaterThan(3);
  });
});

describe('dshexec(1)', () => {
  it('has all variables that dshexec reads', () => {
    const found = new Set(read('bin/dshexec').match(/(?<=\$\{)DSH[A-Z_]+(?=[:-])/g));
    const named = listOf('dshexec.1', 'ENVIRONMENT').map(({ tag }) => tag.replace('Ev ', ''));
    expect(named.toSorted()).toEqual([...found].toSorted());
  });
});

describe('dsh-cluster(5)', () => {
  it('has the attributes of a node, in the order of the parser', () => {
    const tags = listOf('dsh-cluster.5', 'ATTRIBUTES').map(({ tag }) => tag.split(' ')[1]);
    expect(tags).toEqual(attributeKeys);
  });
});

describe.each(pages)('%s', (page) => {
  it('refers only to pages that are there, or are not of dsh', () => {
    const others = [...read(`man/${page}`).matchAll(/^\.Xr (dsh\S*) (\d)/gm)];
    const names = others.map(([, name, section]) => `${name}.${section}`);
    expect(names.filter((name) => !pages.includes(name))).toEqual([]);
  });
});

describeWith(['man-db'], 'man --warnings', () => {
  it.each(pages)('has nothing to say against %s', (page) => {
    const man = spawnSync('man', ['--warnings', '-l', `man/${page}`], {
      cwd: root,
      encoding: 'utf8',
    });
    const [, name, section] = /(.*)\.(\d)$/.exec(page)!;
    const stdout = expect.stringContaining(`${name!.toUpperCase()}(${section})`);
    expect(man).toMatchObject({ status: 0, stderr: '', stdout });
  });
});

describeWith(['mandoc'], 'mandoc', () => {
  it.each(pages)('has nothing to say against %s', (page) => {
    const lint = ['-Tlint', '-Wwarning', `man/${page}`];
    const { status, stdout } = spawnSync('mandoc', lint, { cwd: root, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
