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

// Whatever of the page comes by `load`; false where it could not be had. A
// browser does not ask again for what failed once, so the page is loaded anew.
export async function fetched(load) {
  try {
    await load();
    return true;
  } catch {
    notice('A part of the page could not be fetched.', {
      action: 'Load the page again',
      run: () => location.reload(),
    });
    return false;
  }
}
