// Parts of the page that most visits do not need: they come when they are.
import { notice } from './notices.js';
import { watch } from './state.js';

// Load once, as soon as `needed` holds after a change of these members.
export function late(keys, needed, load) {
  let begun = false;
  watch(keys, () => {
    if (begun || !needed()) return;
    begun = true;
    fetched(load);
  });
}

// A part of the page that `load` fetches; false if it failed. A browser does
// not repeat a failed import, so the page is reloaded.
export async function fetched(load) {
  try {
    await load();
    return true;
  } catch {
    notice('A part of the page could not be loaded.', {
      action: 'Reload the page',
      run: () => location.reload(),
    });
    return false;
  }
}

// What works on tracks: desk, uploads, pairing. It comes with the first artist,
// and is here before any track is.
let begun = null;
export function work() {
  begun ??= fetched(async () => (await import('./work.js')).startWork());
  return begun;
}
