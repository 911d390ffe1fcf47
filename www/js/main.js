// The page's table of contents: everything starts here.
import { startArtists, loadArtists } from './artists.js';
import { startDatasets } from './datasets.js';
import { startDesk } from './desk.js';
import { startDialogs } from './dialogs.js';
import { startDrop } from './drop.js';
import { startExample } from './example.js';
import { loadLayouts, startExport } from './export.js';
import { startHistory } from './history.js';
import { byId } from './html.js';
import { fetched, late, work } from './late.js';
import { startList } from './list.js';
import { notice } from './notices.js';
import { startSchema } from './schema.js';
import { startSession } from './session.js';
import { recall, set, state } from './state.js';
import { startTheme } from './theme.js';

startTheme();
startDialogs();
startSession();
startArtists();
startSchema();
startHistory();
startList();
startDesk();
startExport();
startDatasets();
startDrop();
startExample();
for (const id of ['model-open', 'model-change']) {
  byId(id).addEventListener('click', async () => {
    let model;
    if (
      await fetched(async () => {
        model = await import('./model.js');
      })
    ) {
      model.openModel();
    }
  });
}
const openKeys = () =>
  fetched(async () => (await import('./keys.js')).openKeys());
byId('keys-open').addEventListener('click', openKeys);
document.addEventListener('keydown', ({ key }) => {
  // Before there is an artist, nobody else hears it.
  if (key === '?' && !state.artistId && !document.querySelector('dialog[open]'))
    openKeys();
});
if (recall('artist')) work();
late(
  ['view'],
  () => state.view === 'table',
  async () => (await import('./table.js')).startTable(),
);
late(
  ['picked'],
  () => state.picked.size > 0,
  async () => (await import('./bulkedit.js')).startBulkEdit(),
);
late(
  ['items'],
  () => state.items?.some(({ audioPath }) => audioPath),
  async () => (await import('./windows.js')).startWindows(),
);
late(
  ['loose'],
  () => state.loose.length > 0,
  async () => (await import('./ear.js')).startEar(),
);
late(
  ['health', 'artistId'],
  () => state.artistId && state.health?.model === 'connected',
  () => import('./consent.js'),
);
late(
  ['artistId'],
  () => state.artistId,
  async () => (await import('./tabs.js')).startTabs(),
);
late(
  ['uploads', 'bulk', 'exporting'],
  () => state.uploads.length || state.bulk?.running || state.exporting,
  async () => (await import('./leave.js')).startLeave(),
);
late(
  ['datasets'],
  () => state.datasets?.length > 0,
  async () => (await import('./training.js')).startTraining(),
);
open();

async function open() {
  set({ failed: null });
  try {
    await Promise.all([loadHealth(), loadLayouts(), loadArtists()]);
  } catch (error) {
    set({ failed: { text: error.message, again: open } });
  }
}

// Only a hint (which model writes, what is wrong with the storage): the page
// works without the answer.
async function loadHealth() {
  const response = await fetch('/api/health').catch(() => null);
  const health = await response?.json().catch(() => null);
  set({ health });
  const wrong = health?.storageDetail;
  if (wrong)
    notice(`Whoever runs this server should know: ${wrong}.`, { stay: true });
}
