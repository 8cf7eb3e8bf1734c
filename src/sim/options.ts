/** The command line of the simulator. */
import { type Option, parseOptions } from '../core/option-table.ts';

export const suites = ['placement', 'dissemination', 'faults', 'mutations', 'plots'] as const;
export type Suite = (typeof suites)[number];

export const simOptions = [
  { name: 'seed', value: 'S', help: 'the first seed (1)' },
  {
    name: 'seeds',
    value: 'N',
    help: 'how many seeds (placement 10, dissemination 1, faults 1000)',
  },
  { name: 'nodes', value: 'N', help: 'clusters of that size alone' },
  { name: 'policy', value: 'P', help: 'placement: that rule and the oracle alone' },
  { name: 'case', value: 'NAME,…', help: 'placement: those workloads alone' },
  { name: 'without', value: 'CLASS,…', help: 'faults: leave those classes of faults out' },
  {
    name: 'part',
    isInternal: true,
    help: 'faults: a part of the seeds, for the process that shares them out',
  },
  { name: 'json', value: 'FILE', help: 'keep the rows there' },
  { name: 'into', value: 'DIR', help: 'plots: draw there (docs)' },
  { name: 'help', help: 'print this and exit' },
] as const satisfies readonly Option[];

export interface SimOptions {
  readonly suite: Suite;
  readonly firstSeed: number;
  /** Undefined: what is usual for the suite. */
  readonly seeds: number | undefined;
  readonly nodes: number | undefined;
  readonly policy: string | undefined;
  readonly cases: readonly string[];
  readonly without: readonly string[];
  readonly isPart: boolean;
  readonly json: string | undefined;
  /** Rows of earlier runs, for the plots. */
  readonly files: readonly string[];
  readonly into: string;
}

export type SimCommandLine =
  | { readonly kind: 'run'; readonly options: SimOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly reason: string };

/** The suite is the first word; options follow. */
export function readSimOptions(words: readonly string[]): SimCommandLine {
  const [first, ...others] = words;
  if (first === '--help') return { kind: 'help' };
  const suite = suites.find((name) => name === first);
  if (!suite) {
    return { kind: 'error', reason: `'${first ?? ''}': expected one of ${suites.join(', ')}` };
  }
  const parsed = parseOptions('sim', simOptions, others);
  if (!parsed.ok) return { kind: 'error', reason: parsed.reason };
  if (suite === 'plots' && parsed.rest.length === 0) {
    return { kind: 'error', reason: 'plots: expected files that --json has left' };
  }
  if (suite !== 'plots' && parsed.rest.length > 0) {
    return { kind: 'error', reason: `'${parsed.rest[0]}' is one too many` };
  }
  const { values } = parsed;
  if (values.help) return { kind: 'help' };
  for (const name of ['seed', 'seeds', 'nodes'] as const) {
    const text = values[name];
    if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) {
      return { kind: 'error', reason: `--${name} ${text}: expected a whole number from 1` };
    }
  }
  const list = (text: string | undefined): string[] => text?.split(',') ?? [];
  return {
    kind: 'run',
    options: {
      suite,
      firstSeed: Number(values.seed ?? 1),
      seeds: values.seeds === undefined ? undefined : Number(values.seeds),
      nodes: values.nodes === undefined ? undefined : Number(values.nodes),
      policy: values.policy,
      cases: list(values.case),
      without: list(values.without),
      isPart: values.part,
      json: values.json,
      files: parsed.rest,
      into: values.into ?? 'docs',
    },
  };
}
