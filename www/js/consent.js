// Audio for a model that hears. The page shows next to the caption where it
// would go, and asks the user before any is sent, once per artist. The answer
// is a row on the server, which sends none for a browser without it.
import { sendDraft } from './alone.js';
import { call } from './api.js';
import { editDraft } from './drafting.js';
import { readDraft } from './drafts.js';
import { byId, html } from './html.js';
import { notice } from './notices.js';
import { draftId, itemOf } from './standing.js';
import { set, state, watch } from './state.js';

const told = new Set(); // artist and sentence that were announced
const none = { audio: false };
let dialog = null;
let asking = null; // one dialog for all that wait
let loading = null;
const later = new Set(); // artists whose user did not decide
const note = html`<p class="hint" id="consent-note" hidden></p>`;

const wanted = () => state.artistId && state.health?.model === 'connected';

// Without an answer none is sent.
function look() {
  const { artistId } = state;
  loading = call('GET', '/api/train/consent', { query: { artistId } }).then(
    (consent) => {
      if (artistId === state.artistId) set({ consent });
    },
    () => {},
  );
  return loading;
}

const hears = () =>
  state.consent && state.consent.audio !== 'off' && !state.consent.deaf;

const place = ({ to, here }) => (here ? `this machine (${to})` : to);

const amount = ({ audio, sec, count }) =>
  audio === 'windows' && count > 1
    ? `up to ${count} × ${sec} seconds of the track`
    : `up to ${sec} seconds of the track`;

// Whether this artist's audio may be sent; asks if nobody was asked.
async function mayHear() {
  if (!wanted()) return false;
  await loading;
  if (!hears() || state.consent.agreed === false) return false;
  if (state.consent.agreed || later.has(state.artistId)) {
    return Boolean(state.consent.agreed);
  }
  asking ??= askOnce().finally(() => {
    asking = null;
  });
  return asking;
}

// For windows too, if the server sends excerpts of them.
async function ofWindows() {
  await loading;
  return { audio: state.consent?.audio === 'windows' && (await mayHear()) };
}

async function askOnce() {
  const { artistId, consent } = state;
  dialog ??= build();
  const artist = state.artists.find(({ id }) => id === artistId);
  dialog.querySelector('h2').textContent = `Let the model hear ${artist.name}?`;
  dialog.querySelector('p').textContent =
    `With each caption, ${amount(
      consent,
    )} would go to ${place(consent)}, for mood, timbre and ` +
    'vocals. You are asked once for this artist, and can change it below ' +
    'the caption.';
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((done) => {
    dialog.addEventListener('close', done, { once: true });
  });
  if (!dialog.returnValue) {
    later.add(artistId);
    return false;
  }
  return await decide(dialog.returnValue === 'yes', artistId, consent.to);
}

function build() {
  const node = html`<dialog
    aria-labelledby="consent-title"
    aria-describedby="consent-text"
  >
    <form method="dialog">
      <h2 id="consent-title"></h2>
      <p id="consent-text"></p>
      <div class="row end">
        <button type="submit" value="no">Keep it here</button
        ><button type="submit" value="yes" class="primary">Let it hear</button>
      </div>
    </form>
  </dialog>`;
  document.body.append(node);
  return node;
}

async function decide(agreed, artistId, to) {
  try {
    const consent = await call('PUT', '/api/train/consent', {
      body: { artistId, to, agreed },
    });
    if (artistId === state.artistId) set({ consent });
    return agreed;
  } catch (error) {
    // The address may have changed: what the page says must be true.
    notice(error.message);
    if (artistId === state.artistId) await look();
    return false;
  }
}

/* ---- one caption ---- */

// ask(more): sends the request with these members; returns its answer. An
// upload is kept for a day; if that is over, the file is sent again.
async function heardBy(parseId, ask, signal) {
  const audio = (await mayHear()) ? await audioOf(parseId, signal) : none;
  try {
    return tell(await ask(audio));
  } catch (error) {
    if (error.code !== 'upload_not_found') throw error;
    await editDraft({ uploadId: null }, parseId);
    return tell(await ask(await audioOf(parseId, signal)));
  }
}

// Its audio as the server has it. A file that is only here goes there first,
// and is not sent again when it is saved.
async function audioOf(parseId, signal) {
  const item = itemOf(parseId);
  const desk = state.selection?.parseId === parseId;
  const draft = desk
    ? state.draft
    : await readDraft(draftId({ parseId }, item));
  if (draft.uploadId) return { uploadId: draft.uploadId };
  if (!draft.file) return item?.audioPath ? { itemId: item.id } : none;
  try {
    return await sendDraft(parseId, draft, { signal });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    notice(`The caption is written without the audio: ${error.message}`);
    return none;
  }
}

// Why it was not heard, once.
function tell(answer) {
  const { audioNote } = answer;
  const once = `${state.artistId} ${audioNote}`;
  if (audioNote && !told.has(once)) {
    told.add(once);
    notice(`Written without listening: ${audioNote}.`);
    look();
  }
  return answer;
}

/* ---- next to the caption ---- */

function render() {
  const { consent, artistId } = state;
  note.hidden = !consent || consent.audio === 'off' || !state.selection;
  if (note.hidden) return;
  const { agreed, deaf, to } = consent;
  const change = (text, work) =>
    html`<button type="button" class="link" @click=${work}>${text}</button>`;
  if (deaf) {
    note.textContent =
      `The model at ${place(consent)} does not hear; it is ` +
      'sent no audio for now.';
  } else if (agreed) {
    note.replaceChildren(
      `The model hears it: ${amount(consent)} go to ${place(consent)}. `,
      change('Keep it here', () => decide(false, artistId, to)),
    );
  } else {
    note.replaceChildren(
      agreed === false
        ? 'The model hears none of it. '
        : `A model that hears is at ${place(consent)}; nothing goes there ` +
            'unasked. ',
      change('Let it hear…', () => {
        later.delete(artistId);
        askOnce();
      }),
    );
  }
}

set({ ears: { heardBy, ofWindows } });
byId('caption-error').before(note);
watch(['artistId', 'health'], () => {
  set({ consent: null });
  if (wanted()) look();
});
watch(['consent', 'selection'], render);
