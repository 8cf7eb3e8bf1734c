/**
 * Command-line options, declared in a table that the parser, `--help` and the types share.
 *
 * Options end at the first word that is not one, or after `--`; what follows belongs to the command
 * and is not looked at. That is why node:util's parseArgs is not used: it reads on.
 */

export interface Option {
  /** The long form without its dashes: `cpus`, `path.procfs`. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What the value is, for help and messages: `HOST[:PORT]`. An option without it is a switch. */
  readonly value?: string;
  readonly help: string;
  /** A switch given several times is counted; values are collected. Else the last one counts. */
  readonly repeatable?: boolean;
  /** Left out of the help: programs call each other with it. */
  readonly isInternal?: boolean;
}

/** The values by option name: counts or booleans for switches, lists or texts for values. */
export type OptionValues<Table extends readonly Option[]> = {
  readonly [O in Table[number] as O['name']]: O extends { readonly value: string }
    ? O extends { readonly repeatable: true }
      ? readonly string[]
      : string | undefined
    : O extends { readonly repeatable: true }
      ? number
      : boolean;
};

export type ParsedOptions<Table extends readonly Option[]> =
  | {
      readonly ok: true;
      readonly values: OptionValues<Table>;
      /** The words after the options. */
      readonly rest: readonly string[];
    }
  /** One line that names the option, the value and the cure. */
  | { readonly ok: false; readonly reason: string };

/** Parses `words`; `program` is named in the cure (`see dshd --help`). */
export function parseOptions<const Table extends readonly Option[]>(
  program: string,
  table: Table,
  words: readonly string[],
): ParsedOptions<Table> {
  return readOptions(program, table, words, false);
}

/** The same where the program's own words may stand among its options: `dshctl explain 7 --json`. */
export function parseMixedOptions<const Table extends readonly Option[]>(
  program: string,
  table: Table,
  words: readonly string[],
): ParsedOptions<Table> {
  return readOptions(program, table, words, true);
}

/** The lines of `--help` about the options, one each, their texts aligned. */
export function helpText(table: readonly Option[]): string {
  const rows = table
    .filter((option) => !option.isInternal)
    .map((option) => ({ form: optionForm(option), help: option.help }));
  const width = Math.max(0, ...rows.map(({ form }) => form.length));
  return rows.map(({ form, help }) => `  ${form.padEnd(width)}  ${help}\n`).join('');
}

function readOptions<const Table extends readonly Option[]>(
  program: string,
  table: Table,
  words: readonly string[],
  isMixed: boolean,
): ParsedOptions<Table> {
  const given = new Map<string, string[]>();
  const between: string[] = [];
  let next = 0;
  while (next < words.length) {
    const word = words[next]!;
    const isOption = word.startsWith('-') && word !== '-';
    if (!isOption && !isMixed) break;
    next += 1;
    if (word === '--') break;
    if (!isOption) {
      between.push(word);
      continue;
    }
    const step = word.startsWith('--')
      ? readLong(table, word.slice(2), words[next])
      : readShort(table, word.slice(1), words[next]);
    if (!step.ok) return { ok: false, reason: `${step.reason}; see ${program} --help` };
    for (const [name, value] of step.found) given.set(name, [...(given.get(name) ?? []), value]);
    if (step.takesNext) next += 1;
  }
  const rest = [...between, ...words.slice(next)];
  return { ok: true, values: collectValues(table, given), rest };
}

type Step =
  | {
      readonly ok: true;
      readonly found: readonly (readonly [name: string, value: string])[];
      /** The word after this one was the value. */
      readonly takesNext: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** `--name`, `--name=value`, `--name value`. */
function readLong(table: readonly Option[], text: string, nextWord: string | undefined): Step {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const attached = equals < 0 ? undefined : text.slice(equals + 1);
  const option = table.find((candidate) => candidate.name === name);
  if (!option) return { ok: false, reason: `unknown option --${name}` };
  if (option.value !== undefined) return readValue(option, `--${name}`, attached, nextWord);
  if (attached !== undefined) {
    return { ok: false, reason: `option --${name} takes no value, but '${attached}' was given` };
  }
  return { ok: true, found: [[name, '']], takesNext: false };
}

/** `-n`, `-nv`, and with a value `-x v`, `-xv`, `-nxv`. */
function readShort(table: readonly Option[], letters: string, nextWord: string | undefined): Step {
  const found: [string, string][] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index]!;
    const option = table.find((candidate) => candidate.short === letter);
    if (!option) return { ok: false, reason: `unknown option -${letter}` };
    if (option.value !== undefined) {
      const attached = letters.slice(index + 1) || undefined;
      const step = readValue(option, `-${letter}`, attached, nextWord);
      return step.ok ? { ...step, found: [...found, ...step.found] } : step;
    }
    found.push([option.name, '']);
  }
  return { ok: true, found, takesNext: false };
}

function readValue(
  option: Option,
  written: string,
  attached: string | undefined,
  nextWord: string | undefined,
): Step {
  const value = attached ?? nextWord;
  if (value === undefined) {
    return { ok: false, reason: `option ${written} needs a value: ${written} ${option.value}` };
  }
  return { ok: true, found: [[option.name, value]], takesNext: attached === undefined };
}

function collectValues<Table extends readonly Option[]>(
  table: Table,
  given: ReadonlyMap<string, readonly string[]>,
): OptionValues<Table> {
  const entries = table.map((option) => {
    const list = given.get(option.name) ?? [];
    if (option.value === undefined) {
      return [option.name, option.repeatable ? list.length : list.length > 0];
    }
    return [option.name, option.repeatable ? list : list.at(-1)];
  });
  return Object.fromEntries(entries) as OptionValues<Table>;
}

function optionForm(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}
