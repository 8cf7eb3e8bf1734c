/** Completion of dshctl where it is used: at the prompt of real shells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { runCommand } from '../../lab/command.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { openScreen, type Screen } from '../support/tmux.ts';

let lab: Lab;
let screen: Screen;
let home: string;

/** How a shell without any configuration of its own is started, and loads the script. */
const shells = {
  bash: ['PS1="here> " exec bash --norc --noprofile', 'eval "$(dshctl completion bash)"'],
  zsh: [
    'PS1="here> " exec zsh -f',
    'fpath=(~ $fpath); dshctl completion zsh >~/_dshctl; autoload -U compinit; compinit -u -D',
  ],
  fish: [
    'exec fish --no-config',
    'dshctl completion fish | source; functions -e fish_prompt; function fish_prompt; echo "here> "; end',
  ],
} as const;

describeWith(['tmux', 'zsh', 'fish'], 'completion in', () => {
  beforeAll(async () => {
    lab = await startEmbeddedLab({ names: ['node-one', 'node-two'] });
  });
  afterAll(() => lab.close());

  describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
    beforeEach(async () => {
      home = mkdtempSync(join(tmpdir(), 'dsh-home-'));
      const environment = { ...lab.environment('node-one'), HOME: home, LANG: 'C.UTF-8' };
      screen = await openScreen(home, environment);
      const [start, load] = shells[shell];
      await screen.enter(start);
      await screen.enter(`${load}; clear; echo rea''dy`);
      await screen.shows(/ready(.*\n)*here>/);
    });
    afterEach(async () => {
      await screen.close();
      rmSync(home, { recursive: true });
    });

    /** What stands at the prompt after these keys. */
    async function completes(typed: string, wanted: RegExp): Promise<void> {
      await screen.press(typed, 'Tab');
      await screen.shows(wanted);
      await screen.press('C-u');
      await screen.shows(/here>\s*$/);
    }

    test('knows commands, options, their values, and nodes', async () => {
      await completes('dshctl undr', /here> +dshctl undrain/);
      await completes('dshctl status --js', /here> +dshctl status --json/);
      await completes('dshctl hosts --format sshl', /here> +dshctl hosts --format sshlogin/);
      await completes(
        'dshctl explain --why-not node-t',
        /here> +dshctl explain --why-not node-two/,
      );
      await completes('dshctl drain node-o', /here> +dshctl drain node-one/);
      await completes('dshctl doctor node-o', /here> +dshctl doctor node-one/);
      await completes('dshctl completion z', /here> +dshctl completion zsh/);
    });

    test('shows what there is', async () => {
      await screen.press('dshctl status --', 'Tab', 'Tab');
      await screen.shows(/--help(.|\n)*--json/);
    });

    test('finds no fault in the script', async () => {
      const environment = lab.environment('node-one');
      const { stdout } = await runCommand(['dshctl', 'completion', shell], { environment });
      const script = join(home, 'script');
      writeFileSync(script, stdout);
      const check = await runCommand([shell, '-n', script], { environment });
      expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' });
    });
  });
});
