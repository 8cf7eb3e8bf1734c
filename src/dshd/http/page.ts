/**
 * The files of the web page, as the build left them: read once, when somebody first asks, and by
 * their names in a map, so that no path leads anywhere else.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join } from 'node:path';
import { type Answer, refusal } from './answer.ts';

export interface Page {
  /** Undefined: the page has no such file. */
  answer(path: string, headers: IncomingHttpHeaders): Answer | undefined;
}

interface PageFile {
  readonly type: string;
  readonly tag: string;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** `directory` holds each file, and beside it the same with `.gz`. */
export function createPage(directory: string): Page {
  let files: ReadonlyMap<string, PageFile> | undefined;
  return {
    answer(path, headers) {
      files ??= readFiles(directory);
      if (files.size === 0 && path === '/') {
        return refusal(404, 'the page was not built; npm run build makes it');
      }
      const file = files.get(path === '/' ? '/index.html' : path);
      return file && answerFile(file, headers);
    },
  };
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function readFiles(directory: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of listNames(directory)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const plain = readFileSync(join(directory, name));
    const compressed = readFileSync(join(directory, `${name}.gz`));
    const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
    files.set(`/${name}`, { type, tag, plain, compressed });
  }
  return files;
}

function listNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The two forms of a file are different answers, and so have different tags. */
function answerFile(file: PageFile, headers: IncomingHttpHeaders): Answer {
  const isCompressed = /\bgzip\b(?!;\s*q=0(\.0*)?(,|$))/.test(headers['accept-encoding'] ?? '');
  const tag = `"${file.tag}${isCompressed ? '-gz' : ''}"`;
  const isKnown = headers['if-none-match']?.split(/,\s*/).includes(tag) ?? false;
  return {
    status: isKnown ? 304 : 200,
    type: file.type,
    body: isKnown ? '' : isCompressed ? file.compressed : file.plain,
    headers: {
      ETag: tag,
      // An update of dsh shows at the next visit; until then an answer without a body is enough.
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ...(isCompressed && !isKnown ? { 'Content-Encoding': 'gzip' } : {}),
    },
  };
}
