/** `dshctl --help` and `dshctl COMMAND --help`, from the tables. */
import { helpText, type Option } from '../core/option-table.ts';
import type { Command, CommandEntry } from './command.ts';

export const helpOption = { name: 'help', help: 'print this' } as const satisfies Option;

/** Fits on one screen of 24 lines. */
export function usage(commands: readonly CommandEntry[]): string {
  const forms = commands.map(({ name, words }) => `${name} ${words}`.trimEnd());
  const width = Math.max(...forms.map((form) => form.length));
  const lines = commands.map(({ brief }, index) => `  ${forms[index]!.padEnd(width)}  ${brief}\n`);
  return `Usage: dshctl COMMAND [OPTION...]
${lines.join('')}
dshctl COMMAND --help lists its options. Most take --json.
Exit status: 0 done, 1 failed, 2 misuse, 3 no dshd answers here.
`;
}

export function commandUsage({ name, words, brief }: CommandEntry, command: Command): string {
  const first = `Usage: dshctl ${name} [OPTION...] ${words}`.trimEnd();
  const title = `${brief[0]!.toUpperCase()}${brief.slice(1)}.`;
  const notes = command.notes === '' ? '' : `\n${command.notes}\n`;
  return `${first}\n${title}\n\n${helpText([...command.options, helpOption])}${notes}`;
}
