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
  const [programs, agent] = (await loadConfig(join(root, 'rolldown.config.mjs'))) as BuildOptions[];
  const input = { [name]: `src/${name}/main.ts` };
  const wanted = name === 'dsh' ? [{ ...programs, input }, agent] : [{ ...programs, input }];
  for (const config of wanted) {
    const output = { ...config!.output, dir: directory };
    await build({ ...config, cwd: root, output, logLevel: 'warn' });
  }
  return join(directory, `${name}.js`);
}
