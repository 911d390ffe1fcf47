// All that works on tracks, which a first visitor has none of: see late.js.
import { startAudio } from './audio.js';
import { startBulk } from './bulk.js';
import { startCaption } from './caption.js';
import { startImporter } from './importer.js';
import { startKeys } from './keys.js';
import { startPairs } from './pairs.js';
import { startSave } from './save.js';
import { startUploads } from './uploads.js';

export function startWork() {
  startAudio();
  startCaption();
  startSave();
  startBulk();
  startImporter();
  startPairs();
  startUploads();
  startKeys();
}
