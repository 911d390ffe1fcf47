// Parts of the page that most visits do not need: they come when they are.
import { notice } from './notices.js';
import { state, watch } from './state.js';

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

// What asks whether a model may hear; null if there is no model to hear.
export async function ears() {
  if (state.health?.model !== 'connected') return null;
  await fetched(() => import('./consent.js'));
  return state.ears;
}

// What works on tracks: desk, uploads, pairing. It comes with the first artist,
// and is here before any track is.
let begun = null;
export function work() {
  begun ??= fetched(async () => (await import('./work.js')).startWork());
  return begun;
}
