/**
 * Quotes a path for a remote command line, which the user's login shell reads: sh, csh or fish,
 * nobody knows which. A backslash before a character that is neither letter nor digit means that
 * character in all of them, while quotation marks differ in what they leave alone.
 */
export function quotePath(path: string): string {
  return (
    path
      .replace(/[^\w/.,:@%+=\-\n\u0080-\uffff]/g, '\\$&')
      // A backslash takes a newline away.
      .replace(/\n/g, "'\n'")
  );
}
