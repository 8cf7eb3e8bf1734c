/**
 * `node bench/report.mjs FILE…`: puts the figures of `npm run bench -- … --json FILE` into
 * docs/performance.md, each benchmark's between its own marks:
 *
 *     <!-- figures: dispatch -->
 *     <!-- end of figures -->
 *
 * What stands between them is replaced. A benchmark that is in none of the files keeps its figures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../scripts/run.mjs';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const files = process.argv.slice(2);

if (files.length === 0) {
  process.stderr.write('report: expected the files that npm run bench -- … --json has written\n');
  process.exit(2);
}
const rows = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')));
const text = readFileSync(page, 'utf8');
const marks = /(<!-- figures: (\w+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;
const marked = [...text.matchAll(marks)].map((match) => match[2]);
const homeless = [...new Set(rows.map(({ bench }) => bench))].filter(
  (bench) => !marked.includes(bench),
);
if (homeless.length > 0) {
  process.stderr.write(`report: ${page} has no marks for ${homeless.join(', ')}\n`);
  process.exit(1);
}
writeFileSync(
  page,
  text.replace(marks, (block, head, bench, tail) => {
    const own = rows.filter((row) => row.bench === bench);
    return own.length === 0 ? block : `${head}${formatBench(own)}${tail}`;
  }),
);
// Pads the columns, as the check of the format expects.
run(['npx', 'biome', 'format', '--write', '--log-level=error', page]);

function formatBench(own) {
  const cells = own.map(formatRow);
  const runs = [...new Set(own.map((row) => row.run))];
  const lines = [
    '| what | figure | goal | met | samples | beside |',
    '| --- | --- | --- | --- | --- | --- |',
    ...cells.map((row) => `| ${row.join(' | ')} |`),
    '',
    ...runs.map((each) => `\`${each}\``),
  ];
  return `\n${lines.join('\n')}\n\n`;
}

function formatRow({ name, value, unit, spread, goal, met, samples, peers }) {
  const around = spread ? ` (${spread.map(digits).join(' to ')})` : '';
  const beside = Object.entries(peers).map(([peer, other]) => `${peer}: ${digits(other)} ${unit}`);
  return [
    name,
    `**${digits(value)} ${unit}**${around}`,
    goal ?? '',
    met === null ? '' : met ? 'yes' : '**no**',
    samples,
    beside.join('; '),
  ];
}

/** Three of them, and no more than that is meant. */
function digits(value) {
  return Number(value.toPrecision(3)).toString();
}
