/** One stage of the tests: what it printed passes through, and what failed in it is kept. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { projectDirectory } from './run.mjs';

const mostFindings = 60;

/**
 * Runs a script of package.json. Returns `{ stage, isPassed, seconds, findings }`; the findings are
 * lines without colours, for the end of a log that may be an hour long, of which often only the end
 * is kept.
 */
export async function runStage(stage, env) {
  const began = performance.now();
  const child = spawn('npm', ['run', '--silent', stage], {
    cwd: projectDirectory,
    env: process.stdout.isTTY ? { FORCE_COLOR: '1', ...env } : env,
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      printed += text;
      process[name].write(text);
    });
  }
  const isPassed = await isSuccess(child);
  const seconds = Math.round((performance.now() - began) / 1000);
  return { stage, isPassed, seconds, findings: isPassed ? [] : findFailures(printed) };
}

/** Whether it exits with 0. What still holds its output two seconds later is not waited for. */
function isSuccess(child) {
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (status) => resolve(status === 0));
    child.on('exit', (status) => setTimeout(() => resolve(status === 0), 2_000).unref());
  });
}

/** The failed tests, each with its message; of a stage that names none, the last lines. */
export function findFailures(printed) {
  const lines = stripVTControlCharacters(printed)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const failures = lines.flatMap((line, index) =>
    line.startsWith(' FAIL ') ? messageAt(lines, index) : [],
  );
  return failures.length > 0 ? failures.slice(0, mostFindings) : lines.slice(-20);
}

/** A failed test's name and what follows it, up to the place in the source. */
function messageAt(lines, index) {
  const rest = lines.slice(index, index + 12);
  const place = rest.findIndex((line) => line.startsWith(' ❯ '));
  return place === -1 ? rest.slice(0, 3) : rest.slice(0, place + 1);
}
