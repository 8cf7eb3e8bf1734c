/**
 * The words of a rank expression, read one after the other.
 *
 * The first failure is kept and the rest of the text passed over, so that the parser reads straight
 * through and asks for the failure once, at the end, as the decoders of the wire formats do.
 */

export interface Token {
  readonly kind: 'number' | 'name' | 'symbol' | 'end';
  readonly text: string;
  /** Counts from 1. */
  readonly column: number;
}

export interface TokenCursor {
  current(): Token;
  next(): void;
  /** Passes over `symbol` if it is the current token. */
  take(symbol: string): boolean;
  /** As `take`, and fails where it is not. */
  expect(symbol: string): void;
  fail(expected: string): void;
  failure(): { readonly reason: string; readonly column: number } | undefined;
}

export function createTokenCursor(text: string): TokenCursor {
  const tokens = readTokens(text);
  let position = 0;
  let failure: { readonly reason: string; readonly column: number } | undefined;

  const current = (): Token => tokens[position]!;

  function fail(expected: string): void {
    const { kind, text: word, column } = current();
    const read = kind === 'end' ? 'the end' : `'${word}'`;
    failure ??= { reason: `expected ${expected}, read ${read} at column ${column}`, column };
    position = tokens.length - 1;
  }

  function next(): void {
    position = Math.min(position + 1, tokens.length - 1);
  }

  function take(symbol: string): boolean {
    if (current().kind !== 'symbol' || current().text !== symbol) return false;
    next();
    return true;
  }

  return {
    current,
    next,
    take,
    expect(symbol) {
      if (!take(symbol)) fail(`'${symbol}'`);
    },
    fail,
    failure: () => failure,
  };
}

const tokenPattern =
  /((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)|([a-z_][a-z_0-9]*)|&&|\|\||[<>=!]=|\S/gi;

/** A stray character is a symbol of its own; the list is closed by a token of kind `end`. */
function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(tokenPattern)) {
    const [read, number, name] = match;
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'symbol';
    tokens.push({ kind, text: read, column: match.index + 1 });
  }
  return [...tokens, { kind: 'end', text: '', column: text.length + 1 }];
}
