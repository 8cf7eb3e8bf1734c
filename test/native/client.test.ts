/** The tests of the TypeScript client, run over the native one, but for where they differ. */
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, vi } from 'vitest';
import { nativeClient } from './program.ts';

// Beside the TypeScript one, which it becomes for what is rare.
vi.mock('../support/build-program.ts', async (importActual) => {
  const actual = await importActual<typeof import('../support/build-program.ts')>();
  return {
    async buildProgram(name: 'dsh', folder: string) {
      const client = join(dirname(await actual.buildProgram(name, folder)), 'dsh');
      copyFileSync(nativeClient!, client);
      return client;
    },
  };
});

/** Where the native client is nearer to what a command would have here. */
const different = new Set<string>([]);

describe.runIf(nativeClient !== undefined)('the native client', async () => {
  beforeEach(({ task, skip }) => skip(different.has(task.name)));
  await import('../dsh/coherence.test.ts');
  await import('../dsh/connect-agent.test.ts');
  await import('../dsh/dispatch.test.ts');
  await import('../dsh/limits.test.ts');
  await import('../dsh/main.test.ts');
  await import('../dsh/one-shot.test.ts');
  await import('../dsh/request.test.ts');
  await import('../dsh/run-here.test.ts');
  await import('../dsh/streams.test.ts');
  await import('../dsh/terminal.test.ts');
});
