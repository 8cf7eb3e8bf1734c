/** Debian's source packages, as `npm test` has fetched them. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';

/** Unpacks the source anew, without Debian's patches, and returns `target`. */
export async function unpackSource(name: string, target: string): Promise<string> {
  const sources = join(projectDirectory, 'build/sources');
  const description = readdirSync(sources).find(
    (file) => file.startsWith(`${name}_`) && file.endsWith('.dsc'),
  )!;
  rmSync(target, { recursive: true, force: true });
  const unpacking = ['dpkg-source', '--no-check', '--skip-patches', '-q', '-x'];
  const words = [...unpacking, join(sources, description), target];
  expect(await runCommand(words)).toMatchObject({ status: 0 });
  return target;
}
