import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import config from '../../rolldown.config.mjs';

/** Bundles one program as `npm run build` does, into `folder`/dist; the result is its file. */
export async function buildProgram(
  name: 'dsh' | 'dshd' | 'dshexec',
  folder: string,
): Promise<string> {
  const directory = join(folder, 'dist');
  mkdirSync(directory, { recursive: true });
  await build({
    ...config,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    input: { [name]: config.input[name] },
    output: { ...config.output, dir: directory },
    logLevel: 'warn',
  });
  return join(directory, `${name}.js`);
}
