// The dataset: layout, what would go wrong, the export, its URL.
import { call } from './api.js';
import { loadDatasets, showUrl } from './datasets.js';
import { postEvents } from './events.js';
import { bytes, count, length, nameOf } from './format.js';
import { byId, html, say } from './html.js';
import { announce } from './notices.js';
import { loadItems } from './queue.js';
import { recall, remember, set, state, watch } from './state.js';

let latest = 0;

export function startExport() {
  byId('layout').addEventListener('change', (event) => {
    remember('layout', event.target.value);
    set({ layout: event.target.value });
  });
  byId('again').addEventListener('change', check);
  byId('export').addEventListener('click', run);
  watch(['artistId'], () => {
    byId('result').hidden = true;
    byId('again').checked = false;
    say(byId('export-error'), '');
  });
  watch(['layouts', 'layout', 'counts', 'exporting', 'artistId'], render);
  watch(['layout', 'items'], check);
}

export async function loadLayouts() {
  const { layouts } = await call('GET', '/api/train/layouts');
  const known = (name) => layouts.some((l) => l.name === name);
  const wanted = recall('layout');
  set({ layouts, layout: known(wanted) ? wanted
    : known('replicate') ? 'replicate' : layouts[0].name });
}

const taken = () => (state.counts.ready || 0) +
  (byId('again').checked ? state.counts.exported || 0 : 0);

const order = () => ({ artistId: state.artistId, layout: state.layout,
  includeExported: byId('again').checked });

async function check() {
  const mine = ++latest;
  render();
  if (!state.artistId || !state.layout || !state.items || !taken()) {
    byId('check').replaceChildren();
    return;
  }
  const answer = await call('POST', '/api/train/export/check',
    { body: order() }).catch(() => null);
  if (mine !== latest || !answer) return;
  const { items, minutes, trainer, blocks, warns } = answer;
  byId('check').replaceChildren(
    html`<p>${count(items, 'item')}, ${length(minutes * 60)}. The trainer
      makes ${count(trainer.pieces, 'piece')} of it, ${
      trainer.samplesWithText} with a caption.</p>`,
    findings('Must be mended first', blocks, 'bad'),
    findings('Worth a look', warns, 'warn'));
}

function findings(title, list, kind) {
  if (!list.length) return '';
  const names = new Map((state.items || []).map((i) => [i.id, nameOf(i)]));
  return html`<details class=${kind} open=${kind === 'bad'}>
    <summary>${title} (${String(list.length)})</summary>
    <ul>${list.slice(0, 50).map(({ itemId, detail }) => html`<li>${
      itemId ? `${names.get(itemId) || itemId}: ` : ''}${detail}</li>`)}</ul>
    </details>`;
}

async function run() {
  set({ exporting: true });
  say(byId('export-error'), '');
  byId('result').hidden = true;
  byId('export-bar').removeAttribute('value');
  byId('export-text').textContent = 'Collecting…';
  const start = performance.now();
  try {
    const done = await postEvents('/api/train/export', { body: order(),
      on: (name, data) => name === 'progress' && progress(data, start) });
    showUrl(done, `${count(done.itemCount, 'item')}, ${bytes(done.bytes)}. ${
      done.verified ? 'The link was tried and works.'
        : 'The link could not be tried from here.'}`);
    announce('The dataset is ready.');
    byId('result-text').focus();
  } catch (error) {
    say(byId('export-error'), error.message);
  } finally {
    set({ exporting: false });
    await Promise.all([loadItems(), loadDatasets()]);
  }
}

function progress({ itemsDone, itemCount, bytesDone, bytes: all }, start) {
  const part = all ? bytesDone / all : 0;
  byId('export-bar').value = part;
  const spent = (performance.now() - start) / 1000;
  const left = part > 0.05 && part < 1
    ? `, ${length(spent / part - spent)} left` : '';
  byId('export-text').textContent =
    `${itemsDone}/${itemCount} items, ${bytes(bytesDone)} of ${bytes(all)}${
      left}`;
}

function render() {
  const { layouts, layout, counts, exporting } = state;
  const choice = byId('layout');
  if (layouts && choice.children.length !== layouts.length) {
    choice.replaceChildren(...layouts.map((l) =>
      html`<option value=${l.name}>${l.title}</option>`));
  }
  choice.value = layout;
  choice.disabled = exporting;
  byId('layout-use').textContent =
    layouts?.find((l) => l.name === layout)?.use || '';
  byId('again-row').hidden = !counts.exported;
  byId('again-label').textContent =
    `Also the ${count(counts.exported || 0, 'item')} exported before`;
  byId('export').disabled = exporting || !taken();
  byId('export').setAttribute('aria-busy', String(exporting));
  byId('export-run').hidden = !exporting;
}
