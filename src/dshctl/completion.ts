/** `dshctl completion`: a script for the shell, from the same tables as the parser and the help. */
import { createCommand, exitStatuses, failure } from './command.ts';
import { commands } from './commands.ts';
import { type CompletedCommand, completionScripts } from './completion-scripts.ts';
import { print } from './output.ts';

export const command = createCommand({
  options: [],
  wordsMin: 1,
  wordsMax: 1,
  notes: `bash: eval "$(dshctl completion bash)" in ~/.bashrc
zsh:  dshctl completion zsh >DIR/_dshctl, for a DIR of your fpath
fish: dshctl completion fish >~/.config/fish/completions/dshctl.fish`,
  async run({ words: [shell] }) {
    const write = completionScripts.get(shell!);
    if (!write) throw failure(`'${shell}': expected bash, zsh or fish`, exitStatuses.misuse);
    const all: CompletedCommand[] = await Promise.all(
      commands.map(async ({ name, words, brief, load }) => {
        const { options } = await load();
        return { name, words, brief, options };
      }),
    );
    print(write(all));
    return exitStatuses.done;
  },
});
