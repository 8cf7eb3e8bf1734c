/**
 * `npm run test:conformance`: every row of the table runs directly and through dsh, remotely, here
 * and over a shell of its own, and the results must be equal. `ways.ts` names the parameters.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';
import type { Expectation, Result, Row } from './row.ts';
import { rows, themes } from './rows/index.ts';
import { runSituation } from './situation.ts';
import { explainAbsence, listWays, type Way } from './ways.ts';

const ROWS_MIN = 120;

const directory = mkdtempSync(join(tmpdir(), 'dsh-conformance-'));
afterAll(() => rmSync(directory, { recursive: true }));

const ways = listWays(directory);
const directResults = new Map<Row, Promise<Result>>();
let lab: Lab;

test(`the table has at least ${ROWS_MIN} rows, each with a name of its own in its theme`, () => {
  expect(rows.length).toBeGreaterThanOrEqual(ROWS_MIN);
  for (const theme of Object.values(themes)) {
    expect(new Set(theme.map((row) => row.name)).size).toBe(theme.length);
  }
});

test('docs/conformance.md names the differences, and no others', () => {
  const text = readFileSync(join(projectDirectory, 'docs/conformance.md'), 'utf8');
  const [, table] = text.split('## What is not');
  const named = [...table!.matchAll(/^\| (.+?) +\|/gm)].map((match) => match[1]!).slice(1);
  const reasons = rows.flatMap((row) => row.differs ?? []).map(({ because }) => because);
  expect(named.filter((name) => !/^-+$/.test(name)).toSorted()).toEqual(
    [...new Set(reasons)].toSorted(),
  );
});

describeWith(['openssh-server', 'openssh-client'], 'a command', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 2 });
  });
  afterAll(() => lab.close());

  describe.each(ways)('$name', (way) => {
    for (const [theme, themeRows] of Object.entries(themes)) {
      const runnable = themeRows.filter((row) => explainAbsence(row, way) === undefined);
      if (runnable.length === 0) continue;
      describe(theme, () => {
        for (const row of runnable) test.concurrent(row.name, () => compare(row, way));
      });
    }
    tellAbsences(way);
  });
});

function tellAbsences(way: Way): void {
  const absences = rows.map((row) => explainAbsence(row, way)).filter((each) => each !== undefined);
  for (const reason of new Set(absences)) {
    const count = absences.filter((each) => each === reason).length;
    console.warn(`left out: ${way.name}: ${count} rows: ${reason}`);
  }
}

async function compare(row: Row, way: Way): Promise<void> {
  const direct = await runDirectly(row);
  checkDirect(direct, row.shows ?? {});
  const result = await runSituation(row, row.run, {
    words: way.words,
    variables: variablesFor(way.runner),
    directory: directoryFor(row, way.name),
  });
  // A client may do better than a documented difference.
  const allowed = [direct, ...differencesOf(row, way).map((each) => change(direct, each))];
  const isAllowed = allowed.some((each) => isEqual(result, each));
  if (!isAllowed) expect(result).toEqual(withPatterns(allowed.at(-1)!));
}

function checkDirect(direct: Result, { files, ...shows }: Expectation): void {
  expect(direct).toMatchObject(withPatterns({ end: 0, stderr: '', ...shows }));
  if (files) expect(direct.files).toEqual(files);
}

function differencesOf({ differs }: Row, way: Way): readonly Expectation[] {
  return [differs ?? []].flat().filter(({ on }) => on === undefined || on.includes(way.path));
}

function change(direct: Result, difference: Expectation): Expectation {
  const changes = Object.entries(difference).filter(([key]) => key in direct);
  return { ...direct, ...Object.fromEntries(changes) };
}

function isEqual(result: Result, expected: Expectation): boolean {
  return expect.objectContaining(withPatterns(expected)).asymmetricMatch(result);
}

function withPatterns(expected: Expectation): Record<string, unknown> {
  const entries = Object.entries(expected).map(([key, value]) => [
    key,
    value instanceof RegExp ? expect.stringMatching(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Once for all ways: the direct run knows nothing of them. */
function runDirectly(row: Row): Promise<Result> {
  const known = directResults.get(row);
  if (known) return known;
  const result = runSituation(row, row.directly ?? row.run, {
    // It becomes the command and changes nothing.
    words: ['/usr/bin/nice', '-n', '0'],
    variables: variablesFor(ways[0]!.runner),
    directory: directoryFor(row, 'directly'),
  });
  directResults.set(row, result);
  return result;
}

function variablesFor(runner: string): Record<string, string> {
  const environment = lab.environment('h1');
  const names = ['DSH_SOCKET', 'DSH_AGENT', 'DSH_RSH', 'DSH_LAB'];
  const shared = Object.fromEntries(names.map((name) => [name, environment[name]!]));
  return { ...shared, DSH_EXEC: runner };
}

function directoryFor(row: Row, way: string): string {
  return join(directory, way.replaceAll(/[^a-z0-9.-]+/g, '-'), String(rows.indexOf(row) + 1));
}
