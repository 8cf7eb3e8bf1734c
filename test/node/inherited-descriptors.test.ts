import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { expect, test } from 'vitest';

test('descriptors of whoever started the program are closed, but those that it keeps', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsh-descriptors-'));
  try {
    const source = join(import.meta.dirname, '../../src/node/inherited-descriptors.ts');
    await build({ input: source, platform: 'node', output: { file: join(folder, 'module.mjs') } });
    const program = `
      import { readlinkSync, existsSync } from 'node:fs';
      import { closeInheritedDescriptors } from '${folder}/module.mjs';
      closeInheritedDescriptors([30]);
      const target = (fd) => (existsSync('/proc/self/fd/' + fd) ? readlinkSync('/proc/self/fd/' + fd) : '-');
      console.log(target(30), target(31), target(1) !== '-');`;
    const shell = 'exec 30</dev/zero 31</dev/zero; exec "$0" --input-type=module -e "$1"';
    const run = spawnSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('/dev/zero - true\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
