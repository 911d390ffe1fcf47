// Tracks as a table over the whole width: every fact side by side, captions
// edited in place (Enter: keep it and go down; Escape: undo it).
import { call } from './api.js';
import { changeCaptions } from './captions.js';
import { length, tempo, words } from './format.js';
import { byId, html, keyed } from './html.js';
import { foldButton, open, showFolded, stateBadge } from './list.js';
import { ofRows, pick, pickAll, pickNone, shownRows } from './tracks.js';
import { remember, set, state, watch } from './state.js';
import { Virtual } from './virtual.js';

const columns = [
  ['name', 'Track'],
  ['state', 'State'],
  ['tempo', 'Tempo'],
  ['key', 'Key'],
  ['length', 'Length'],
  ['', 'Instruments'],
  ['', 'Caption'],
  ['words', 'Words'],
  ['problems', 'Checks'],
  ['', 'Windows'],
];

let table;
let asking = 0;
let editing = null; // {id, was}

export function startTable() {
  const body = byId('table-body');
  byId('table-head').append(...columns.map(heading));
  byId('table-all').addEventListener('change', (event) =>
    event.target.checked ? pickAll() : pickNone(),
  );
  table = new Virtual(byId('table-scroll'), {
    guess: 44,
    rowIn: () => body.firstElementChild,
    place: (before, after) => {
      byId('table-before').style.height = `${before}px`;
      byId('table-after').style.height = `${after}px`;
    },
    show: (rows, from) => {
      keyed(
        body,
        rows,
        ({ id }) => id,
        makeRow,
        (node, row, i) => updateRow(node, row, from + i),
      );
      clearTimeout(asking);
      asking = setTimeout(() => askFacts(rows), 150); // none of those passed by
    },
  });
  watch([...ofRows, 'bulk', 'picked', 'view', 'facts'], render);
}

function heading([by, text]) {
  if (!by) return html`<th scope="col">${text}</th>`;
  return html`<th scope="col" data-by=${by}>
    <button type="button" class="quiet" @click=${() => sortBy(by)}>
      ${text}
    </button>
  </th>`;
}

// Up, down, and as they were added.
function sortBy(by) {
  const next = { [by]: `${by}-down`, [`${by}-down`]: 'added' };
  const sort = next[state.sort] || by;
  remember('sort', sort);
  set({ sort });
}

function render() {
  const shown = state.view === 'table';
  byId('table-panel').hidden = !shown;
  if (!shown) return;
  const rows = shownRows();
  byId('table').setAttribute('aria-rowcount', String(rows.length + 1));
  for (const th of byId('table-head').querySelectorAll('[data-by]')) {
    const [by, down] = state.sort.split('-');
    if (by !== th.dataset.by) th.removeAttribute('aria-sort');
    else th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  }
  const all = rows.length > 0 && rows.every(({ id }) => state.picked.has(id));
  byId('table-all').checked = all;
  byId('table-all').indeterminate = !all && state.picked.size > 0;
  table.set(rows);
}

const now = (id) => shownRows().find((row) => row.id === id);

function makeRow({ id }) {
  return html`<tr>
    <td>
      <input
        type="checkbox"
        @click=${(event) => pick(now(id), { range: event.shiftKey })}
      />
    </td>
    <th scope="row">
      <button
        type="button"
        class="link one-line"
        dir="auto"
        @click=${() => show(now(id))}
      ></button
      >${foldButton(id)}
    </th>
    <td></td>
    <td></td>
    <td></td>
    <td></td>
    <td class="one-line"></td>
    <td class="edit">
      <button type="button" class="text" @click=${() => edit(id)}></button>
    </td>
    <td></td>
    <td></td>
    <td></td>
  </tr>`;
}

function updateRow(node, row, index) {
  const run = state.bulk?.rows.get(row.parseId)?.text;
  const facts = state.facts.get(row.parseId);
  const guess = row.guessed ? '≈ ' : '';
  const shown = JSON.stringify([
    row.name,
    row.state,
    row.caption,
    run,
    index,
    state.picked.has(row.id),
    row.seconds,
    row.tempo,
    row.key,
    row.guessed,
    row.problems,
    facts || null,
    row.item?.windows,
    row.folded,
    editing?.id === row.id,
  ]);
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  node.setAttribute('aria-rowindex', String(index + 2));
  const cells = node.children;
  const box = cells[0].firstElementChild;
  box.checked = state.picked.has(row.id);
  box.setAttribute('aria-label', `Select ${row.name}`);
  cells[1].firstElementChild.textContent = row.name;
  cells[1].firstElementChild.title = row.name;
  showFolded(cells[1], row);
  cells[2].replaceChildren(stateBadge(row.state));
  cells[3].textContent = row.tempo
    ? guess +
      tempo(row.guessed ? Math.round(row.tempo) : row.tempo).replace(' BPM', '')
    : '';
  cells[4].textContent = row.key ? guess + row.key : '';
  for (const i of [3, 4]) {
    cells[i].title =
      row.guessed && cells[i].textContent ? 'A guess, measured' : '';
  }
  cells[5].textContent = row.seconds ? length(row.seconds) : '';
  cells[6].textContent = instrumentsOf(facts);
  cells[6].title = cells[6].textContent;
  if (editing?.id !== row.id) showText(cells[7], row, run);
  cells[8].textContent = row.caption ? String(words(row.caption)) : '';
  cells[9].replaceChildren(...problemsOf(row));
  cells[10].textContent = row.item?.windows ? String(row.item.windows) : '';
}

const instrumentsOf = (facts) =>
  (facts?.instruments || [])
    .filter(({ evidence }) => evidence !== 'guessed')
    .map(({ name }) => name)
    .join(', ');

function problemsOf({ problems }) {
  if (!problems.length) return [];
  const text = problems.map(({ detail }) => detail).join(' ');
  return [
    html`<span title=${text}
      >⚠ ${String(problems.length)}<span class="hidden">: ${text}</span></span
    >`,
  ];
}

function showText(cell, row, run) {
  const field = cell.querySelector('textarea');
  if (field) {
    cell.replaceChildren(
      html`<button
        type="button"
        class="text"
        @click=${() => edit(row.id)}
      ></button>`,
    );
  }
  const button = cell.firstElementChild;
  button.textContent = run || row.caption || (row.bounce ? '' : 'Write…');
  button.classList.toggle('hint', Boolean(run || !row.caption));
  button.disabled = Boolean(row.bounce || row.state === 'uploading');
  button.setAttribute(
    'aria-label',
    `Caption of ${row.name}: ${row.caption || 'none'}`,
  );
}

function show(row) {
  set({ view: 'list' });
  return open(row, { focus: true });
}

/* ---- a caption in place ---- */

const cellOf = (id) =>
  byId('table-body').querySelector(`[data-key="${CSS.escape(id)}"]`)
    ?.children[7];

function edit(id) {
  const row = now(id);
  const cell = cellOf(id);
  if (!row || !cell || row.bounce || row.state === 'uploading') return;
  if (!state.items) return; // the rest of a long list is on its way
  editing = { id, was: row.caption };
  const field = html`<textarea
    rows="4"
    maxlength="4000"
    aria-label=${`Caption of ${row.name}`}
    @keydown=${pressed}
    @blur=${() => keep()}
  ></textarea>`;
  field.value = row.caption;
  cell.replaceChildren(field);
  field.focus();
}

async function pressed(event) {
  if (event.isComposing) return;
  event.stopPropagation();
  if (event.key === 'Escape') {
    event.target.value = editing.was;
    const { id } = editing;
    await keep();
    cellOf(id)?.firstElementChild.focus();
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    const rows = shownRows();
    const here = rows.findIndex(({ id }) => id === editing.id);
    const next = rows.slice(here + 1).find(({ bounce }) => !bounce);
    const kept = keep();
    // Where it would move the next one, its row has to move first.
    if (/^(state|words|problems)/.test(state.sort)) await kept;
    if (next) {
      // Not after the server: keys that come meanwhile are for its caption.
      table.reveal(rows.indexOf(next));
      edit(next.id);
    }
    await kept;
  }
}

// The text in the field becomes the caption.
async function keep() {
  if (!editing) return;
  const { id } = editing;
  const row = now(id);
  const cell = cellOf(id);
  const text = (cell?.querySelector('textarea')?.value ?? '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  editing = null;
  if (cell && row) {
    cell.closest('tr').dataset.shown = '';
    showText(cell, { ...row, caption: text });
  }
  if (row && text !== row.caption) {
    await changeCaptions([[row, text]], `caption of ${row.name}`);
  }
}

/* ---- instruments come from the sets, as rows are looked at ---- */

const asked = new Set();

async function askFacts(rows) {
  for (const { parseId, set: listed } of rows) {
    if (!listed || asked.has(parseId)) continue;
    asked.add(parseId);
    const answer = await call(
      'GET',
      `/api/library/${encodeURIComponent(parseId)}`,
    ).catch(() => null);
    if (answer?.facts) {
      set({ facts: new Map(state.facts).set(parseId, answer.facts) });
    }
  }
}
