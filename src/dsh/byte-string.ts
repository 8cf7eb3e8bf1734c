/**
 * Words and variables are bytes and need not be UTF-8, so what dsh was called with is held as
 * strings in which each character is one byte. They can be compared, cut and parsed like any
 * string, and lose nothing on their way.
 */

export function toBytes(byteString: string): Uint8Array {
  return Buffer.from(byteString, 'latin1');
}

export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** For people: invalid UTF-8 becomes U+FFFD. */
export function toText(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}
