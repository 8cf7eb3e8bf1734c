/** How wide a text stands on a terminal, in columns. Controls are no business of these functions. */

export function textWidth(text: string): number {
  // Nearly all that is shown is plain, and a table of a thousand nodes has many cells.
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most `columns` wide: where something is cut off, the last column says so. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

const plain = /^[\x20-\x7e]*$/;
/** Marks that stand on the character before them. */
const combining = /^[\p{Mn}\p{Me}]$/u;
/** Of the standard's East Asian wide characters, the blocks, and emoji. */
const wide =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function characterWidth(character: string): number {
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
