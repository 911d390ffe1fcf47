// The dataset: layout, what would go wrong, the export, its URL.
import { call } from './api.js';
import { loadDatasets, showUrl } from './datasets.js';
import { postEvents } from './events.js';
import { bytes, count, length, nameOf } from './format.js';
import { byId, focusFrom, html, refill, say } from './html.js';
import { loadItems } from './load.js';
import { announce } from './notices.js';
import { aloneDrafts } from './standing.js';
import { recall, remember, set, state, watch } from './state.js';

let latest = 0;
let timer;
let foreign = false; // the export that runs was not begun here
let canceled = false;

export function startExport() {
  byId('layout').addEventListener('change', (event) => {
    remember('layout', event.target.value);
    set({ layout: event.target.value });
  });
  byId('again').addEventListener('change', check);
  byId('options').addEventListener('change', check);
  byId('export').addEventListener('click', run);
  byId('export-cancel').addEventListener('click', cancel);
  byId('only-all').addEventListener('click', () => set({ only: null }));
  addEventListener('focus', look);
  watch(['artistId'], () => {
    set({ only: null });
    look();
    byId('result').hidden = true;
    byId('again').checked = false;
    say(byId('export-error'), '');
  });
  watch(
    [
      'layouts',
      'layout',
      'counts',
      'items',
      'exporting',
      'artistId',
      'only',
      'drafted',
    ],
    render,
  );
  watch(['layout', 'items', 'only'], check);
}

export async function loadLayouts() {
  const { layouts } = await call('GET', '/api/train/layouts');
  const known = (name) => layouts.some((l) => l.name === name);
  const wanted = recall('layout');
  set({
    layouts,
    layout: known(wanted)
      ? wanted
      : known('replicate')
        ? 'replicate'
        : layouts[0].name,
  });
}

const taken = () =>
  state.only
    ? state.only.length
    : (state.counts.ready || 0) +
      (byId('again').checked ? state.counts.exported || 0 : 0);

const chosen = () => state.layouts?.find((l) => l.name === state.layout);

// The options that the layout knows, and that can be sent.
function options() {
  const fields = {
    trigger: byId('trigger'),
    segmentSec: byId('segment'),
    split: byId('split'),
    captions: byId('captions'),
  };
  const read = {
    trigger: (text) => text,
    segmentSec: Number,
    split: (text) => Number(text) / 100,
    captions: (text) => text,
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(
        ([name, field]) =>
          chosen()?.options.includes(name) &&
          !field.disabled &&
          field.value.trim() &&
          field.checkValidity(),
      )
      .map(([name, field]) => [name, read[name](field.value.trim())]),
  );
}

// The selected ones, whatever they are; otherwise everything that is ready.
const order = () => ({
  artistId: state.artistId,
  layout: state.layout,
  ...(state.only
    ? { itemIds: state.only, includeExported: true }
    : { includeExported: byId('again').checked }),
  ...options(),
});

async function check() {
  const mine = ++latest;
  render();
  if (!state.artistId || !state.layout || !state.items || !taken()) {
    refill(byId('check'), null, () => []);
    return;
  }
  const answer = await call('POST', '/api/train/export/check', {
    body: order(),
  }).catch(() => null);
  if (mine !== latest || !answer) return;
  const { items, minutes, trainer, windows } = answer;
  const [blocks, warns] = [answer.blocks, answer.warns].map(inWords);
  refill(byId('check'), { ...answer, blocks, warns }, () => [
    html`<p>
      ${count(items, 'track')}, ${length(minutes * 60)}. Trains on
      ${count(trainer.pieces, 'clip')},
      ${captioned(trainer)}.${
        windows
          ? ` ${count(windows.count, 'window')}; what sounds is known in
      ${windows.withKnownParts}.`
          : ''
      }
    </p>`,
    findings(
      `${count(blocks.length, 'problem')} to fix before exporting`,
      blocks,
      'bad',
    ),
    findings(`${count(warns.length, 'note')} worth a look`, warns, 'warn'),
  ]);
}

function inWords(list) {
  const names = new Map((state.items || []).map((i) => [i.id, nameOf(i)]));
  return list.map(({ itemId, detail }) =>
    itemId ? `${names.get(itemId) || itemId}: ${detail}` : detail,
  );
}

const captioned = ({ pieces, samplesWithText: n }) =>
  n === pieces ? (n === 1 ? 'captioned' : 'all captioned') : `${n} captioned`;

function findings(title, list, kind) {
  if (!list.length) return '';
  return html`<details class=${kind} open=${kind === 'bad'}>
    <summary>${title}</summary>
    <ul>
      ${list.slice(0, 50).map((text) => html`<li>${text}</li>`)}
    </ul>
  </details>`;
}

async function run() {
  canceled = false;
  set({ exporting: true });
  say(byId('export-error'), '');
  byId('result').hidden = true;
  byId('export-bar').removeAttribute('value');
  byId('export-text').textContent = 'Making the zip…';
  const start = performance.now();
  const from = document.activeElement;
  try {
    const done = await postEvents('/api/train/export', {
      body: order(),
      on: (name, data) => name === 'progress' && progress(data, start),
    });
    showUrl(
      done,
      `${count(done.itemCount, 'track')}, ${bytes(done.bytes)}. ${reach(done)}`,
    );
    set({ only: null });
    announce('The dataset is ready.');
    focusFrom(from, byId('result-text'));
  } catch (error) {
    // Cancel came through before the answer that it caused.
    say(
      byId('export-error'),
      canceled
        ? 'The export was canceled. Nothing was changed.'
        : error.message,
    );
  } finally {
    set({ exporting: false });
    await Promise.all([loadItems(), loadDatasets()]);
  }
}

// Where the link works, and for whom.
function reach({ datasetUrl, verified }) {
  const { hostname } = new URL(datasetUrl);
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
    return (
      'The link works on this computer only: download the zip, or set ' +
      'PUBLIC_URL to an address that your trainer can reach.'
    );
  }
  return verified
    ? 'The link was tried and works.'
    : 'The link could not be tried from here: open it once to see that it works.';
}

async function cancel() {
  canceled = true;
  await call('POST', '/api/train/export/cancel', {
    body: { artistId: state.artistId },
  }).catch((error) => {
    canceled = false;
    say(byId('export-error'), error.message);
  });
}

// An export from before a reload, or from another tab, is shown too, and its
// end is announced.
async function look() {
  const { artistId } = state;
  clearTimeout(timer);
  if (!artistId || (state.exporting && !foreign)) return;
  const { running } = await call('GET', '/api/train/export', {
    query: { artistId },
  }).catch(() => ({ running: null }));
  if (artistId !== state.artistId || (state.exporting && !foreign)) return;
  if (running) {
    foreign = true;
    set({ exporting: true });
    progress(running, performance.now());
    timer = setTimeout(look, 1500);
  } else if (foreign) {
    foreign = false;
    set({ exporting: false });
    announce('The export has ended.');
    await Promise.all([loadItems(), loadDatasets()]);
  }
}

function progress(
  {
    itemsDone,
    itemCount,
    bytesDone,
    bytes: all,
    conversionsDone: made,
    conversionCount: toMake,
  },
  start,
) {
  const part = made < toMake ? made / toMake : all ? bytesDone / all : 0;
  byId('export-bar').value = part;
  const spent = (performance.now() - start) / 1000;
  const left =
    part > 0.05 && part < 1 ? `, ${length(spent / part - spent)} left` : '';
  byId('export-text').textContent =
    made < toMake
      ? `Converting ${made}/${toMake} tracks${left}`
      : `${itemsDone}/${itemCount} tracks, ${bytes(bytesDone)} of ${bytes(all)}${
          left
        }`;
}

function render() {
  const { layouts, layout, counts, exporting } = state;
  const choice = byId('layout');
  if (layouts && choice.children.length !== layouts.length) {
    choice.replaceChildren(
      ...layouts.map((l) => html`<option value=${l.name}>${l.title}</option>`),
    );
  }
  choice.value = layout;
  choice.disabled = exporting;
  byId('layout-use').textContent = chosen()?.use || '';
  for (const field of byId('options').children)
    field.hidden = !chosen()?.options.includes(field.dataset.option);
  // Windows are the pieces already.
  byId('segment').disabled =
    byId('captions').value === 'windows' &&
    Boolean(chosen()?.options.includes('captions'));
  byId('segment').max = chosen()?.segmentSecMax || 600;
  byId('again-row').hidden = !counts.exported || Boolean(state.only);
  byId('only-row').hidden = !state.only;
  byId('only-text').textContent = state.only
    ? `Only ${count(state.only.length, 'selected track')}`
    : '';
  renderCount();
  byId('again-label').textContent =
    `Include ${counts.exported || 0} already exported`;
  byId('export').disabled = exporting || !taken();
  byId('export').setAttribute('aria-busy', String(exporting));
  byId('export-run').hidden = !exporting;
  byId('export-cancel').hidden = !exporting;
}

// "3/10 ready": of those that have audio or may get it, the exported apart.
function renderCount() {
  const items = state.items || [];
  const { ready = 0, exported = 0 } = state.counts;
  const known = items.length + aloneDrafts().length;
  const all = known - exported;
  byId('ready-count').textContent = !known
    ? ''
    : !all
      ? `${exported} exported`
      : `${ready}/${all} ready${exported ? `, ${exported} exported` : ''}`;
  byId('ready-bar').value = known ? (ready + exported) / known : 0;
}
