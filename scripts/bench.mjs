/**
 * `npm run bench -- …`: builds when something has changed, installs the Debian packages of the peers
 * where root may, and is then the program `bench/main.ts`, which reads in DSH_BENCH_LEFT_OUT what
 * could not be had.
 */
import { ensureBuild } from './build.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureDebianSources } from './debian-sources.mjs';
import { say } from './run.mjs';

const base = [
  { name: 'openssh-server', program: 'sshd' },
  { name: 'openssh-client', program: 'ssh' },
  { name: 'iproute2', program: 'ip' },
  { name: 'gcc', program: 'gcc' },
  { name: 'libc6-dev', program: undefined },
];

const ofBench = {
  throughput: [
    { name: 'parallel', program: 'parallel' },
    { name: 'slurm-wlm', program: 'slurmd' },
  ],
  build: [
    { name: 'make', program: 'make' },
    { name: 'dpkg-dev', program: 'dpkg-source' },
    { name: 'xz-utils', program: 'xz' },
    { name: 'distcc', program: 'distccd' },
    { name: 'icecc', program: 'iceccd' },
  ],
};

try {
  ensureBuild();
} catch (error) {
  say(`bench: ${error.message}`);
  process.exit(1);
}
process.env.DSH_BENCH_LEFT_OUT = missing(process.argv.slice(2)).join(',');
await import('../dist/bench.js');

/** `root`, names of Debian packages and, with `source:`, of source packages. */
function missing(words) {
  const isWanted = (name) => words.includes(name) || words.includes('all');
  const names = Object.keys(ofBench).filter(isWanted);
  const packages = ensureDebianPackages([...base, ...names.flatMap((name) => ofBench[name])]);
  const sources = isWanted('build') ? ensureDebianSources() : [];
  const user = process.getuid() === 0 ? [] : ['root'];
  return [...user, ...packages, ...sources.map((name) => `source:${name}`)];
}
