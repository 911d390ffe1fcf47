// The sources of a caption's words: a subtle line under each, and the same in
// words below the caption, for keyboards and screen readers.
import { html, refill } from './html.js';

const kinds = {
  stated: ['the set', 'Typed or declared in the set'],
  heard: ['its notes', 'What the set’s notes show'],
  schema: ['the master schema', 'In the master schema'],
  audio: ['the model’s ears', 'Heard by the model'],
  person: ['you', 'Written by you'],
};

// The place of each word: [{start, end, kind, word}], in code points; if two
// overlap, the longer one.
function placesOf(text, evidence) {
  const found = [];
  const points = (i) => [...text.slice(0, i)].length;
  const words = Object.keys(evidence)
    .filter((word) => kinds[evidence[word]])
    .sort((a, b) => b.length - a.length);
  for (const word of words) {
    const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const whole = new RegExp(
      `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`,
      'giu',
    );
    for (const { index, 0: said } of text.matchAll(whole)) {
      const place = {
        start: points(index),
        end: points(index + said.length),
        kind: evidence[word],
        word: said,
      };
      if (!found.some((one) => overlap(one, place))) found.push(place);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

const overlap = (a, b) => a.start < b.end && b.start < a.end;

const names = (kind) => html`<span data-rests=${kind}>${kinds[kind][0]}</span>`;

// A place that says it, before that node. What it returns says it of a text, and
// returns the places that no warning has: it is the louder of two on the same
// words. find(start, end): select these words.
export function legendOf(id, before) {
  const summary = html`<summary class="hint"></summary>`;
  const table = html`<dl></dl>`;
  const legend = html`<details class="evidence" id=${id} hidden>
    ${summary}${table}
  </details>`;
  before.before(legend);
  return (...given) => tell(legend, summary, table, ...given);
}

function tell(legend, summary, table, text, evidence, warnings, find) {
  const places = placesOf(text, evidence || {});
  const there = Object.keys(kinds).filter((kind) =>
    places.some((one) => one.kind === kind),
  );
  legend.hidden = !there.length;
  refill(summary, there, () => [
    'Underlined words rest on ',
    ...there.flatMap((kind, i) => [i ? ', ' : '', names(kind)]),
  ]);
  refill(table, [text, places], () =>
    there.flatMap((kind) => [
      html`<dt>${kinds[kind][1]}</dt>`,
      html`<dd>
        <ul>
          ${places
            .filter((one) => one.kind === kind)
            .map(
              ({ word, start, end }) =>
                html`<li>
                  <button
                    type="button"
                    class="link"
                    aria-label=${`Show “${word}” in the caption`}
                    data-rests=${kind}
                    @click=${() => find(start, end)}
                  >
                    ${word}
                  </button>
                </li>`,
            )}
        </ul>
      </dd>`,
    ]),
  );
  return places.filter((one) => !warnings.some((other) => overlap(one, other)));
}

document.head.append(html`<link rel="stylesheet" href="css/evidence.css" />`);
