/** Elements without a framework. Text is set as text, never as markup: names and commands are others'. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** `undefined` and `false` leave an attribute or a child out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Touches the document only where something differs: a thousand cells are set each second. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** Keeps `parent`'s children in step with `keys`; those of new keys are made, others are removed. */
export function reconcile<Key extends string | number, Item extends Element>(
  parent: Element,
  known: Map<Key, Item>,
  keys: readonly Key[],
  make: (key: Key) => Item,
): void {
  const wanted = new Set(keys);
  for (const [key, child] of known) {
    if (wanted.has(key)) continue;
    child.remove();
    known.delete(key);
  }
  let next = parent.firstElementChild;
  for (const key of keys) {
    const child = known.get(key) ?? make(key);
    known.set(key, child);
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/** A part of the page. */
export interface View {
  readonly root: HTMLElement;
  /** What the browser's window is called while it is shown. */
  readonly title: string;
  update(): void;
  close(): void;
}
