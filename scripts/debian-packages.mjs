/** Debian packages that tests and benchmarks use: installed where root may, else named. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { read, run, say } from './run.mjs';

/** `program` shows where there is no dpkg, or the package came another way, that it is there. */
const ofTests = [
  { name: 'openssh-server', program: 'sshd' },
  { name: 'openssh-client', program: 'ssh' },
  { name: 'rsh-redone-server', program: 'in.rshd' },
  { name: 'rsh-redone-client', program: 'rsh-redone-rsh' },
  { name: 'iproute2', program: 'ip' },
  { name: 'nftables', program: 'nft' },
  { name: 'user-mode-linux', program: 'linux.uml' },
  { name: 'systemd', program: 'systemctl' },
  { name: 'nfs-kernel-server', program: 'rpc.nfsd' },
  { name: 'nfs-common', program: 'mount.nfs4' },
  { name: 'kmod', program: 'insmod' },
  { name: 'rsync', program: 'rsync' },
  { name: 'parallel', program: 'parallel' },
  { name: 'pdsh', program: 'pdsh' },
  { name: 'distcc', program: 'distcc' },
  { name: 'ansible-core', program: 'ansible' },
  { name: 'bash', program: 'bash' },
  { name: 'zsh', program: 'zsh' },
  { name: 'fish', program: 'fish' },
  { name: 'netcat-openbsd', program: 'nc.openbsd' },
  { name: 'telnet', program: 'telnet' },
  { name: 'tmux', program: 'tmux' },
  { name: 'vim-tiny', program: 'vi' },
  { name: 'man-db', program: 'man' },
  { name: 'mandoc', program: 'mandoc' },
  { name: 'gcc', program: 'gcc' },
  // Only recommended by gcc, and installed without recommendations a compiler has no headers.
  { name: 'libc6-dev', program: undefined },
  { name: 'make', program: 'make' },
  { name: 'cmake', program: 'cmake' },
  { name: 'ninja-build', program: 'ninja' },
  { name: 'ccache', program: 'ccache' },
  { name: 'python3', program: 'python3' },
  { name: 'valgrind', program: 'valgrind' },
  { name: 'prometheus', program: 'promtool' },
  // Large, and of use to `npm run test:all` alone.
  { name: 'chromium', program: 'chromium', isOfLongSuites: true },
  // Unpacks Debian's source packages, with xz where those are compressed by it.
  { name: 'dpkg-dev', program: 'dpkg-source' },
  { name: 'xz-utils', program: 'xz' },
];

/** What the daily suites need, or the long ones as well. */
export function packagesOfTests(isLong) {
  return ofTests.filter(({ isOfLongSuites }) => isLong || !isOfLongSuites);
}

/** Installs what is missing, as root; returns the names of what is missing still. */
export function ensureDebianPackages(requirements) {
  const missing = requirements.filter(({ name }) => !isInstalled(name));
  if (missing.length > 0 && process.getuid() === 0 && read(['apt-get', '--version'])) {
    install(missing.map(({ name }) => name));
  }
  return missing.filter((each) => !isPresent(each)).map(({ name }) => name);
}

function install(names) {
  say(`installing Debian packages: ${names.join(' ')}`);
  withoutServices(() => {
    const packages = names.filter(isKnown);
    if (packages.length === names.length && aptInstall(packages)) return;
    // Lists that are missing or out of date; of a package that is in none, the caller is told.
    run(['apt-get', 'update', '-q']);
    aptInstall(names.filter(isKnown));
  });
}

function aptInstall(names) {
  return run(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}

/**
 * Debian starts a server when it installs it; the tests run their own instances of sshd, and the
 * machine's is not theirs to start. RUNLEVEL=1 says so to sysvinit, this file to systemd as well.
 */
function withoutServices(action) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  try {
    action();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

/** Whether the package lists of this machine have it. */
function isKnown(name) {
  return /^ {2}Candidate: (?!\(none\))/m.test(read(['apt-cache', 'policy', name]) ?? '');
}

function isInstalled(name) {
  return read(['dpkg-query', '-W', '-f', '${db:Status-Status}', name]) === 'installed';
}

function isPresent({ name, program }) {
  const places = [...process.env.PATH.split(':'), '/usr/sbin', '/sbin'];
  return isInstalled(name) || places.some((place) => program && existsSync(`${place}/${program}`));
}
