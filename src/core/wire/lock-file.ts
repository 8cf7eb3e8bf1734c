/**
 * The lock file of the one-shot path: a command as POSIX shell text, which `bin/dshexec` sources.
 *
 *     # dsh lock file 1
 *     dsh_directory='/home/anna/src'
 *     dsh_umask=0022
 *     set -- ${DISPLAY+"DISPLAY=$DISPLAY"} 'PATH=/usr/bin:/bin' … 'gcc' '-c' 'a.c'
 *
 * The positional parameters are what follows `env -i --`: variables, then the words. So no variable
 * passes through the shell, which would trip over UID or BASH_FUNC_x%%, and no byte is special: in
 * single quotes only the quote itself is. A word `${NAME+…}` is the node's own variable, if it has
 * one. The file carries the words too because a remote command line is read by the user's login
 * shell, and csh and fish quote in ways of their own.
 *
 * The runner starts commands whose words are not UTF-8 by the same text.
 */
import type { PlainCommand } from './command.ts';

/** `ownVariables` are names, valid in a shell, whose values the node puts in if it has them. */
export function encodeLockFile(
  command: PlainCommand,
  ownVariables: readonly string[] = [],
): Uint8Array {
  const words = [
    // `env` takes the last of two equal names, so that what the user sends goes before the node's.
    ...ownVariables.map((name) => utf8Encoder.encode(`\${${name}+"${name}=$${name}"}`)),
    ...command.variables.filter(hasName).map(quoteWord),
    ...programWords(command.arguments).map(quoteWord),
  ];
  return joinBytes([
    utf8Encoder.encode('# dsh lock file 1\ndsh_directory='),
    quoteWord(command.directory),
    utf8Encoder.encode(
      `\ndsh_umask=${(command.umask & 0o777).toString(8).padStart(4, '0')}\nset --`,
    ),
    ...words.flatMap((word) => [SPACE, word]),
    utf8Encoder.encode('\n'),
  ]);
}

const QUOTE = 0x27;
const EQUALS = 0x3d;
const utf8Encoder = new TextEncoder();
const SPACE = utf8Encoder.encode(' ');
const ESCAPED_QUOTE = utf8Encoder.encode("'\\''");

/** An entry without a name would be taken for the program by `env`. */
function hasName(variable: Uint8Array): boolean {
  return variable.indexOf(EQUALS) > 0;
}

/** `env` would take a program called `a=b` for a variable; a shell's `exec` does not. */
function programWords(words: readonly Uint8Array[]): readonly Uint8Array[] {
  if (!words[0]?.includes(EQUALS)) return words;
  return [...['/bin/sh', '-c', 'exec "$0" "$@"'].map((word) => utf8Encoder.encode(word)), ...words];
}

function quoteWord(word: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(QUOTE)];
  let from = 0;
  for (let at = word.indexOf(QUOTE); at >= 0; at = word.indexOf(QUOTE, from)) {
    pieces.push(word.subarray(from, at), ESCAPED_QUOTE);
    from = at + 1;
  }
  pieces.push(word.subarray(from), Uint8Array.of(QUOTE));
  return joinBytes(pieces);
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
