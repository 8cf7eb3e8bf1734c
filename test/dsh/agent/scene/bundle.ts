/** Programs that tests start: node runs no TypeScript, so they are bundled first. */
import { join, resolve } from 'node:path';
import { build } from 'rolldown';

/** Bundles `source`, a path in the project, and returns the command that runs it. */
export async function bundleProgram(source: string, directory: string): Promise<string> {
  const file = join(directory, source.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
  await build({
    input: resolve(import.meta.dirname, '../../../..', source),
    platform: 'node',
    external: [/^node:/],
    transform: { define: { DSH_VERSION: '"test"' } },
    output: { file, format: 'esm', codeSplitting: false },
    logLevel: 'warn',
  });
  return `${process.execPath} ${file}`;
}
