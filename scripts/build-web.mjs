/**
 * Builds the web page into dist/web: the script as one file, the style as another, and beside each file
 * the same compressed, so that dshd has nothing to compress. It loads nothing from elsewhere.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';
import { projectDirectory } from './run.mjs';

const source = join(projectDirectory, 'src/web');
const target = join(projectDirectory, 'dist/web');
const styles = ['theme', 'page', 'parts'].map((name) => join(source, `style/${name}.css`));
const chartStyle = join(projectDirectory, 'node_modules/uplot/dist/uPlot.min.css');

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
put('app.js', await bundleScript());
put('style.css', [chartStyle, ...styles].map(readText).map(stripStyle).join('\n'));
for (const name of ['index.html', 'icon.svg']) put(name, readText(join(source, name)));

async function bundleScript() {
  const { output } = await build({
    input: join(source, 'main.ts'),
    platform: 'browser',
    write: false,
    logLevel: 'warn',
    output: { format: 'esm', minify: true },
  });
  // The licence of what is bundled goes along.
  const licence = readText(join(projectDirectory, 'node_modules/uplot/LICENSE'));
  return `/* uPlot: ${licence.trim()} */\n${output[0].code}`;
}

function put(name, text) {
  writeFileSync(join(target, name), text);
  writeFileSync(join(target, `${name}.gz`), gzipSync(text, { level: 9 }));
}

function readText(path) {
  return readFileSync(path, 'utf8');
}

/** Comments and indentation. */
function stripStyle(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\n\s*/g, '\n')
    .trim();
}
