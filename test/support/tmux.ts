/** A shell with job control at a real terminal, which tmux plays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../lab/command.ts';
import { waitUntil } from '../../lab/wait.ts';

export interface Screen {
  /** Types keys as tmux names them, such as `C-z`; other words are typed letter by letter. */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a line for the shell, or for whatever reads. */
  enter(line: string): Promise<void>;
  /** Waits until the screen, without blank lines and with long ones whole, shows it, and returns what it shows. */
  shows(wanted: RegExp): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  close(): Promise<void>;
}

/** The shell's prompt is `here>`; it runs in `directory` and has `environment`. */
export async function openScreen(
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), 'dsh-tmux-'));

  // A server of its own, with no configuration but tmux's defaults.
  async function tmux(...words: readonly string[]): Promise<string> {
    const command = ['tmux', '-S', join(folder, 'socket'), '-f', '/dev/null', ...words];
    const { status, stdout, stderr } = await runCommand(command, { directory, environment });
    if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr}`);
    return stdout;
  }

  let seen = '';
  const screen: Screen = {
    async press(...keys) {
      await tmux('send-keys', '--', ...keys);
    },
    async enter(line) {
      await tmux('send-keys', '-l', '--', line);
      await tmux('send-keys', 'Enter');
    },
    async shows(wanted) {
      await waitUntil(`the screen to show ${String(wanted)}`, async () => {
        seen = (await tmux('capture-pane', '-pJ')).replace(/(?:[ \t]*\n)+/g, '\n');
        return wanted.test(seen);
      }).catch((error: Error) => {
        throw new Error(`${error.message}; it shows:\n${seen}`);
      });
      return seen;
    },
    async resize(columns, rows) {
      await tmux('resize-window', '-x', String(columns), '-y', String(rows));
    },
    async close() {
      await tmux('kill-server');
      rmSync(folder, { recursive: true });
    },
  };
  try {
    await tmux('new-session', '-d', '-x', '80', '-y', '24', shell);
    await screen.shows(/^here>$/m);
    return screen;
  } catch (error) {
    await screen.close();
    throw error;
  }
}

const shell = "exec env PS1='here> ' bash --norc --noprofile -i";
