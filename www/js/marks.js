// Lines under the words of a text field, drawn in a copy that lies below it.
import { html } from './html.js';

// places: [{start, end, kind}] in code points, as the server counts; `kind` of
// what words rest on, without one the caption and the set disagree.
export function paintMarks(node, field, text, places) {
  const points = [...(places.length ? text : '')];
  const parts = [];
  let at = 0;
  for (const { start, end, kind } of places.toSorted(
    (a, b) => a.start - b.start,
  )) {
    if (!(start >= at)) continue; // none, or inside of another
    const said = points.slice(start, end).join('');
    parts.push(
      points.slice(at, start).join(''),
      kind
        ? html`<span data-rests=${kind}>${said}</span>`
        : html`<u>${said}</u>`,
    );
    at = end;
  }
  node.replaceChildren(...parts, points.slice(at).join(''));
  node.scrollTop = field.scrollTop;
}

export function selectWords(field, text, start, end) {
  const units = (n) => [...text].slice(0, n).join('').length;
  field.focus();
  field.setSelectionRange(units(start), units(end));
}
