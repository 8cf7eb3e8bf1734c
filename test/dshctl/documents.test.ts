/** dshctl(1) and docs/dshctl.md have what the tables have. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Option } from '../../src/core/option-table.ts';
import { exitStatuses } from '../../src/dshctl/command.ts';
import { commands } from '../../src/dshctl/commands.ts';
import { hostFormats } from '../../src/dshctl/host-formats.ts';
import { nodeOrderNames } from '../../src/dshctl/node-order.ts';
import { describeWith } from '../support/lab-requirements.ts';

const root = join(import.meta.dirname, '../..');
const manual = readFileSync(join(root, 'man/dshctl.1'), 'utf8');
const guide = readFileSync(join(root, 'docs/dshctl.md'), 'utf8');

/** The text of a command in the manual: from its heading to the next one. */
function manualOf(name: string): string {
  const [, text] = manual.split(`.Ss ${name}\n`);
  return text?.split(/^\.S[hs] /m)[0] ?? '';
}

function tagOf({ name, short, value }: Option): string {
  const flags = [...(short === undefined ? [] : [`Fl ${short}`]), `Fl -${name}`].join(' , ');
  return value === undefined ? flags : `${flags} Ar ${value}`;
}

describe.each(commands)('$name', ({ name, words, load }) => {
  it('is in dshctl(1), with its words and options in their order', async () => {
    const { options } = await load();
    const tags = [...manualOf(name).matchAll(/^\.It (.*)$/gm)].map(([, tag]) => tag);
    expect(tags).toEqual(options.filter(({ isInternal }) => !isInternal).map(tagOf));
    for (const word of words.replace(/[[\]]|\.\.\./g, '').split(/[ |]/)) {
      expect(manualOf(name)).toContain(word);
    }
  });

  it('is in docs/dshctl.md', () => {
    const titles = [...guide.matchAll(/^## (.*)$/gm)].flatMap(([, title]) => title!.split(', '));
    expect(titles).toContain(name);
  });
});

it('the documents have all orders of nodes, formats of hosts and exit statuses', () => {
  for (const order of nodeOrderNames) expect(guide).toContain(`\`${order}\``);
  for (const { name } of hostFormats) {
    expect(guide).toContain(`\`${name}\``);
    expect(manualOf('hosts')).toContain(name);
  }
  const statuses = [...manual.split('.Sh EXIT STATUS\n')[1]!.matchAll(/^\.It (\d)$/gm)];
  expect(statuses.map(([, status]) => Number(status))).toEqual(Object.values(exitStatuses));
});

describeWith(['man-db'], 'man --warnings', () => {
  it('has nothing to say against dshctl(1)', () => {
    const words = ['--warnings', '-l', 'man/dshctl.1'];
    const man = spawnSync('man', words, { cwd: root, encoding: 'utf8' });
    const stdout: unknown = expect.stringContaining('DSHCTL(1)');
    expect(man).toMatchObject({ status: 0, stderr: '', stdout });
  });
});
