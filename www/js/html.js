// A tagged template that makes DOM nodes and cannot make markup from values:
// a value in text becomes a text node (or is a node, or a list of both); a
// value that is a whole attribute is set as one (false and null leave it out);
// `@click=${fn}` listens, since a strict CSP has no `onclick`.

const templates = new WeakMap();
const mark = (i) => `slot-${i}-`;
const marked = /^slot-(\d+)-$/;

export function html(strings, ...values) {
  const root = templateOf(strings).content.cloneNode(true);
  const walker = document.createTreeWalker(
    root,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT,
  );
  const slots = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) slots.push(node);
    else fillAttributes(node, values);
  }
  for (const slot of slots) {
    const found = slot.data.match(marked);
    if (found) slot.replaceWith(...nodes(values[found[1]]));
  }
  return root.childElementCount === 1 ? root.firstElementChild : root;
}

// Element by id; one that is missing is a mistake in the page, said at once.
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

// A copy of the content of the <template> with that id.
export const copyOf = (id) =>
  byId(id).content.firstElementChild.cloneNode(true);

// Match the children of `parent` to `things`, keeping the nodes (and so focus
// and scroll) of those that stay. `make` creates a node, `update` fills it in,
// also the first time, and gets its index.
export function keyed(parent, things, keyOf, make, update) {
  const old = new Map([...parent.children].map((n) => [n.dataset.key, n]));
  let place = parent.firstElementChild;
  for (const [i, thing] of things.entries()) {
    const key = keyOf(thing);
    let node = old.get(key);
    old.delete(key);
    if (!node) {
      node = make(thing);
      node.dataset.key = key;
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
    update(node, thing, i);
  }
  for (const node of old.values()) node.remove();
}

const refilled = new WeakMap(); // parent -> what its children show

// Let the children of `parent` show `what`, which is JSON: they are made anew
// only if it has changed, since somebody may be on one of them.
export function refill(parent, what, make) {
  const text = JSON.stringify(what);
  if (refilled.get(parent) === text) return;
  refilled.set(parent, text);
  parent.replaceChildren(...make());
}

// Show an element with this text, or hide it if there is none.
export function say(node, text) {
  node.textContent = text || '';
  node.hidden = !text;
}

// Move the focus to `node` after work that took a while, if it is still where it
// was before, at `from`, or was lost with what it was on.
export function focusFrom(from, node) {
  if ([from, document.body].includes(document.activeElement)) node.focus();
}

// To the clipboard; on an insecure origin, which has none, the old way.
export async function copyField(field) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand('copy');
  }
}

function templateOf(strings) {
  let template = templates.get(strings);
  if (template) return template;
  let text = strings[0];
  for (let i = 1; i < strings.length; i++) {
    const inTag = text.lastIndexOf('<') > text.lastIndexOf('>');
    text += (inTag ? `"${mark(i - 1)}"` : `<!--${mark(i - 1)}-->`) + strings[i];
  }
  template = document.createElement('template');
  template.innerHTML = text.trim();
  templates.set(strings, template);
  return template;
}

function fillAttributes(node, values) {
  for (const { name, value } of [...node.attributes]) {
    const found = value.match(marked);
    if (!found) continue;
    const given = values[found[1]];
    node.removeAttribute(name);
    if (name[0] === '@') node.addEventListener(name.slice(1), given);
    else if (given === true) node.setAttribute(name, '');
    else if (given !== false && given != null) node.setAttribute(name, given);
  }
}

function nodes(value) {
  if (value == null || value === false) return [];
  if (Array.isArray(value)) return value.flatMap(nodes);
  return [value instanceof Node ? value : String(value)];
}
