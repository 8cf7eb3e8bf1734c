/** Compilers that differ: objects of one build would not be alike. */
import { type Check, differences, lookedAt } from '../evidence.ts';

/** Those that the nodes are asked for. */
export const compilerNames = ['cc', 'gcc', 'g++', 'clang', 'clang++'] as const;

const NONE = 'none';

export const compilers: Check = {
  name: 'compilers',
  title: 'all nodes have the same compilers',
  examine: (evidence) =>
    compilerNames.flatMap((name) =>
      differences(lookedAt(evidence), ({ facts }) => facts.compilers[name] ?? NONE).map(
        ({ node, value, usual, usualNode }) => ({
          node: node.name,
          what:
            value === NONE
              ? `it has no ${name}, and ${usualNode} has: ${usual}`
              : `its ${name} is '${value}', that of ${usualNode} '${usual}'`,
          cure: `install the same version everywhere, or leave it out of builds: dsh -x ${node.name}`,
        }),
      ),
    ),
};
