// The address holds artist, track and view, so that Back, a reload and a link
// come back to it.
import { set, state, watch } from './state.js';

let going = 0; // an address of before is being opened: nothing is written
let starting = 0; // nor here, until somebody chooses a track meanwhile
let shown = '';

export function startAddress(open) {
  addEventListener('popstate', async () => {
    going++;
    shown = location.search;
    set({ view: wanted().view });
    await open(wanted());
    going--;
  });
  watch(['artistId', 'artists', 'selection', 'view'], write);
}

// {artist: a slug, track: an item's id or set:PARSEID, view}
export function wanted() {
  const query = new URLSearchParams(location.search);
  return {
    artist: query.get('artist'),
    track: query.get('track'),
    view: query.get('view') === 'table' ? 'table' : 'list',
  };
}

// While `work` opens the address, it is not changed.
export async function opening(work) {
  starting++;
  try {
    return await work();
  } finally {
    starting--;
    write({ replace: true });
  }
}

function write({ replace = false } = {}) {
  const artist = state.artists?.find(({ id }) => id === state.artistId);
  if (going || (starting && !state.selection) || !artist) return;
  const query = new URLSearchParams({ artist: artist.slug });
  const { selection } = state;
  if (selection) {
    query.set('track', selection.itemId || `set:${selection.parseId}`);
  }
  if (state.view === 'table') query.set('view', 'table');
  const search = `?${query}`;
  if (search === location.search) return;
  const same = replace || !shown || !location.search;
  shown = search;
  history[same ? 'replaceState' : 'pushState'](null, '', search);
}
