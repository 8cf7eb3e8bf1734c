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

// Each program is one file: a start reads one module instead of thirty. What a program loads only
// sometimes (dsh's one-shot path, the agent) becomes a chunk beside it.
export default {
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
  platform: 'node',
  // The simulator plants bugs in the core with it.
  external: [/^node:/, 'rolldown'],
  plugins: [executablePrograms],
  transform: { define: { DSH_VERSION: JSON.stringify(version) } },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
  },
};
