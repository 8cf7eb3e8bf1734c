/** The table: its rows by theme. */
import type { Row } from '../row.ts';
import { argumentRows } from './arguments.ts';
import { attributeRows } from './attributes.ts';
import { backgroundRows } from './background.ts';
import { deathRows } from './deaths.ts';
import { directoryRows } from './directory.ts';
import { environmentRows } from './environment.ts';
import { exitRows } from './exits.ts';
import { fileRows } from './files.ts';
import { inputRows } from './input.ts';
import { outputRows } from './output.ts';
import { programRows } from './programs.ts';
import { recursionRows } from './recursion.ts';
import { shellRows } from './shell.ts';
import { signalRows } from './signals.ts';
import { timeLimitRows } from './time-limits.ts';

export const themes: Readonly<Record<string, readonly Row[]>> = {
  arguments: argumentRows,
  environment: environmentRows,
  directory: directoryRows,
  attributes: attributeRows,
  programs: programRows,
  input: inputRows,
  output: outputRows,
  exits: exitRows,
  deaths: deathRows,
  signals: signalRows,
  background: backgroundRows,
  'time limits': timeLimitRows,
  shell: shellRows,
  files: fileRows,
  recursion: recursionRows,
};

export const rows: readonly Row[] = Object.values(themes).flat();
