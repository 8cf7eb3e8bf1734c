/** Where this project is, for code that runs from `lab/`, `dist/` or `dist/chunks/`. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDirectory = findProject(dirname(fileURLToPath(import.meta.url)));

export function builtDaemon(): string {
  const path = `${projectDirectory}/dist/dshd.js`;
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\` first`);
  return path;
}

/** The nearest folder above that is a package. */
function findProject(directory: string): string {
  if (existsSync(`${directory}/package.json`)) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error(`no package.json above ${import.meta.url}`);
  return findProject(parent);
}
