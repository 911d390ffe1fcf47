// Work on many tracks at once: captions replaced, words put in front, one
// caption copied, tracks set aside or deleted, only these exported.
import { generateRows, windowsOfRows } from './bulk.js';
import { changeCaptions } from './captions.js';
import { count } from './format.js';
import { did } from './history.js';
import { byId, html } from './html.js';
import { removeItems } from './list.js';
import { putBack } from './pairs.js';
import { isAlone } from './standing.js';
import { set, watch } from './state.js';
import { pickedRows, pickNone, setAside } from './tracks.js';

const most = 50; // changes that the preview shows

export function startBulkEdit() {
  const on = (id, work) => byId(id).addEventListener('click', work);
  on('many-write', () => generateRows(pickedRows()));
  on('many-windows', () => windowsOfRows(pickedRows()));
  on('many-edit', openEdit);
  on('many-aside', aside);
  on('many-delete', removeMany);
  on('many-export', () => set({ only: exportable().map((r) => r.item.id) }));
  on('many-none', pickNone);
  for (const id of ['edit-way', 'edit-find', 'edit-with', 'edit-from']) {
    byId(id).addEventListener('input', preview);
  }
  byId('edit-form').addEventListener('submit', submit);
  watch(['picked', 'items', 'drafted', 'aside', 'sets'], render);
}

const isDraft = (row) => !row.item && isAlone(row.parseId || '');

// Audio that has no set and is not saved goes back among the bounces.
async function removeMany() {
  const rows = pickedRows();
  for (const { parseId } of rows.filter(isDraft)) await putBack(parseId);
  const items = rows.filter(({ item }) => item);
  if (items.length) await removeItems(items);
}

const exportable = () =>
  pickedRows().filter(
    ({ item }) => item && ['ready', 'exported'].includes(item.status),
  );

function aside() {
  const rows = pickedRows().filter(({ bounce }) => !bounce);
  const on = !rows.every((row) => row.aside);
  setAside(rows, on);
  did(
    count(rows.length, 'track'),
    () => setAside(rows, !on),
    () => setAside(rows, on),
    {
      tell: `${on ? 'Set aside' : 'Brought back'}: ${count(rows.length, 'track')}.`,
    },
  );
}

function render() {
  const rows = pickedRows();
  byId('many').hidden = !rows.length;
  byId('many-count').textContent = `${rows.length} selected`;
  byId('many-delete').disabled = !rows.some((row) => row.item || isDraft(row));
  byId('many-export').disabled = !exportable().length;
  byId('many-aside').textContent =
    rows.length && rows.every((row) => row.aside) ? 'Bring back' : 'Set aside';
}

/* ---- the dialog ---- */

function openEdit() {
  const from = byId('edit-from');
  from.replaceChildren(
    ...pickedRows()
      .filter(({ caption }) => caption)
      .map((row) => html`<option value=${row.id}>${row.name}</option>`),
  );
  preview();
  byId('edit-dialog').showModal();
}

// The change that the dialog would make to one caption.
function changeOf() {
  const [way, find, given] = ['edit-way', 'edit-find', 'edit-with'].map(
    (id) => byId(id).value,
  );
  const words = given.trim();
  if (way === 'replace') {
    return (text) => (find ? text.split(find).join(given) : text);
  }
  if (way === 'front') {
    return (text) =>
      !words || !text || beginsWith(text, words)
        ? text
        : `${words}${/[,.:;]$/.test(words) ? '' : ','} ${text}`;
  }
  if (way === 'behind') {
    return (text) =>
      !words || !text || endsWith(text, words)
        ? text
        : `${text.replace(/[.\s]+$/, '')}, ${words}`;
  }
  const from = pickedRows().find(({ id }) => id === byId('edit-from').value);
  return (text) => from?.caption || text;
}

// As words: "warm" is not the beginning of "Warmth", nor of "warmer".
const letter = /[\p{L}\p{N}]/u;
const beginsWith = (text, words) =>
  text.startsWith(words) &&
  !(letter.test(words.at(-1)) && letter.test(text[words.length] || ''));
const bare = (text) => text.replace(/[.\s]+$/, '');
const endsWith = (text, words) =>
  bare(text).endsWith(bare(words)) &&
  !(
    letter.test(words[0]) &&
    letter.test(bare(text).at(-bare(words).length - 1) || '')
  );

// {made: [[row, text]], emptied: how many would be left without a word, and
// stay as they are}
function changes() {
  const change = changeOf();
  const all = pickedRows()
    .filter(({ bounce }) => !bounce)
    .map((row) => [row, change(row.caption)])
    .filter(([row, text]) => text !== row.caption);
  const made = all.filter(([, text]) => text.trim());
  return { made, emptied: all.length - made.length };
}

function preview() {
  const way = byId('edit-way').value;
  byId('edit-find-row').hidden = way !== 'replace';
  byId('edit-with-row').hidden = way === 'copy';
  byId('edit-from-row').hidden = way !== 'copy';
  byId('edit-with-label').textContent =
    way === 'replace' ? 'Replace with' : 'Words';
  const { made: all, emptied } = changes();
  byId('edit-count').textContent =
    (all.length
      ? `${count(all.length, 'caption')} will change`
      : 'No caption will change') +
    (emptied ? `; ${emptied} would be empty, and will not` : '');
  byId('edit-save').disabled = !all.length;
  byId('edit-preview').replaceChildren(
    ...all.slice(0, most).map(
      ([row, text]) =>
        html`<li>
          <strong>${row.name}</strong> <del>${row.caption}</del>
          <ins>${text}</ins>
        </li>`,
    ),
  );
}

async function submit(event) {
  event.preventDefault();
  const { made: all } = changes();
  byId('edit-save').disabled = true;
  const done = await changeCaptions(all, count(all.length, 'caption'));
  byId('edit-save').disabled = false;
  if (done) byId('edit-dialog').close();
}
