import { expect, it } from 'vitest';
import { completeEnvironment, findVariable } from '../../src/dshexec/environment.ts';

const own = { DISPLAY: ':9', SSH_AUTH_SOCK: '/there', HOME: '/root', LANG: 'de' };

const cases: readonly [string, readonly string[], readonly string[]][] = [
  ['its host variables are added', ['A=1'], ['A=1', 'DISPLAY=:9', 'SSH_AUTH_SOCK=/there']],
  ['what was sent wins', ['DISPLAY=:1', 'SSH_AUTH_SOCK='], ['DISPLAY=:1', 'SSH_AUTH_SOCK=']],
  [
    'the first of two equal names wins',
    ['A=1', 'A=2', 'DISPLAY=', 'SSH_AUTH_SOCK='],
    ['A=1', 'DISPLAY=', 'SSH_AUTH_SOCK='],
  ],
  [
    'entries without a name go',
    ['nothing', '=x', '', 'DISPLAY=', 'SSH_AUTH_SOCK='],
    ['DISPLAY=', 'SSH_AUTH_SOCK='],
  ],
];

it.each(cases)('of the node: %s', (_, variables, expected) => {
  const completed = completeEnvironment(
    variables.map((variable) => Buffer.from(variable)),
    own,
  );
  expect(completed.map(String)).toEqual(expected.map((text) => String(Buffer.from(text))));
});

it('names that are not UTF-8 stay apart', () => {
  const variables = [Buffer.from('fe3d31', 'hex'), Buffer.from('ff3d32', 'hex')];
  expect(completeEnvironment(variables, {})).toEqual(variables);
});

it('a variable is found by its whole name', () => {
  const variables = ['PATHS=no', 'XPATH=no', 'PATH=/bin=x', 'PATH=late'].map((text) =>
    Buffer.from(text),
  );
  expect(String(findVariable(variables, 'PATH'))).toBe('/bin=x');
  expect(findVariable(variables, 'HOME')).toBeUndefined();
});
