/**
 * The configuration file of dshd: lines `name = value` with the names of the long options, as if
 * each had been given on the command line. `#` begins a comment.
 */
import { describeError } from './setup-error.ts';
import { readTextFile } from './text-file.ts';

/** The options that the file stands for, as words. Throws an Error that names file and line. */
export function readConfigFile(path: string): string[] {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw new Error(`cannot read configuration file ${path}: ${describeError(error)}`, {
      cause: error,
    });
  }
  return text.split('\n').flatMap((content, index) => {
    const line = content.replace(/(^|\s)#.*/, '').trim();
    if (line === '') return [];
    const match = /^([a-z][a-z.-]*)\s*(?:=\s*(.*))?$/.exec(line);
    if (!match) {
      throw new Error(`${path}, line ${index + 1}: '${line}': expected a line name = value`);
    }
    const [, name, value] = match;
    if (name === 'config') {
      throw new Error(`${path}, line ${index + 1}: config: one file cannot name another`);
    }
    return [value === undefined ? `--${name}` : `--${name}=${value}`];
  });
}
