/** The package that travels to the hosts: the programs of this very installation, as a tar. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Package {
  readonly bytes: Buffer;
  /** Tells it from every other; the same programs have the same one. */
  readonly digest: string;
}

/** What PREFIX/bin has, as in the Makefile: NAME:PROGRAM. */
export const links = [
  'dsh:dist/dsh',
  'dshd:dist/dshd.js',
  'dshctl:dist/dshctl.js',
  'dshexec:bin/dshexec',
  'dsh-masquerade:bin/dsh-masquerade',
];

/** The directory of this installation: the parent of `dist`, where dshctl is. */
export function ownRoot(): string {
  return dirname(dirname(realpathSync(process.argv[1]!)));
}

export function buildPackage(root: string): Package {
  const programs = ['dshd.js', 'dshctl.js', 'doctor-probe.js', 'dshexec.js', 'dshexec-serve'];
  const files = [
    'package.json',
    ...['dshexec', 'dsh-masquerade'].map((name) => `bin/${name}`),
    ...['dsh', 'dsh.js', 'agent.cjs', ...programs].map((name) => `dist/${name}`),
    ...list(`${root}/dist/chunks`, '.js').map((name) => `dist/chunks/${name}`),
    ...list(`${root}/dist/web`, '').map((name) => `dist/web/${name}`),
    ...['dshd.service', 'rc.dsh'].map((name) => `packaging/${name}`),
    ...list(`${root}/packaging/setup`, '.sh').map((name) => `packaging/setup/${name}`),
  ].filter((file) => existsSync(`${root}/${file}`));
  // Always the same bytes of the same files, so that a second set-up finds nothing to do.
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const words = ['-C', root, ...same, '-czf', '-', ...files];
  const bytes = execFileSync('tar', words, { maxBuffer: PACKAGE_BYTES_MAX });
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex').slice(0, 12) };
}

const PACKAGE_BYTES_MAX = 64 * 1024 * 1024;

function list(directory: string, ending: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.endsWith(ending));
}
