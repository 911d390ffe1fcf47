// What many captions would take, said before a connected model writes them.
import { call } from './api.js';
import { ask } from './dialogs.js';
import { count, length } from './format.js';
import { state } from './state.js';

// Whether to go on. If there is nothing to report, nobody is asked.
export async function agreed(n) {
  const { estimate, limit, currency } = await call('GET', '/api/train/costs', {
    query: { artistId: state.artistId, captions: n },
  }).catch(() => ({}));
  const short = limit && limit.left < n;
  if (!estimate && !short) return true;
  const parts = [];
  if (estimate) {
    const tokens = estimate.tokensIn + estimate.tokensOut;
    const price =
      estimate.cost === null
        ? `${tokens.toLocaleString()} tokens`
        : `${estimate.cost.toFixed(estimate.cost < 1 ? 3 : 2)} ${currency}`;
    // Three at once: see bulk.js.
    parts.push(
      `About ${price} and ${length(Math.ceil(estimate.sec / 3))} judging ` +
        'by the last captions.',
    );
  }
  if (short) {
    parts.push(
      `Only ${limit.left} more can be written today ` +
        '(CAPTION_DAILY_LIMIT).',
    );
  }
  return ask(
    `Write ${count(n, 'caption')}?`,
    parts.join(' '),
    'Write them',
    'Cancel',
  );
}
