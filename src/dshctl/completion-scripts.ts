/** Completion of dshctl in bash, zsh and fish. What only the daemon knows is asked when it is wanted. */
import type { Option } from '../core/option-table.ts';
import { helpOption } from './help.ts';
import { hostFormats } from './host-formats.ts';
import { nodeOrderNames } from './node-order.ts';

export interface CompletedCommand {
  readonly name: string;
  readonly words: string;
  readonly brief: string;
  readonly options: readonly Option[];
}

export const completionScripts: ReadonlyMap<
  string,
  (commands: readonly CompletedCommand[]) => string
> = new Map([
  ['bash', writeBash],
  ['zsh', writeZsh],
  ['fish', writeFish],
]);

/** What may stand for a placeholder of the tables: words, or a command of shell that lists them. */
type Choice = { readonly words: string } | { readonly list: string } | 'files' | 'anything';

const nodes = { list: 'dshctl hosts --all --format names 2>/dev/null' };
const choices: ReadonlyMap<string, Choice> = new Map<string, Choice>([
  ['NODE', nodes],
  ['NODE[,NODE...]', nodes],
  ['JOB', { list: 'dshctl jobs 2>/dev/null | sed -n "2,\\$s/^ *\\([0-9]*\\).*/\\1/p"' }],
  ['FORMAT', { words: hostFormats.map(({ name }) => name).join(' ') }],
  ['FIELD', { words: nodeOrderNames.join(' ') }],
  ['SIGNAL', { words: 'TERM INT HUP KILL' }],
  ['bash|zsh|fish', { words: 'bash zsh fish' }],
  ['FILE', 'files'],
]);

function choiceOf(placeholder: string): Choice {
  const [first = ''] = placeholder
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^([A-Z]+)\.\.\.$/, '$1')
    .split(' ');
  return choices.get(first) ?? 'anything';
}

function optionsOf({ options }: CompletedCommand): readonly Option[] {
  const all: readonly Option[] = [...options, helpOption];
  return all.filter(({ isInternal }) => !isInternal);
}

function flagsOf({ short, name }: Option): string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

function writeBash(commands: readonly CompletedCommand[]): string {
  const reply = (choice: Choice): string => {
    if (choice === 'files') return 'COMPREPLY=($(compgen -f -- "$cur"))';
    if (choice === 'anything') return ':';
    const words = 'words' in choice ? choice.words : `$(${choice.list})`;
    return `COMPREPLY=($(compgen -W "${words}" -- "$cur"))`;
  };
  const cases = commands.map((command) => {
    const options = optionsOf(command);
    const values = options
      .filter(({ value }) => value !== undefined)
      .map((option) => `    ${flagsOf(option).join('|')}) ${reply(choiceOf(option.value!))} ;;\n`);
    const flags = options.flatMap(flagsOf).join(' ');
    return `  ${command.name})
    case $prev in
${values.join('')}    *)
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$cur"))
      else ${reply(choiceOf(command.words))}; fi ;;
    esac ;;
`;
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `# dshctl in bash, made by dshctl completion bash
_dshctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('')}  esac
}
complete -F _dshctl dshctl
`;
}

function writeZsh(commands: readonly CompletedCommand[]): string {
  const escape = (text: string): string =>
    text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
  const action = (choice: Choice): string => {
    if (choice === 'files') return '_files';
    if (choice === 'anything') return ' ';
    return 'words' in choice ? `(${choice.words})` : `{ compadd -- \${(f)"$(${choice.list})"} }`;
  };
  const cases = commands.map((command) => {
    const specs = optionsOf(command).map((option) => {
      const { name, short, value, help, repeatable } = option;
      const argument = value === undefined ? '' : `:${escape(value)}:${action(choiceOf(value))}`;
      const star = repeatable ? "'*'" : short === undefined ? '' : `'(-${short} --${name})'`;
      const flags = short === undefined ? `--${name}` : `{-${short},--${name}}`;
      return `${star}${flags}'[${escape(help)}]${argument}'`;
    });
    const choice = choiceOf(command.words);
    // A spec that completes nothing gives a message, which keeps zsh from completing options.
    const words = choice === 'anything' ? [] : [`'*:${escape(command.words)}:${action(choice)}'`];
    return `    ${command.name})
      _arguments ${[...specs, ...words].join(' \\\n        ')} ;;
`;
  });
  const names = commands.map(({ name, brief }) => `    '${name}:${escape(brief)}'\n`).join('');
  return `#compdef dshctl
# dshctl in zsh, made by dshctl completion zsh
_dshctl() {
  local -a commands=(
${names}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  ((CURRENT -= 1))
  case $name in
${cases.join('')}  esac
}
if [[ $funcstack[1] == _dshctl ]]; then _dshctl "$@"; else compdef _dshctl dshctl; fi
`;
}

function writeFish(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const words = (choice: Choice): string => {
    if (choice === 'files') return ' -F';
    if (choice === 'anything') return '';
    return ` -a ${quote('words' in choice ? choice.words : `(${choice.list})`)}`;
  };
  // Exclusive, or fish adds the names of files.
  const argumentOf = (choice: Choice): string => {
    return choice === 'files' ? ' -r -F' : ` -x${words(choice)}`;
  };
  const lines = commands.flatMap((command) => {
    const within = `complete -c dshctl -n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`;
    const options = optionsOf(command).map(({ name, short, value, help }) => {
      const flags = `${short === undefined ? '' : ` -s ${short}`} -l ${name}`;
      const argument = value === undefined ? '' : argumentOf(choiceOf(value));
      return `${within}${flags}${argument} -d ${quote(help)}`;
    });
    const own = words(choiceOf(command.words));
    return [
      `complete -c dshctl -n __fish_use_subcommand -a ${command.name} -d ${quote(command.brief)}`,
      ...(own === '' ? [] : [`${within}${own}`]),
      ...options,
    ];
  });
  return [
    '# dshctl in fish, made by dshctl completion fish',
    'complete -c dshctl -f',
    ...lines,
    '',
  ].join('\n');
}
