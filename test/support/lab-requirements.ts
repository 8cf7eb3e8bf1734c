/**
 * Tests that need more than Node.js say so. `npm test` finds out what the machine lacks and passes
 * it on; whoever runs a test directly is expected to have it all, and sees it fail otherwise.
 */
import { describe } from 'vitest';

/** An ability (`scripts/abilities.mjs`), a Debian package, or `source:` and a source package. */
export type Requirement =
  | 'root'
  | 'namespaces'
  | 'cpu-quota'
  | 'openssh-server'
  | 'openssh-client'
  | 'rsh-redone-server'
  | 'rsh-redone-client'
  | 'iproute2'
  | 'nftables'
  | 'user-mode-linux'
  | 'systemd'
  | 'nfs-kernel-server'
  | 'nfs-common'
  | 'kmod'
  | 'rsync'
  | 'parallel'
  | 'pdsh'
  | 'distcc'
  | 'ansible-core'
  | 'zsh'
  | 'fish'
  | 'netcat-openbsd'
  | 'telnet'
  | 'tmux'
  | 'vim-tiny'
  | 'man-db'
  | 'mandoc'
  | 'gcc'
  | 'libc6-dev'
  | 'make'
  | 'prometheus'
  | 'chromium'
  | 'cmake'
  | 'ninja-build'
  | 'ccache'
  | 'python3'
  | 'dpkg-dev'
  | 'xz-utils'
  | 'source:bash'
  | 'source:lua5.4'
  | 'source:zlib';

/** `describe` for tests with these requirements; where one is not met, the title says which. */
export function describeWith(
  requirements: readonly Requirement[],
  title: string,
  tests: () => void,
): void {
  const missing = requirements.filter((each) => !isMet(each));
  if (missing.length === 0) {
    describe(title, tests);
    return;
  }
  console.warn(`left out: ${title}: this needs ${missing.join(', ')}`);
  describe.skipIf(missing.length > 0)(title, tests);
}

/** False where tests that need it are left out here. */
export function isMet(requirement: Requirement): boolean {
  return !leftOut().includes(requirement);
}

function leftOut(): readonly string[] {
  const given = process.env.DSH_TEST_LEFT_OUT?.split(',').filter(Boolean) ?? [];
  return process.getuid?.() === 0 ? given : [...given, 'root'];
}
