import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'rolldown';
import { loadConfig } from 'rolldown/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles one program as `npm run build` does, into `folder`/dist; the result is its file. */
export async function buildProgram(
  name: 'dsh' | 'dshd' | 'dshexec' | 'dshctl',
  folder: string,
): Promise<string> {
  const directory = join(folder, 'dist');
  mkdirSync(directory, { recursive: true });
  const config = (await loadConfig(join(root, 'rolldown.config.mjs'))) as BuildOptions;
  await build({
    ...config,
    cwd: root,
    input: { [name]: `src/${name}/main.ts` },
    output: { ...config.output, dir: directory },
    logLevel: 'warn',
  });
  return join(directory, `${name}.js`);
}
