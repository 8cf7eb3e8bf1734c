import { expect, it } from 'vitest';
import { encodeLockFile } from '../../../src/core/wire/lock-file.ts';

const command = {
  arguments: [Buffer.from('cc'), Buffer.from("it's"), Buffer.from(''), Buffer.of(0xff, 0x0a)],
  variables: [Buffer.from('PATH=/bin'), Buffer.from('nameless'), Buffer.from('=x')],
  directory: Buffer.from('/home/anna/my src'),
  umask: 0o22,
};

it('a command is a text whose only special byte is the quote', () => {
  const expected = Buffer.concat([
    Buffer.from(
      '# dsh lock file 1\n' +
        "dsh_directory='/home/anna/my src'\n" +
        'dsh_umask=0022\n' +
        "set -- ${TMUX+\"TMUX=$TMUX\"} 'PATH=/bin' 'cc' 'it'\\''s' '' '",
    ),
    Buffer.of(0xff, 0x0a),
    Buffer.from("'\n"),
  ]);
  expect(Buffer.from(encodeLockFile(command, ['TMUX']))).toEqual(expected);
});

it('a program that env would take for a variable is run by a shell', () => {
  const text = String(
    Buffer.from(encodeLockFile({ ...command, variables: [], arguments: [Buffer.from('a=b')] })),
  );
  expect(text).toContain(`set -- '/bin/sh' '-c' 'exec "$0" "$@"' 'a=b'\n`);
});
