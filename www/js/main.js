// The page's table of contents: everything starts here.
import { startArtists, loadArtists } from './artists.js';
import { startAudio } from './audio.js';
import { startBulk } from './bulk.js';
import { startCaption } from './caption.js';
import { startDatasets } from './datasets.js';
import { startDesk } from './desk.js';
import { startDialogs } from './dialogs.js';
import { startExample } from './example.js';
import { loadLayouts, startExport } from './export.js';
import { startImporter } from './importer.js';
import { startKeys } from './keys.js';
import { startLibrary } from './library.js';
import { startPairs } from './pairs.js';
import { startQueue } from './queue.js';
import { startSave } from './save.js';
import { startSchema } from './schema.js';
import { startSession } from './session.js';
import { set } from './state.js';
import { startTheme } from './theme.js';
import { startTraining } from './training.js';
import { startUploads } from './uploads.js';

startTheme();
startDialogs();
startSession();
startArtists();
startSchema();
startLibrary();
startDesk();
startAudio();
startCaption();
startSave();
startQueue();
startBulk();
startExport();
startDatasets();
startTraining();
startImporter();
startExample();
startPairs();
startUploads();
startKeys();
open();

async function open() {
  set({ failed: null });
  try {
    await Promise.all([loadHealth(), loadLayouts(), loadArtists()]);
  } catch (error) {
    set({ failed: { text: error.message, again: open } });
  }
}

// Only a hint (which model writes): the page works without the answer.
async function loadHealth() {
  const response = await fetch('/api/health').catch(() => null);
  set({ health: await response?.json().catch(() => null) });
}
