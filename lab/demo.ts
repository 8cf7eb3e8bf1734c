/**
 * The show of `npm run demo`: three daemons on this machine, commands through dsh, where each went
 * and why, and a parallel build. What it starts and writes is gone when it ends, however it ends.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from './cluster.ts';
import { runCommand } from './command.ts';
import { writeProgram } from './demo-program.ts';
import { startEmbeddedLab } from './embedded.ts';
import { endLab } from './end.ts';
import { alignColumns, statusHeading } from './status-table.ts';
import { type CleanUp, cleanUpOnSignal } from './signals.ts';

export async function runDemo(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'dsh-demo-'));
  const labDirectory = `${directory}/lab`;
  const end = async (): Promise<void> => {
    await endLab(labDirectory);
    rmSync(directory, { recursive: true, force: true });
  };
  const cleanUp = cleanUpOnSignal(end);
  try {
    const lab = await startEmbeddedLab({
      names: ['alpha', 'beta', 'gamma'],
      directory: labDirectory,
    });
    await show(lab, `${directory}/program`, cleanUp);
  } finally {
    await cleanUp.finish();
  }
  console.log('\nAll is stopped and removed.');
}

async function show(lab: Lab, programDirectory: string, cleanUp: CleanUp): Promise<void> {
  async function run(text: string): Promise<void> {
    if (cleanUp.isUnderWay()) throw new Error('interrupted');
    await runShown(lab, text, programDirectory);
  }
  writeProgram(programDirectory);

  tell('Three nodes, each a dshd with an address of its own. Commands are given on alpha.');
  for (const { name, address } of lab.hosts) console.log(`  ${name.padEnd(6)} ${address}`);

  tell('dsh runs a command on the best node; -v says which one that was.');
  await run('dsh -v echo hello');
  await run('dsh -v pwd');

  tell('-vv also says why: the least cost wins.');
  await run('dsh -vv true');

  tell('Input, output and exit status are those of the command.');
  await run("printf 'c\\nb\\na\\n' | dsh -v sort | head -n 2");
  await run("dsh -v -H gamma sh -c 'exit 7'; echo $?");

  await showBuild(run);

  tell('What port 8181 of a node prints, here with a heading:');
  const table = await lab.host('alpha').statusTable();
  console.log(alignColumns(`${statusHeading}\n${table}`));
}

async function showBuild(run: (text: string) => Promise<void>): Promise<void> {
  const { status } = await runCommand(['sh', '-c', 'command -v cc && command -v make']);
  if (status !== 0) {
    tell('The parallel build is left out: this machine has no cc or no make.');
    return;
  }
  tell('A build on all nodes at once; below each compile is the node that did it.');
  await run('make -j8 --output-sync=target CC="dsh -v cc"');
  await run('./program');
}

function tell(text: string): void {
  console.log(`\n# ${text}`);
}

/** Shows a command line, then what it prints, both outputs in the order in which they come. */
function runShown(lab: Lab, text: string, directory: string): Promise<void> {
  console.log(`$ ${text}`);
  const child = spawn('sh', ['-c', text], {
    cwd: directory,
    env: lab.environment('alpha'),
    stdio: ['ignore', 'inherit', process.stdout],
    // ^C is for the demo, which then ends whatever runs on its lab.
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(`'${text}' ended with ${signal ?? status}, not 0`));
    });
  });
}
