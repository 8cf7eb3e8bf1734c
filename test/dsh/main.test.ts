import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { usage } from '../../src/dsh/options.ts';
import { ending, prepareClient } from './client.ts';

const dsh = await prepareClient();
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

test.each([
  ['--help', usage],
  ['--version', `dsh ${version}\n`],
])('%s prints on standard output', async (word, stdout) => {
  expect(await ending(dsh.start([word]))).toEqual({ status: 0, signal: null, stdout, stderr: '' });
});

test('wrong use is one line on standard error, and 125', async () => {
  expect(await ending(dsh.start(['--fnord', 'ls']))).toEqual({
    status: 125,
    signal: null,
    stdout: '',
    stderr: 'dsh: unknown option --fnord; see dsh --help\n',
  });
});
