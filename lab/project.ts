/** Where this project is: the parent of `lab/`, from which tests run it, and of `dist/`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const projectDirectory = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export function builtDaemon(): string {
  const path = `${projectDirectory}/dist/dshd.js`;
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\` first`);
  return path;
}
