// The caption: written by the model, reviewed and edited by the user, and
// checked against the set all the time.
import { call } from './api.js';
import { editDraft } from './drafting.js';
import { postEvents } from './events.js';
import { count, when, words } from './format.js';
import { byId, html, refill, say } from './html.js';
import { ears, fetched } from './late.js';
import { paintMarks, selectWords } from './marks.js';
import { announce } from './notices.js';
import { currentItem, hasAudio, isAlone, itemOf, resting } from './standing.js';
import { set, state, watch } from './state.js';

let stop = null; // ends the generation in progress
let undone = []; // captions that something else replaced
let earlier = []; // generations of the selected set, newest first
let askedEarlier = 0; // questions about them; only the last one's answer counts
let checked = { text: null }; // what the server said about which text
let evidence = null; // tells what words rest on, once there is some to show

export function startCaption() {
  const field = byId('caption');
  field.addEventListener('input', () => {
    editDraft({ caption: field.value });
    checkSoon();
  });
  field.addEventListener('scroll', alignMarks);
  byId('generate').addEventListener('click', generate);
  byId('generate-stop').addEventListener('click', () => stop?.abort());
  byId('undo').addEventListener('click', undo);
  byId('earlier').addEventListener('change', ({ target }) => {
    const { value } = target;
    target.value = '';
    if (value === 'compare') compareEarlier();
    else take(earlier.find((g) => g.id === value));
  });
  watch(['selection'], fresh);
  watch(['draft'], () => {
    // What was saved, or lay beside the audio, is checked once it is looked at.
    const { caption, written, warnings } = state.draft;
    const known = caption === written && warnings;
    if (caption && !known && caption !== checked.text) checkSoon();
  });
  byId('style-open').addEventListener('click', () =>
    byId('schema-open').click(),
  );
  watch(
    ['selection', 'draft', 'items', 'busy', 'uploads', 'health', 'schema'],
    render,
  );
}

// One generation for one track; also used by bulk.js. Audio without a set is
// named itself, and is sent to the server for that.
export async function writeCaption(parseId, { instructions, signal, on }) {
  const post = (more) =>
    postEvents('/api/train', {
      signal,
      on,
      body: {
        artistId: state.artistId,
        ...more,
        ...(instructions ? { instructions } : {}),
      },
    });
  const ask = async (audio) => {
    if (!isAlone(parseId)) return post({ parseId, ...audio });
    if (audio.uploadId || audio.itemId) return post(audio);
    const item = itemOf(parseId);
    if (item) return post({ itemId: item.id, ...audio });
    const { withUpload } = await import('./alone.js');
    return withUpload(parseId, { signal, on }, (upload) =>
      post({ ...audio, ...upload }),
    );
  };
  const heard = await ears();
  return heard ? heard.heardBy(parseId, ask, signal) : ask({ audio: false });
}

export const fromAnswer = (answer) => ({
  caption: answer.prompt,
  written: answer.prompt,
  generationId: answer.generationId,
  model: answer.model,
  fields: answer.fields,
  warnings: answer.warnings,
});

const fromGeneration = (g) => ({
  caption: g.prompt,
  written: g.prompt,
  generationId: g.id,
  model: g.model,
  fields: g.fields,
  warnings: g.warnings || [],
});

export async function generate() {
  if (byId('generate').disabled) return;
  const { parseId } = state.selection;
  const before = state.draft.caption;
  const field = byId('caption');
  stop = new AbortController();
  say(byId('caption-error'), '');
  set({ busy: 'generating' });
  field.value = '';
  try {
    const answer = await writeCaption(parseId, {
      instructions: byId('instructions').value.trim(),
      signal: stop.signal,
      on: (name, data) => {
        if (name === 'delta') field.value += data.text;
        if (name === 'restart') field.value = '';
        if (name === 'sending') byId('caption-meta').textContent = data.text;
      },
    });
    set({ busy: null });
    if (before) undone.push({ caption: before });
    await editDraft(fromAnswer(answer));
    checked = {
      text: answer.prompt,
      warnings: answer.warnings,
      evidence: answer.fields?.evidence,
    };
    render();
    announce('The caption is written. Review it.');
    loadEarlier(parseId);
  } catch (error) {
    set({ busy: null });
    field.value = before || '';
    if (error.name !== 'AbortError') {
      say(byId('caption-error'), error.message);
      byId('caption-error').scrollIntoView({ block: 'nearest' });
    }
  } finally {
    stop = null;
    render();
  }
}

function replace(patch) {
  undone.push({ ...state.draft, file: undefined });
  editDraft(patch);
  checkSoon();
}

const take = (generation) => generation && replace(fromGeneration(generation));

const compareEarlier = () =>
  fetched(async () => (await import('./compare.js')).compare(earlier, take));

function undo() {
  const { caption, written, generationId, model, warnings } = undone.pop();
  editDraft({
    caption,
    ...(written !== undefined
      ? { written, generationId, model, warnings }
      : {}),
  });
  checkSoon();
}

// Another set or item came to the desk.
function fresh() {
  undone = [];
  earlier = [];
  checked = { text: null };
  clearTimeout(timer); // it was for the caption that was edited before
  say(byId('caption-error'), '');
  byId('instructions').value = '';
  if (state.selection) loadEarlier(state.selection.parseId);
}

// What the server knows it by; null: nothing yet.
const knownAs = (parseId) =>
  !parseId.startsWith('alone:')
    ? parseId
    : state.draft.sha256
      ? `audio:${state.draft.sha256}`
      : null;

async function loadEarlier(parseId) {
  if (!knownAs(parseId)) return;
  const mine = ++askedEarlier;
  const answer = await call('GET', '/api/train/generations', {
    query: { artistId: state.artistId, parseId: knownAs(parseId) },
  }).catch(() => null);
  if (mine !== askedEarlier || !answer) return;
  if (state.selection?.parseId !== parseId) return;
  earlier = answer.generations.filter((g) => g.prompt);
  renderEarlier();
}

/* ---- checked against the set ---- */

let timer;

function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(check, 500);
}

async function check() {
  const text = state.draft.caption;
  const { selection, artistId } = state;
  if (!selection || !text?.trim() || text === checked.text) return;
  if (!knownAs(selection.parseId)) return;
  const answer = await call('POST', '/api/train/check', {
    body: {
      artistId,
      parseId: knownAs(selection.parseId),
      promptText: text,
      generationId:
        state.draft.generationId || currentItem()?.generationId || undefined,
    },
  }).catch(() => null);
  if (!answer || state.selection !== selection || state.draft.caption !== text)
    return;
  checked = { text, ...answer };
  render();
}

function currentWarnings() {
  const { caption, written, warnings } = state.draft;
  if (!caption) return [];
  if (checked.text === caption) return checked.warnings || [];
  return caption === written ? warnings || [] : [];
}

const names = {
  bpm: 'Tempo',
  tempo: 'Tempo',
  key: 'Key',
  meter: 'Meter',
  instrument: 'Instrument',
  instruments: 'Instrument',
  role: 'Part',
  length: 'Length',
  chords: 'Chords',
  vocals: 'Vocals',
  link: 'Web address',
  email: 'E-mail address',
  phone: 'Phone number',
  artist: 'Artist',
};

function renderWarnings(list) {
  say(
    byId('warnings-title'),
    list.length &&
      `The caption and the set disagree in ${count(list.length, 'place')}`,
  );
  refill(byId('warnings'), list, () => list.map(warningRow));
  renderMarks(list);
}

function renderMarks(list) {
  const all = [...list, ...(writing() ? [] : evidencePlaces(list))];
  const { caption } = state.draft;
  paintMarks(byId('caption-marks'), byId('caption'), caption, all);
}

const writing = () => state.busy === 'generating';

// The sources of the words, as far as known for exactly this text.
function evidenceNow() {
  const { caption, written, fields } = state.draft;
  const item = currentItem();
  if (!caption) return null;
  if (checked.text === caption) return checked.evidence;
  if (caption === written) return fields?.evidence;
  return caption === item?.promptText ? item.fields?.evidence : null;
}

function evidencePlaces(list) {
  const known = evidenceNow();
  if (evidence) {
    return evidence(state.draft.caption || '', known, list, showWords);
  }
  if (known) {
    fetched(async () => {
      const { legendOf } = await import('./evidence.js');
      evidence ??= legendOf('evidence', byId('warnings-title'));
      render();
    });
  }
  return [];
}

const alignMarks = () => {
  byId('caption-marks').scrollTop = byId('caption').scrollTop;
};

export const warningText = ({ field, said, set: fact }) =>
  html`<span
    >${names[field] || field}: the caption says <mark>${String(said)}</mark>,
    the set ${fact == null || fact === '' ? 'has none' : `says ${fact}`}.</span
  >`;

function warningRow(warning) {
  const { said, set: fact, start, end } = warning;
  const row = html`<li>${warningText(warning)}</li>`;
  if (!Number.isInteger(start)) return row;
  row.append(
    html`<button
      type="button"
      class="quiet"
      aria-label=${`Show “${said}” in the caption`}
      @click=${() => showWords(start, end)}
    >
      Show
    </button>`,
  );
  if (fact != null && fact !== '') {
    row.append(
      html`<button type="button" @click=${() => takeFact(start, end, fact)}>
        Use ${String(fact)}
      </button>`,
    );
  }
  return row;
}

function showWords(start, end) {
  selectWords(byId('caption'), state.draft.caption, start, end);
}

// Offsets count code points, as the server does.
function takeFact(start, end, fact) {
  const points = [...state.draft.caption];
  const old = points.slice(start, end).join('');
  const unit = /bpm/i.test(old) && !/bpm/i.test(fact) ? ' BPM' : '';
  points.splice(start, end - start, `${fact}${unit}`);
  replace({ caption: points.join('') });
}

/* ---- on the page ---- */

function render() {
  const { draft, selection, health } = state;
  const rests = resting();
  const field = byId('caption');
  const text = draft.caption || '';
  if (!writing() && field.value !== text) field.value = text;
  field.readOnly = rests;
  field.setAttribute('aria-busy', String(writing()));
  byId('instructions').disabled = rests;
  byId('generate').disabled = !selection || !hasAudio() || rests;
  byId('generate').hidden = writing();
  byId('generate-stop').hidden = !writing();
  byId('undo').hidden = !undone.length || rests;
  byId('style-hint').hidden =
    !selection ||
    state.schema === undefined ||
    Object.keys(state.schema || {}).length > 0;
  byId('style-hint').firstElementChild.textContent =
    selection && isAlone(selection.parseId)
      ? 'Nothing is known of it but its sound: describe the style, or write ' +
        'the caption yourself.'
      : 'Written from the set alone: a few words of style would help.';
  byId('model-note').hidden =
    !selection || !(health?.model === 'template' || draft.model === 'template');
  byId('caption-meta').textContent = meta(text);
  renderWarnings(writing() ? [] : currentWarnings());
  renderEarlier();
}

function meta(text) {
  if (!text) return '';
  const item = currentItem();
  const parts = [count(words(text), 'word')];
  if (checked.text === text && checked.tokens) {
    parts.push(count(checked.tokens, 'token'));
  }
  const model = state.draft.model || item?.modelName;
  const written =
    state.draft.written ??
    (item && !item.promptEdited ? item.promptText : undefined);
  if (model) parts.push(`written by ${model}`);
  if (model && written !== text) parts.push('changed by you');
  return parts.join(' · ');
}

function renderEarlier() {
  const choice = byId('earlier');
  choice.hidden = earlier.length < 2 || resting();
  if (choice.hidden) return;
  const shown = earlier.map((g) => [
    g.id,
    `${when(g.createdAt)}: ${g.prompt.slice(0, 60)}`,
  ]);
  refill(choice, shown, () => [
    html`<option value="">Earlier captions</option>`,
    html`<option value="compare">Compare two…</option>`,
    ...shown.map(([id, text]) => html`<option value=${id}>${text}</option>`),
  ]);
}
