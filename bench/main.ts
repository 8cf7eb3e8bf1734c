/** `npm run bench -- …`: measures dsh beside what else does its work. `docs/performance.md`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cleanUpOnSignal } from '../lab/signals.ts';
import { benchBuild } from './build.ts';
import { benchCold } from './cold.ts';
import { benchDaemon } from './daemon.ts';
import { benchDispatch } from './dispatch.ts';
import { benchTable } from './large-table.ts';
import { benchLocal } from './local.ts';
import { describeRun } from './machine.ts';
import { benchMemory } from './memory.ts';
import type { RecordedRow, Row } from './row.ts';
import { openSetting, type Setting } from './setting.ts';
import { benchStream } from './stream.ts';
import { formatTable } from './table.ts';
import { benchThroughput } from './throughput.ts';

const benches: Readonly<Record<string, (setting: Setting) => Promise<readonly Row[]>>> = {
  dispatch: benchDispatch,
  local: benchLocal,
  throughput: benchThroughput,
  build: benchBuild,
  stream: benchStream,
  cold: benchCold,
  daemon: benchDaemon,
  memory: benchMemory,
  table: benchTable,
};

const usage = `usage: npm run bench -- BENCH… [--json FILE] [--quick]
       BENCH is one of ${Object.keys(benches).join(' ')}, or all`;

async function main(words: readonly string[]): Promise<void> {
  const { names, json, isQuick } = parseWords(words);
  const rows: RecordedRow[] = [];
  for (const name of names) {
    const found = await runBench(name, isQuick).catch((error: Error) => {
      // The others may work.
      process.stderr.write(`bench: ${name}: ${error.message}\n`);
      process.exitCode = 1;
      return [];
    });
    if (found.length > 0) process.stdout.write(`${formatTable(found)}\n`);
    const run = describeRun([name, ...(isQuick ? ['--quick'] : [])]);
    rows.push(...found.map((row) => ({ ...row, run })));
    // After each of them: hours of figures are not lost with the last.
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  }
  process.stdout.write(`${describeRun(words)}\n`);
}

function parseWords(words: readonly string[]): {
  readonly names: readonly string[];
  readonly json: string | undefined;
  readonly isQuick: boolean;
} {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const names = positionals.includes('all') ? Object.keys(benches) : positionals;
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined || names.length === 0) {
    throw new Error(
      `${unknown === undefined ? 'no bench named' : `no bench ${unknown}`}\n${usage}`,
    );
  }
  return { names, json: values.json, isQuick: values.quick };
}

async function runBench(name: string, isQuick: boolean): Promise<readonly Row[]> {
  const missing = process.env['DSH_BENCH_LEFT_OUT']?.split(',').filter(Boolean) ?? [];
  const setting = openSetting(isQuick, missing);
  const cleanUp = cleanUpOnSignal(setting.close);
  setting.say(`${name}${isQuick ? ', quick: the figures mean nothing' : ''}`);
  try {
    return await benches[name]!(setting);
  } finally {
    await cleanUp.finish();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
