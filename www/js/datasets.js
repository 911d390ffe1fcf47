// Datasets made so far, and a URL for each that works now.
import { call } from './api.js';
import { bytes, count, when } from './format.js';
import { byId, copyField, focusFrom, html, keyed, say } from './html.js';
import { fetched } from './late.js';
import { announce, notice } from './notices.js';
import { set, state, watch } from './state.js';

export function startDatasets() {
  byId('result-copy').addEventListener('click', copy);
  byId('result-url').addEventListener('focus', (e) => e.target.select());
  watch(['datasets'], render);
}

export async function loadDatasets() {
  const { artistId } = state;
  if (!artistId) return;
  try {
    const { datasets } = await call('GET', '/api/train/datasets', {
      query: { artistId },
    });
    if (state.artistId === artistId) set({ datasets });
  } catch (error) {
    notice(`Past datasets could not be loaded. ${error.message}`);
  }
}

export function showUrl({ datasetUrl, expiresAt, datasetId, layout }, text) {
  byId('result-text').textContent =
    `${text} It works until ${when(expiresAt)}.`;
  byId('result-url').value = datasetUrl;
  byId('result-open').href = datasetUrl;
  byId('result').hidden = false;
  fetched(async () => {
    const { offerTraining } = await import('./training.js');
    offerTraining(datasetId, layout);
  });
}

async function copy() {
  await copyField(byId('result-url'));
  byId('result-copy').textContent = 'Copied';
  announce('The link is copied.');
  setTimeout(() => {
    byId('result-copy').textContent = 'Copy link';
  }, 2000);
}

async function fresh(dataset) {
  say(byId('export-error'), '');
  const from = document.activeElement;
  try {
    const answer = await call('POST', `/api/train/datasets/${dataset.id}/url`);
    showUrl(
      { ...answer, datasetId: dataset.id, layout: dataset.layout },
      `${count(dataset.itemCount, 'track')}, ${bytes(
        dataset.bytes,
      )}, from ${when(dataset.createdAt)}.`,
    );
    focusFrom(from, byId('result-text'));
  } catch (error) {
    say(byId('export-error'), error.message);
  }
}

function render() {
  const list = state.datasets || [];
  byId('past').hidden = !list.length;
  byId('past-count').textContent = list.length ? `(${list.length})` : '';
  keyed(
    byId('datasets'),
    list,
    (d) => d.id,
    (d) =>
      html`<li>
        <span class="pick"
          ><span class="name">${when(d.createdAt)}</span
          ><span class="sub"
            >${d.layout} · ${count(d.itemCount, 'track')} ·
            ${bytes(d.bytes)}</span
          ></span
        ><button
          type="button"
          class="quiet"
          aria-label=${`New link for the dataset of ${when(d.createdAt)}`}
          @click=${() => fresh(d)}
        >
          New link
        </button>
      </li>`,
    () => {},
  );
}
