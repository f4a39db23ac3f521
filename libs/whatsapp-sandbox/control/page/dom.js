/**
 * Creates an element with attributes, listeners (`on…`) and children. Text is never interpreted as markup, so untrusted text is
 * safe.
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
 * Returns the element with that id. Throws if there is none.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function $(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof (kind ?? HTMLElement))) throw new Error(`unknown element: ${id}`);
  return /** @type {T} */ (element);
}

/**
 * Returns a field of a form by name. Only use properties that all kinds of fields have, unless it is an input.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * Renders items as the children of an element and replaces only those that changed, so that media keep playing and the focus is
 * kept.
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {{ key: (item: T) => string | number, look: (item: T) => unknown, render: (item: T) => HTMLElement }} how
 *   an element is rendered again if the JSON of `look` has changed
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
  const focused = parent.contains(document.activeElement) ? focusedButton(parent, document.activeElement) : undefined;
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
 * Finds the item and button that have the focus.
 * @param {HTMLElement} parent
 * @param {Element | null} element
 */
function focusedButton(parent, element) {
  const node = /** @type {HTMLElement | undefined} */ ([...parent.children].find((child) => child.contains(element)));
  return (
    node && { key: node.dataset['key'], index: [...node.querySelectorAll('button')].findIndex((b) => b === element) }
  );
}
