/**
 * The core with a few of its lines changed as it is loaded, for bugs that are planted and constants
 * that are varied: the shipped code has no switch for either.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Core } from './daemon.ts';

export interface Patch {
  /** Below src/core. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Throws where a patch does not fit the file any more. */
export async function loadPatchedCore(patches: readonly Patch[]): Promise<Core> {
  const root = findProject();
  const left = new Set(patches);
  const bundle = await rolldown({
    input: join(root, 'src/sim/core.ts'),
    plugins: [
      {
        name: 'patches',
        transform(code, id) {
          let patched = code;
          for (const patch of patches) {
            if (id !== join(root, 'src/core', patch.file)) continue;
            patched = apply(patched, patch);
            left.delete(patch);
          }
          return patched;
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  for (const { file } of left) throw new Error(`src/core/${file} is no part of the core`);
  const source = Buffer.from(output[0].code).toString('base64');
  return (await import(`data:text/javascript;base64,${source}`)) as Core;
}

function apply(code: string, { file, find, replace }: Patch): string {
  const pieces = code.split(find);
  if (pieces.length === 2) return pieces.join(replace);
  throw new Error(`${file} has ${pieces.length - 1} times '${find}'; expected once`);
}

/** The sources are beside this file, or, once bundled, below the same folder as dist/. */
function findProject(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'src/sim/core.ts'))) {
    if (dirname(folder) === folder) throw new Error('the sources of the core are not here');
    folder = dirname(folder);
  }
  return folder;
}
