/** The native programs, built when a test first asks for them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'build');

/**
 * Its path; undefined, and said once, where no C compiler is. DSH_TEST_NATIVE names another build,
 * or a program that calls it, as `native/check-valgrind.sh` does.
 */
export const nativeProgram: string | undefined =
  process.env.DSH_TEST_NATIVE ?? makeNative('all', 'dshexec-serve');

/** The client, likewise: DSH_TEST_NATIVE_CLIENT names another build. */
export const nativeClient: string | undefined =
  process.env.DSH_TEST_NATIVE_CLIENT ?? (nativeProgram && makeNative('all', 'dsh'));

/** Makes a target of `native/Makefile`, and gives the path of what came of it. */
export function makeNative(target: string, product: string): string | undefined {
  const compiler = process.env.CC ?? 'cc';
  if (spawnSync(compiler, ['--version']).status !== 0) {
    console.log(`the tests of the native runner are left out: no C compiler (${compiler})`);
    return undefined;
  }
  mkdirSync(folder, { recursive: true });
  // Test files run at the same time, and each asks for it.
  const words = [join(folder, 'native.lock'), 'make', '-s', '-C', join(root, 'native'), target];
  const { status, stderr } = spawnSync('flock', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`make -C native ${target} failed:\n${stderr}`);
  return join(folder, 'native', product);
}
