/** `npm run bench -- …`: measures dsh beside what else does its work. `docs/performance.md`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cleanUpOnSignal } from '../lab/signals.ts';
import { benchBuild } from './build.ts';
import { benchCold } from './cold.ts';
import { benchDaemon } from './daemon.ts';
import { benchDispatch } from './dispatch.ts';
import { benchEndurance } from './endurance.ts';
import { benchHerd } from './herd.ts';
import { benchTable } from './large-table.ts';
import { benchLocal } from './local.ts';
import { describeRun } from './machine.ts';
import { benchMemory } from './memory.ts';
import type { RecordedRow, Row } from './row.ts';
import { type Extent, openSetting, type Setting } from './setting.ts';
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
  endurance: benchEndurance,
  herd: benchHerd,
  memory: benchMemory,
  table: benchTable,
};

const usage = `usage: npm run bench -- BENCH… [--json FILE] [--quick] [--minutes N]
       BENCH is one of ${Object.keys(benches).join(' ')}, or all
       --minutes is how long endurance takes: 30`;

async function main(words: readonly string[]): Promise<void> {
  const { names, json, ...extent } = parseWords(words);
  const { isQuick, minutes } = extent;
  const more = [
    ...(isQuick ? ['--quick'] : []),
    ...(minutes === undefined ? [] : ['--minutes', String(minutes)]),
  ];
  const rows: RecordedRow[] = [];
  for (const name of names) {
    const found = await runBench(name, extent).catch((error: Error) => {
      // The others may work.
      process.stderr.write(`bench: ${name}: ${error.message}\n`);
      process.exitCode = 1;
      return [];
    });
    if (found.length > 0) process.stdout.write(`${formatTable(found)}\n`);
    const run = describeRun([name, ...more]);
    rows.push(...found.map((row) => ({ ...row, run })));
    // After each of them: hours of figures are not lost with the last.
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  }
  process.stdout.write(`${describeRun(words)}\n`);
}

function parseWords(words: readonly string[]): Extent & {
  readonly names: readonly string[];
  readonly json: string | undefined;
} {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      minutes: { type: 'string' },
    },
    allowPositionals: true,
  });
  const names = positionals.includes('all') ? Object.keys(benches) : positionals;
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined || names.length === 0) {
    throw new Error(
      `${unknown === undefined ? 'no bench named' : `no bench ${unknown}`}\n${usage}`,
    );
  }
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) {
    throw new Error(`--minutes takes a number above 0, not ${values.minutes}`);
  }
  return { names, json: values.json, isQuick: values.quick, minutes };
}

async function runBench(name: string, extent: Extent): Promise<readonly Row[]> {
  const missing = process.env['DSH_BENCH_LEFT_OUT']?.split(',').filter(Boolean) ?? [];
  const setting = openSetting(extent, missing);
  const cleanUp = cleanUpOnSignal(setting.close);
  setting.say(`${name}${extent.isQuick ? ', quick: the figures mean nothing' : ''}`);
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
