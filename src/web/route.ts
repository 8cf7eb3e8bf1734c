/** The part of the address after `#` says what is shown. */

export type Route =
  | { readonly view: 'cluster' }
  | { readonly view: 'node'; readonly name: string }
  | { readonly view: 'job'; readonly job: number }
  | { readonly view: 'nowhere' };

export function readRoute(hash: string): Route {
  const [, kind = '', word = ''] = /^#?\/?([^/]*)\/?(.*)$/.exec(hash) ?? [];
  if (kind === '') return { view: 'cluster' };
  if (kind === 'node' && word !== '') return { view: 'node', name: decode(word) };
  if (kind === 'job' && /^\d{1,15}$/.test(word)) return { view: 'job', job: Number(word) };
  return { view: 'nowhere' };
}

export function nodeLink(name: string): string {
  return `#/node/${encodeURIComponent(name)}`;
}

export function jobLink(job: number): string {
  return `#/job/${job}`;
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
