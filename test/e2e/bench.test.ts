/** The benchmarks work; how fast anything is, no test says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedRow } from '../../bench/row.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { findByArguments } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dsh-bench-test-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Its own temporary folder, so that whatever it leaves is seen. */
function bench(words: readonly string[]): Promise<CommandResult> {
  return runCommand([process.execPath, `${projectDirectory}/dist/bench.js`, ...words], {
    environment: { ...process.env, TMPDIR: directory },
  });
}

describeWith(['openssh-server', 'openssh-client', 'gcc', 'libc6-dev'], 'npm run bench', () => {
  test('dispatch --quick gives rows, and leaves nothing behind', async () => {
    const file = join(directory, 'rows.json');
    const result = await bench(['dispatch', '--quick', '--json', file]);
    expect(result).toMatchObject({ status: 0 });
    const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly RecordedRow[];
    const row = {
      bench: 'dispatch',
      name: expect.any(String),
      value: expect.any(Number),
      unit: 'ms',
      goal: expect.stringMatching(/^<= \d/),
      met: expect.any(Boolean),
      samples: 10,
      peers: {
        'ssh, ControlMaster': expect.any(Number),
        ssh: expect.any(Number),
        'no dispatch': expect.any(Number),
      },
      spread: expect.toSatisfy((spread) => spread === null || spread.length === 2),
      run: expect.stringContaining('npm run bench -- dispatch --quick'),
    };
    const careless = { ...row, peers: { '--coherence off': expect.any(Number) } };
    expect(rows).toEqual([row, row, careless]);
    expect(result.stdout).toContain(rows[0]!.name);
    expect(readdirSync(directory)).toEqual(['rows.json']);
    expect(
      findByArguments((words) => words.some((word) => word.startsWith(`${directory}/`))),
    ).toEqual([]);
  });

  test('an unknown name is answered by those that there are', async () => {
    const result = await bench(['speed']);
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain('no bench speed');
    expect(result.stderr).toContain('dispatch');
  });
});
