import * as fc from 'fast-check';
import type { PlainCommand } from '../../src/core/wire/command.ts';

/** A word of bytes that a shell or a locale may stumble over. */
const word = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Buffer.from('\'"\\$`*?! \t\n\r-=%~#;&|')),
      fc.integer({ min: 0x80, max: 0xff }),
      fc.integer({ min: 1, max: 0x7f }),
    ),
    { maxLength: 20 },
  )
  .map((bytes) => Uint8Array.from(bytes));

const name = fc.oneof(
  fc.constantFrom('UID', 'PPID', 'IFS', 'LC_ALL', 'BASH_FUNC_x%%', '-i', 'dsh_lock', 'PWD', '1'),
  fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !/[=\0]/.test(text)),
);

const variables = fc
  .dictionary(name, word, { maxKeys: 8, noNullPrototype: false })
  .map((entries) =>
    Object.entries(entries).map(([key, value]) => Buffer.concat([Buffer.from(`${key}=`), value])),
  );

/** Which a `/bin/sh` is to print its own words and environment, as the kernel keeps them. */
export function arbitraryCommand(directory: Uint8Array): fc.Arbitrary<PlainCommand> {
  const program = [
    '/bin/sh',
    '-c',
    'exec 9<"/proc/$$/cmdline" 8<"/proc/$$/environ"; /bin/cat <&9; /bin/echo; /bin/cat <&8',
  ];
  return fc.record({ words: fc.array(word, { maxLength: 6 }), variables }).map((generated) => ({
    arguments: [...program.map((text) => Buffer.from(text)), ...generated.words],
    variables: generated.variables,
    directory,
    umask: 0o022,
  }));
}

/** What such a command prints. */
export function expectedReport(command: PlainCommand): Buffer {
  const nul = Buffer.of(0);
  return Buffer.concat([
    ...command.arguments.flatMap((each) => [each, nul]),
    Buffer.from('\n'),
    ...command.variables.flatMap((each) => [each, nul]),
  ]);
}
