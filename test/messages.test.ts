/** docs/messages.md has every message of the sources: whoever adds one adds its cure. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Where messages are made, and how one looks there. Those of doctor's checks bring their cure along. */
const places: readonly {
  readonly folder: string;
  readonly ending: string;
  readonly form: RegExp;
}[] = [
  ...['dsh', 'dshd', 'dshexec', 'dshctl', 'node'].map((name) => ({
    folder: `src/${name}`,
    ending: '.ts',
    form: /(?:\b(?:reason|message|what|cure)\s*[:=]\s*|new Error\(\s*|\b(?:say|fail|failure|refuse|notStarted|noNode|log|stop)\(\s*)(?:`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g,
  })),
  ...['client', 'runner', 'common'].map((name) => ({
    folder: `native/${name}`,
    ending: '.c',
    form: /\b(?:complain|outcome_not_started|fail\w*|refuse\w*|say\w*)\([^"()]*"((?:[^"\\]|\\.)*)"/g,
  })),
  { folder: 'bin', ending: 'dshexec', form: /fail \d+ (?:"([^"]*)"|'([^']*)')/g },
];

/** Shorter ones are words, not messages. */
const LETTERS_MIN = 12;
/** Of a daemon's log that tells no trouble. */
const notices = [/^started: /, /read again: /, /^trace: /, /^unexpected: /];

/** What stands in for a value: `${…}` of TypeScript, `%s` of C, `$name` of sh. */
const values =
  /\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|%[-+ 0-9.*]*(?:ll?|z|h|j)*[a-zA-Z]|\$\([^)]*\)|\$\w+/g;

function messages(): readonly { readonly file: string; readonly text: string }[] {
  return places.flatMap(({ folder, ending, form }) => {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    const files = names.filter(
      (name) => name.endsWith(ending) && !name.startsWith('doctor/checks/'),
    );
    return files.flatMap((name) => {
      const source = readFileSync(join(root, folder, name), 'utf8').replace(/"\s*\n\s*"/g, '');
      return [...source.matchAll(form)].map((match) => ({
        file: `${folder}/${name}`,
        text: (match[1] ?? match[2] ?? match[3] ?? '').replace(values, '…').replaceAll('\\n', ''),
      }));
    });
  });
}

it('knows every message', () => {
  const found = messages().filter(
    ({ text }) =>
      text.replaceAll('…', '').trim().length >= LETTERS_MIN &&
      text.includes(' ') &&
      !notices.some((notice) => notice.test(text)),
  );
  expect(found.length).toBeGreaterThan(100);
  const known = readFileSync(join(root, 'docs/messages.md'), 'utf8');
  const longest = (text: string): string =>
    text.split('…').reduce((best, part) => (part.length > best.length ? part : best), '');
  const missing = found.filter(({ text }) => !known.includes(longest(text).trim()));
  expect(missing).toEqual([]);
});
