/** The subcommands of dshctl, in the order of the help. */
import type { CommandEntry } from './command.ts';

export const commands: readonly CommandEntry[] = [
  {
    name: 'status',
    words: '',
    brief: 'all nodes: load, memory, jobs, state',
    load: async () => (await import('./status.ts')).command,
  },
  {
    name: 'best',
    words: '',
    brief: 'the best node for one more command',
    load: async () => (await import('./best.ts')).command,
  },
  {
    name: 'setup',
    words: 'HOST...',
    brief: 'make a cluster of this host and others, or add some',
    load: async () => (await import('./setup/command.ts')).command,
  },
  {
    name: 'doctor',
    words: '[NODE...]',
    brief: 'what is wrong with the cluster, and what to do',
    load: async () => (await import('./doctor/command.ts')).command,
  },
];
