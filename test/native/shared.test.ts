/** The tests of the TypeScript runner, run over the native one, but for where they differ. */
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, vi } from 'vitest';
import { nativeProgram } from './program.ts';

// Copied, since an unprivileged user may not reach the folder of the sources.
vi.mock('../support/build-program.ts', () => ({
  buildProgram(_: string, folder: string) {
    const copy = join(folder, 'dshexec-serve');
    copyFileSync(nativeProgram!, copy);
    chmodSync(copy, 0o755);
    return Promise.resolve(copy);
  },
}));

/** Where the native runner is nearer to a command's life here; its own tests show how. */
const different = new Set([
  // A name that comes twice is passed on twice.
  'gets its words, variables, directory and umask',
  // The supervisor leads the session, since the command could not be stopped otherwise.
  'leads a session of its own, in which no signal is ignored or blocked',
  // What the runner was given beyond 0, 1 and 2 is not passed on.
  'leave nothing open in the runner, and none of a neighbour in a command',
]);

describe.runIf(nativeProgram !== undefined)('the native runner', async () => {
  beforeEach(({ task, skip }) => skip(different.has(task.name)));
  await import('../dshexec/job.test.ts');
  await import('../dshexec/prepare.test.ts');
  await import('../dshexec/channel-end.test.ts');
});
