/** The small C program that the demo builds: one file per word of what it prints, and a Makefile. */
import { mkdirSync, writeFileSync } from 'node:fs';

const words = ['eight', 'small', 'files', 'compiled', 'on', 'three', 'nodes', 'together'];

export function writeProgram(directory: string): void {
  mkdirSync(directory);
  for (const [name, text] of Object.entries(programFiles())) {
    writeFileSync(`${directory}/${name}`, text);
  }
}

function programFiles(): Readonly<Record<string, string>> {
  const sources = words.map((word) => [
    `${word}.c`,
    `const char *word_${word}(void) { return "${word}"; }\n`,
  ]);
  return { ...Object.fromEntries(sources), 'main.c': mainFile(), Makefile: makefile() };
}

function mainFile(): string {
  return [
    '#include <stdio.h>',
    ...words.map((word) => `const char *word_${word}(void);`),
    'int main(void) {',
    ...words.map((word) => `  printf("%s ", word_${word}());`),
    '  return printf("\\n") < 0;',
    '}\n',
  ].join('\n');
}

function makefile(): string {
  const objects = ['main', ...words].map((name) => `${name}.o`).join(' ');
  return [
    `program: ${objects}`,
    `\t$(CC) -o $@ ${objects}`,
    '%.o: %.c',
    '\t$(CC) -O2 -c $<\n',
  ].join('\n');
}
