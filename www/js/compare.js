// Two captions that a model wrote for one track, side by side. The words that
// only one of them has are marked.
import { count, when } from './format.js';
import { html } from './html.js';

const word = /[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu;
let dialog = null;
let sides = null; // [{choice, about, text, take}], of both columns
let all = []; // generations, newest first
let use = null;

// earlier: generations, newest first, at least two; taken(generation): called
// with the chosen one.
export function compare(earlier, taken) {
  all = earlier;
  use = taken;
  dialog ??= make();
  sides.forEach(({ choice }, i) => {
    choice.replaceChildren(
      ...all.map(
        (g) =>
          html`<option value=${g.id}>
            ${when(g.createdAt)}: ${g.prompt.slice(0, 40)}
          </option>`,
      ),
    );
    choice.value = all[1 - i].id; // the newest is on the right
  });
  render();
  dialog.showModal();
}

function make() {
  sides = ['Left', 'Right'].map((name) => {
    const choice = html`<select
      aria-label=${`${name} caption`}
      @change=${render}
    ></select>`;
    const about = html`<p class="hint"></p>`;
    const text = html`<p class="text"></p>`;
    const take = html`<button
      type="button"
      aria-label=${`Use the ${name.toLowerCase()} caption`}
    >
      Use this one
    </button>`;
    return { choice, about, text, take };
  });
  sides.forEach(({ take }, i) =>
    take.addEventListener('click', () => {
      dialog.close();
      use(chosen(i));
    }),
  );
  const made = html`<dialog
    class="wide compare"
    aria-labelledby="compare-title"
  >
    <h2 id="compare-title">Compare captions</h2>
    <p class="hint">Words that only one of them has are marked.</p>
    <div class="sides">
      ${sides.map(
        ({ choice, about, text, take }) =>
          html`<section>${choice}${about}${text}${take}</section>`,
      )}
    </div>
    <div class="row end">
      <button type="button" @click=${() => dialog.close()}>Close</button>
    </div>
  </dialog>`;
  document.head.append(html`<link rel="stylesheet" href="css/compare.css" />`);
  document.body.append(made);
  return made;
}

const chosen = (i) => all.find(({ id }) => id === sides[i].choice.value);

function render() {
  const both = [chosen(0), chosen(1)];
  const marked = differing(both[0].prompt, both[1].prompt);
  sides.forEach(({ about, text }, i) => {
    const { model, version, prompt } = both[i];
    about.textContent = [
      model,
      version,
      marked[i].length ? `${count(marked[i].length, 'word')} only here` : '',
    ]
      .filter(Boolean)
      .join(' · ');
    text.replaceChildren(...withMarks(prompt, marked[i]));
  });
}

function withMarks(text, spans) {
  const parts = [];
  let at = 0;
  for (const [start, end] of spans) {
    parts.push(
      text.slice(at, start),
      html`<mark>${text.slice(start, end)}</mark>`,
    );
    at = end;
  }
  return [...parts, text.slice(at)];
}

// The words of each text that are not in the longest sequence that both have:
// [[[start, end]], [[start, end]]].
export function differing(left, right) {
  const [a, b] = [left, right].map((text) => [...text.matchAll(word)]);
  const same = (i, j) => a[i][0].toLowerCase() === b[j][0].toLowerCase();
  const longest = Array.from(
    { length: a.length + 1 },
    () => new Uint16Array(b.length + 1),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i][j] = same(i, j)
        ? longest[i + 1][j + 1] + 1
        : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const only = [[], []];
  const skip = (side, { index, 0: said }) =>
    only[side].push([index, index + said.length]);
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (same(i, j)) {
      i++;
      j++;
    } else if (longest[i + 1][j] >= longest[i][j + 1]) {
      skip(0, a[i++]);
    } else {
      skip(1, b[j++]);
    }
  }
  a.slice(i).forEach((one) => skip(0, one));
  b.slice(j).forEach((one) => skip(1, one));
  return only;
}
