// The desk: what the page shows of the one set or item that is being worked on,
// and what it says to do now.
import { factsOf, guessesOf, measuredOf, partsOf } from './facts.js';
import { count, length } from './format.js';
import { byId, html, refill } from './html.js';
import { stateBadge } from './list.js';
import { nextSelection } from './next.js';
import {
  aloneDrafts,
  currentItem,
  currentName,
  hasAudio,
  isWaiting,
  uploading,
} from './standing.js';
import { state, watch } from './state.js';

export function startDesk() {
  watch(
    [
      'artistId',
      'artists',
      'sets',
      'items',
      'selection',
      'draft',
      'busy',
      'failed',
      'uploads',
      'loose',
      'drafted',
    ],
    renderInstruction,
  );
  watch(
    ['selection', 'items', 'sets', 'summary', 'failed', 'draft'],
    renderDesk,
  );
}

function renderInstruction() {
  byId('instruction').textContent = instruction();
}

function instruction() {
  if (state.failed) return 'Your tracks could not be loaded.';
  if (!state.artists) return 'Opening the studio…';
  if (!state.artistId) return 'Make an artist to begin.';
  if (!state.sets || !state.items) return 'Loading your tracks…';
  if (!state.selection) return startingPoint();
  if (uploading(state.selection.parseId)) {
    return `“${currentName()}” is being uploaded.`;
  }
  if (!hasAudio()) return `Drop the bounced audio of “${currentName()}”.`;
  if (state.busy === 'generating') return 'Writing the caption…';
  if (!state.draft.caption) {
    return 'Click Write caption, or write it yourself.';
  }
  const item = currentItem();
  if (item && !isWaiting(item) && item.promptText === state.draft.caption) {
    return item.status === 'exported'
      ? 'This one is in a dataset already.'
      : 'This one is ready for the dataset.';
  }
  return 'Review the caption, then Save & Next.';
}

function startingPoint() {
  if (!state.sets.length && !state.items.length && !aloneDrafts().length) {
    if (state.loose.length) return 'Add its set, or use it without a set.';
    return 'Drop your Live sets (.als) to fill the library.';
  }
  if (state.items.length && !nextSelection()) {
    if (state.uploads.length) return 'The last uploads are under way.';
    return doneText();
  }
  return 'Choose a track to start.';
}

// What closes the job: "22 tracks, 1:17:37, ready to train."
function doneText() {
  const ready = state.items.filter(({ status }) => status === 'ready');
  const bare = state.items.filter(
    (item) =>
      isWaiting(item) &&
      !item.audioPath &&
      !state.drafted.get(item.parseId)?.hasFile,
  ).length;
  const sum = ready.reduce((n, { audio }) => n + (audio?.durationSec || 0), 0);
  const apart = bare ? ` ${count(bare, 'track')} without audio.` : '';
  return (
    (ready.length
      ? `${count(ready.length, 'track')}, ${length(sum)}, ` +
        'ready to train. Export the dataset.'
      : 'All done. Add more sets when you have them.') + apart
  );
}

function renderDesk() {
  const { selection } = state;
  byId('desk').hidden = !selection;
  byId('nothing').hidden = Boolean(selection);
  if (!selection) {
    renderNothing();
    return;
  }
  byId('set-name').textContent = currentName();
  const item = currentItem();
  byId('set-badge').replaceChildren(...(item ? [stateBadge(item.status)] : []));
  renderFacts();
}

function renderFacts() {
  const { sets, selection, summary } = state;
  const listed = sets?.find((s) => s.parseId === selection.parseId) || {};
  byId('facts').replaceChildren(
    ...(summary?.error
      ? [`The set’s facts could not be loaded: ${summary.error.message}`]
      : factsOf(listed, summary || {})
    ).map((fact) => html`<li>${fact}</li>`),
    ...guessesOf(measuredOf(currentItem(), state.draft)).map(
      (guess) =>
        html`<li title="Measured in the audio. No caption says it.">
          ${guess}, a guess
        </li>`,
    ),
  );
  const parts = partsOf(summary || {});
  byId('parts').hidden = !parts.length;
  byId('parts').replaceChildren(
    ...parts.map(
      ([role, names]) =>
        html`<div>
          <dt>${role}</dt>
          <dd>${names}</dd>
        </div>`,
    ),
  );
}

let startWith; // what the button of an empty desk does

// state.failed: what did not load, in words, and how to try again.
function renderNothing() {
  const { failed } = state;
  const empty =
    !state.sets?.length && !state.items?.length && !aloneDrafts().length;
  const [what, run] = failed
    ? ['Try again', failed.again]
    : state.artists && !state.artistId
      ? ['Name your artist', () => byId('artist-new').click()]
      : empty && state.sets && state.items
        ? ['Choose sets', () => byId('sets-input').click()]
        : [];
  startWith = run;
  refill(byId('nothing-action'), what ?? null, () =>
    what
      ? [
          html`<button
            type="button"
            class="primary"
            @click=${() => startWith()}
          >
            ${what}
          </button>`,
        ]
      : [],
  );
  byId('nothing-text').textContent = failed
    ? failed.text
    : !state.artistId
      ? 'Everything belongs to an artist: sets, style, dataset.'
      : empty
        ? 'Drop sets anywhere on this page, together with their bounces: ' +
          'files with the same name are paired. Audio without a set is ' +
          'welcome too.'
        : 'Choose a track to start.';
}
