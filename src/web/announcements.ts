/** What has happened between two states, in sentences: shown, and read out by a screen reader. */
import type { NodeViewState } from '../core/wire/control.ts';
import type { Model } from './model.ts';

/** Oldest first; of many nodes alike only the number is said. */
export function describeChange(before: Model, after: Model): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [name, { state }] of after.nodes) {
    const previous = before.nodes.get(name)?.state;
    if (previous === undefined || previous === state) continue;
    const sentence = sentences[state](previous);
    if (sentence !== undefined) groups.set(sentence, [...(groups.get(sentence) ?? []), name]);
  }
  return [...groups].map(([sentence, names]) => {
    const who = names.length <= NAMES_MAX ? names.join(', ') : `${names.length} nodes`;
    return `${who}: ${sentence}`;
  });
}

const NAMES_MAX = 3;

type Sentence = (previous: NodeViewState) => string | undefined;

const sentences: { readonly [State in NodeViewState]: Sentence } = {
  ok: (previous) => (isAbsent(previous) ? 'back' : 'ok again'),
  hot: () => 'short of memory',
  draining: () => 'draining, chosen only where there is no other',
  silent: () => 'silent, no longer chosen',
  unreachable: () => 'not reachable',
  // It was silent before, and that was said.
  unknown: (previous) => (previous === 'silent' ? undefined : 'silent, no longer chosen'),
};

function isAbsent(state: NodeViewState): boolean {
  return state === 'silent' || state === 'unknown' || state === 'unreachable';
}
