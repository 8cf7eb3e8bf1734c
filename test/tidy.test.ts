/** Keeps the rules of HACKING.md that a formatter, a linter or a type checker does not. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const LINES_MAX = 300;
const DEPENDENCIES_MAX = 3;

const root = join(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const sources = files.filter((path) => /^(src|lab|bench|test)\/.*\.ts$/.test(path));
const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]));

function read(path: string): string {
  return texts.get(path) ?? readFileSync(join(root, path), 'utf8');
}

/** The code without its comments, which may speak of what the code must not do. */
function codeOf(path: string): string {
  return read(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

function importsOf(path: string): string[] {
  const pattern = /(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g;
  return [...codeOf(path).matchAll(pattern)].map((match) => match[1]!);
}

function resolveImport(from: string, imported: string): string {
  return normalize(join(dirname(from), imported));
}

describe('the core', () => {
  const core = sources.filter((path) => path.startsWith('src/core/'));
  const impure =
    /\b(Date|performance|process|Buffer|setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await|crypto|console)\b|Math\.random/;

  it.each(core)('%s is pure', (path) => {
    expect(importsOf(path).filter((imported) => !imported.startsWith('.'))).toEqual([]);
    expect(impure.exec(codeOf(path).replace(/'[^'\n]*'|`[^`]*`/g, ''))?.[0]).toBeUndefined();
  });
});

describe('a program', () => {
  const own = sources.filter((path) => path.startsWith('src/'));

  it.each(own)('keeps to itself in %s', (path) => {
    const folder = path.split('/')[1]!;
    const allowed = folder === 'core' ? ['core'] : ['core', 'node', folder];
    const strangers = importsOf(path)
      .filter((imported) => imported.startsWith('.'))
      .map((imported) => resolveImport(path, imported))
      .filter((target) => !allowed.some((name) => target.startsWith(`src/${name}/`)));
    expect(strangers).toEqual([]);
  });

  // The page runs in a browser: what it shares with the daemon are the shapes of the answers.
  it.each(own.filter((path) => path.startsWith('src/web/')))('has types alone in %s', (path) => {
    const values = codeOf(path).match(/^import (?!type\b)[^;]*'\.\.\/core\/[^;]*;/gm) ?? [];
    expect(values).toEqual([]);
  });

  it('reaches every source file', () => {
    const programs = [
      'src/dsh',
      'src/dshd',
      'src/dshexec',
      'src/dshctl',
      'src/sim',
      'src/web',
      'lab',
      'bench',
    ];
    const entries = programs.map((folder) => `${folder}/main.ts`);
    // Programs of their own: one that dsh starts, and one that is sent to other nodes.
    entries.push('src/dsh/agent/program.ts', 'src/dshctl/doctor/probe.ts');
    const waiting = [...entries, ...sources.filter((path) => path.startsWith('test/'))];
    const reached = new Set<string>();
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (reached.has(path) || !texts.has(path)) continue;
      reached.add(path);
      // What only its own test imports is not reached by that.
      const counts = (target: string): boolean =>
        !path.startsWith('test/') || /^(test|lab)\//.test(target);
      waiting.push(
        ...importsOf(path)
          .filter((imported) => imported.startsWith('.'))
          .map((imported) => resolveImport(path, imported))
          .filter(counts),
      );
    }
    expect(sources.filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe('every file', () => {
  const code = files.filter((path) => /\.(ts|mjs|c|h|sh)$/.test(path));

  it.each(code)('%s is short enough to be read at a sitting', (path) => {
    expect(read(path).split('\n').length - 1).toBeLessThanOrEqual(LINES_MAX);
  });

  it('names no registry, whose address is the machine’s affair', () => {
    const hosts = [
      ['registry', 'npmjs', 'org'],
      ['deb', 'debian', 'org'],
    ].map((words) => words.join('.'));
    const naming = files.filter((path) => hosts.some((host) => read(path).includes(host)));
    expect(naming).toEqual([]);
  });

  it.each(files.filter((path) => path.endsWith('.md')))('%s has one title', (path) => {
    const prose = read(path).replace(/^```[\s\S]*?^```/gm, '');
    expect(prose.match(/^# .+/gm)).toHaveLength(1);
  });
});

describe('the tests', () => {
  it.each(sources.filter((path) => path.startsWith('test/')))('%s runs whole and once', (path) => {
    // Spelt so that this file does not match itself.
    const forbidden = new RegExp(String.raw`\b(it|test|describe)\.(only|todo|skip)\b|\bretry\s*:`);
    expect(forbidden.exec(codeOf(path))?.[0]).toBeUndefined();
  });
});

describe('the package', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly dependencies?: Record<string, string>;
    readonly devDependencies: Record<string, string>;
  };

  it('depends on little at run time', () => {
    expect(Object.keys(manifest.dependencies ?? {}).length).toBeLessThanOrEqual(DEPENDENCIES_MAX);
  });

  it('pins what it is built with', () => {
    for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d/);
  });
});
