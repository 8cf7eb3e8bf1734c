/** Compares the native runner's table of host variables with src/core/host-variables.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostVariableNames, isHostVariable } from '../../src/core/host-variables.ts';
import { startRunner, toBytes } from '../support/runner.ts';
import { nativeProgram } from './program.ts';

describe.runIf(nativeProgram !== undefined)('the host variables', () => {
  it('that the runner adds are those which dsh leaves out', async () => {
    const table = readFileSync('native/common/host-variables.c', 'utf8');
    const inTable = [...table.matchAll(/"([A-Z_]+)"/g)].map((match) => match[1]!);
    const likely = ['HOSTS', 'HOST_', 'SSH', 'SSH_X', 'XDG_SESSION_X', 'GNOME_KEYRING_X', 'HOME'];
    const names = [...new Set([...hostVariableNames, ...inTable, ...likely])];
    const env = Object.fromEntries(names.map((name) => [name, `own ${name}`]));
    const runner = await startRunner(nativeProgram!, { env });
    const variables = toBytes('HOME=/sent', 'SSH_X=', 'DISPLAY=sent');
    const job = runner.start({ arguments: toBytes('/usr/bin/env'), variables });
    await job.end();
    runner.link.destroy();
    const sent = new Set(['HOME', 'SSH_X', 'DISPLAY']);
    const added = names.filter((name) => isHostVariable(name) && !sent.has(name));
    expect(job.output(1).toString().trimEnd().split('\n').sort()).toEqual(
      [
        ...variables.map((each) => Buffer.from(each).toString()),
        ...added.map((name) => `${name}=own ${name}`),
      ].sort(),
    );
  });
});
