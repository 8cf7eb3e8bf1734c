import { chmodSync, readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

// npm makes the programs of an installed package executable; a build tree runs them as well.
const executablePrograms = {
  name: 'executable-programs',
  writeBundle({ dir }, bundle) {
    for (const { isEntry, fileName } of Object.values(bundle)) {
      if (isEntry) chmodSync(`${dir}/${fileName}`, 0o755);
    }
  },
};

const common = {
  platform: 'node',
  // The simulator plants bugs in the core with it.
  external: [/^node:/, 'rolldown'],
  plugins: [executablePrograms],
  transform: { define: { DSH_VERSION: JSON.stringify(version) } },
};

// Each program is one file: a start reads one module instead of thirty. What a program loads only
// sometimes (dsh's one-shot path) becomes a chunk beside it.
const programs = {
  ...common,
  input: {
    dsh: 'src/dsh/main.ts',
    dshd: 'src/dshd/main.ts',
    dshexec: 'src/dshexec/main.ts',
    dshctl: 'src/dshctl/main.ts',
    'doctor-probe': 'src/dshctl/doctor/probe.ts',
    lab: 'lab/main.ts',
    bench: 'bench/main.ts',
    sim: 'src/sim/main.ts',
  },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
  },
};

// All in one file; a module that is loaded synchronously starts sooner.
const agent = {
  ...common,
  input: { agent: 'src/dsh/agent/program.ts' },
  output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', sourcemap: true },
};

export default [programs, agent];
