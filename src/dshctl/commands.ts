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
    name: 'top',
    words: '',
    brief: 'the same, live, with the jobs that run',
    load: async () => (await import('./top.ts')).command,
  },
  {
    name: 'best',
    words: '',
    brief: 'the best node for one more command',
    load: async () => (await import('./best.ts')).command,
  },
  {
    name: 'explain',
    words: '[JOB]',
    brief: 'why a job runs where it runs, or why not elsewhere',
    load: async () => (await import('./explain.ts')).command,
  },
  {
    name: 'jobs',
    words: '',
    brief: 'what runs now, of all that was started here',
    load: async () => (await import('./jobs.ts')).command,
  },
  {
    name: 'kill',
    words: 'JOB...',
    brief: 'end jobs',
    load: async () => (await import('./kill.ts')).command,
  },
  {
    name: 'log',
    words: '',
    brief: 'recent jobs: when, who, where, and how they ended',
    load: async () => (await import('./log.ts')).command,
  },
  {
    name: 'trace',
    words: '[COMMAND...]',
    brief: 'jobs as a file for Perfetto or chrome://tracing',
    load: async () => (await import('./trace.ts')).command,
  },
  {
    name: 'drain',
    words: '[NODE]',
    brief: 'leave a node alone',
    load: async () => (await import('./drain.ts')).drain,
  },
  {
    name: 'undrain',
    words: '[NODE]',
    brief: 'use it again',
    load: async () => (await import('./drain.ts')).undrain,
  },
  {
    name: 'hosts',
    words: '',
    brief: 'the nodes for GNU parallel, distcc, pdsh and more',
    load: async () => (await import('./hosts.ts')).command,
  },
  {
    name: 'ping',
    words: '[NODE]',
    brief: 'how long the daemon, or a node, takes to answer',
    load: async () => (await import('./ping.ts')).command,
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
  {
    name: 'completion',
    words: 'bash|zsh|fish',
    brief: 'completion of dshctl for a shell',
    load: async () => (await import('./completion.ts')).command,
  },
];
