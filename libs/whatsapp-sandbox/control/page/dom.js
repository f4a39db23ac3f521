/**
 * An element with properties (`class`, `aria-…` and `data-…` are attributes, `on…` are listeners) and children. Text
 * is always text: what strangers wrote is never read as markup.
 * @param {string} tag
 * @param {{ [name: string]: string | boolean | undefined | ((event: Event) => unknown) }} [properties]
 * @param {...(Node | string | false | undefined)} children
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/**
 * The element with that id, which is in the page.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function $(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof (kind ?? HTMLElement))) throw new Error(`there is no such element: ${id}`);
  return /** @type {T} */ (element);
}

/**
 * A field of a form, by name. Only what all kinds of fields have in common is of use where it is no input.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * Makes the children of an element those items, and touches only what is different, so that a recording goes on
 * playing and the keyboard stays where it is.
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {{ key: (item: T) => string | number, look: (item: T) => unknown, render: (item: T) => HTMLElement }} how
 *   `look` is all that the element shows: another look, another element
 */
export function showList(parent, items, { key, look, render }) {
  const before = new Map([...parent.children].map((node) => [/** @type {HTMLElement} */ (node).dataset['key'], node]));
  const nodes = items.map((item) => {
    const name = String(key(item));
    const appearance = JSON.stringify(look(item));
    const known = /** @type {HTMLElement | undefined} */ (before.get(name));
    if (known && looks.get(known) === appearance) return known;
    const node = render(item);
    node.dataset['key'] = name;
    looks.set(node, appearance);
    return node;
  });
  const focused = parent.contains(document.activeElement) ? placeOf(parent, document.activeElement) : undefined;
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
  while (parent.children.length > nodes.length) parent.lastElementChild?.remove();
  if (focused && !parent.contains(document.activeElement)) {
    const node = nodes.find(({ dataset }) => dataset['key'] === focused.key);
    (node?.querySelectorAll('button')[focused.index] ?? node)?.focus();
  }
}

/** @type {WeakMap<HTMLElement, string>} */
const looks = new WeakMap();

/**
 * Which button of which item has the keyboard.
 * @param {HTMLElement} parent
 * @param {Element | null} element
 */
function placeOf(parent, element) {
  const node = /** @type {HTMLElement | undefined} */ ([...parent.children].find((child) => child.contains(element)));
  return (
    node && { key: node.dataset['key'], index: [...node.querySelectorAll('button')].findIndex((b) => b === element) }
  );
}
