// What a tab says of itself while it is not looked at: its title tells how far
// the work is, and closing it amid an upload asks first.
import { state, watch } from './state.js';
import { sending, uploadText } from './uploads.js';

const own = document.title;

function title() {
  const { bulk } = state;
  return (
    uploadText() ||
    (bulk?.running && `${bulk.done + bulk.failed}/${bulk.total} captions`) ||
    (state.exporting && 'Exporting…')
  );
}

export function startLeave() {
  watch(['uploads', 'pace', 'bulk', 'exporting'], () => {
    const now = title();
    document.title = now ? `${now} · ${own}` : own;
  });
  // It goes on where it was once the page is open again, and not before.
  addEventListener('beforeunload', (event) => {
    if (sending()) event.preventDefault();
  });
}
