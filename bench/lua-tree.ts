/** The program that is built: Lua 5.4, 33 compiles of which most are short, in one directory. */
import { existsSync, readdirSync } from 'node:fs';
import { runCommand } from '../lab/command.ts';
import { projectDirectory } from '../lab/project.ts';

export interface LuaTree {
  /** Where make is called. */
  readonly directory: string;
  /** Removes what was built. */
  clean(): Promise<void>;
  isBuilt(): boolean;
}

/** Unpacks the source that `scripts/debian-sources.mjs` has fetched; `target` must not exist. */
export async function unpackLua(target: string): Promise<LuaTree> {
  const sources = `${projectDirectory}/build/sources`;
  const description = readdirSync(sources).find((name) => /^lua5\.4_.*\.dsc$/.test(name));
  if (description === undefined) throw new Error(`${sources} has no lua5.4_….dsc`);
  // Debian's patches make the build depend on libtool; the authors' own does not.
  const unpack = ['dpkg-source', '--no-check', '--skip-patches', '-q', '-x'];
  await run([...unpack, `${sources}/${description}`, target]);
  const directory = `${target}/src`;
  return {
    directory,
    clean: () => run(['make', '-s', 'clean'], directory),
    isBuilt: () => existsSync(`${directory}/lua`) && existsSync(`${directory}/luac`),
  };
}

/** The compiler of Lua's Makefile. */
export const LUA_COMPILER = 'gcc -std=gnu99';

/** make(1) as it is called; `compiler` stands for LUA_COMPILER. */
export function makeLua(jobs: number, compiler: string): readonly string[] {
  return ['make', '-s', `-j${jobs}`, 'linux', `CC=${compiler}`];
}

async function run(words: readonly string[], directory?: string): Promise<void> {
  const { status, stderr } = await runCommand(words, { directory });
  if (status !== 0) throw new Error(`${words.join(' ')}: status ${status}: ${stderr.trim()}`);
}
