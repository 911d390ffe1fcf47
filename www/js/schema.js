// The master schema: any JSON object, edited as text, with what is wrong said
// in words and by line while one types.
import { call } from './api.js';
import { tryIn } from './dialogs.js';
import { count } from './format.js';
import { byId } from './html.js';
import { notice } from './notices.js';
import { set, state, watch } from './state.js';

const limit = 256 * 1024; // bytes, the server's

export const example = {
  genre: ['deep house', 'dub techno'],
  moods: ['warm', 'hypnotic', 'late night'],
  tempoRange: [118, 124],
  sound: 'analog pads, dusty drum machines, long tape delays',
  instruments: ['Juno pad', 'TR-707', 'Rhodes', 'sub bass'],
  influences: 'early 2000s Berlin dub',
  use: ['groove', 'space', 'detail'],
  avoid: ['epic', 'banger'],
};

export function startSchema() {
  byId('schema-open').addEventListener('click', openSchema);
  byId('schema-text').addEventListener('input', check);
  byId('schema-example').addEventListener('click', () =>
    fill(example));
  byId('schema-tidy').addEventListener('click', () =>
    fill(JSON.parse(byId('schema-text').value)));
  byId('schema-form').addEventListener('submit', submit);
  watch(['schema', 'artistId'], render);
}

export async function loadSchema() {
  const { artistId } = state;
  try {
    const schema = await call('GET', path(artistId));
    if (state.artistId === artistId) set({ schema });
  } catch (error) {
    if (state.artistId !== artistId) return;
    set({ schema: null });
    if (error.code !== 'schema_not_found') {
      notice(`The master schema could not be read. ${error.message}`);
    }
  }
}

function openSchema() {
  const { schema } = state;
  byId('schema-text').value = schema && Object.keys(schema).length
    ? JSON.stringify(schema, null, 2) : '';
  byId('schema-error').hidden = true;
  check();
  byId('schema-dialog').showModal();
  byId('schema-text').focus();
}

// Why `text` is no master schema, in a sentence; '' where it is one.
function faultOf(text) {
  if (!text.trim()) return 'Empty. Write a JSON object, or start from an ' +
    'example.';
  const size = new Blob([text]).size;
  if (size > limit) return `Too long by ${size - limit} bytes.`;
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `Not JSON yet: ${inWords(error, text)}`;
  }
  const isObject = value && typeof value === 'object' && !Array.isArray(value);
  return isObject ? '' : 'It must be an object: { … }.';
}

// Browsers word it differently and mostly tell the offset, not the line.
function inWords({ message }, text) {
  const at = message.match(/position (\d+)/);
  const line = message.match(/line (\d+)/);
  const what = message.replace(/^JSON\.parse: /, '')
    .replace(/ ?(in JSON)? ?at (position|line) .*$/, '')
    .replace(/, "?\.\.\..*|, ".*" is not valid JSON$/s, '');
  const number = line ? Number(line[1])
    : at ? text.slice(0, Number(at[1])).split('\n').length : 0;
  return number ? `${what}, in line ${number}.` : `${what}.`;
}

function check() {
  const text = byId('schema-text').value;
  const fault = faultOf(text);
  const note = byId('schema-note');
  note.textContent = fault ||
    `Good: ${count(Object.keys(JSON.parse(text)).length, 'member')}.`;
  note.classList.toggle('bad', Boolean(fault && text.trim()));
  byId('schema-text').setAttribute('aria-invalid',
    String(Boolean(fault && text.trim())));
  byId('schema-save').disabled = Boolean(fault);
  byId('schema-tidy').disabled = Boolean(fault);
  byId('schema-example').hidden = Boolean(text.trim());
}

function fill(schema) {
  byId('schema-text').value = JSON.stringify(schema, null, 2);
  check();
  byId('schema-text').focus();
}

async function submit(event) {
  event.preventDefault();
  const schema = JSON.parse(byId('schema-text').value);
  const done = await tryIn(byId('schema-save'), byId('schema-error'), () =>
    call('PUT', path(state.artistId), { body: schema }));
  if (!done) return;
  set({ schema });
  byId('schema-dialog').close();
  notice('Master schema saved.');
}

const path = (artistId) => `/api/artists/${artistId}/schema`;

function render() {
  const { schema, artistId } = state;
  const members = schema ? Object.keys(schema).length : 0;
  byId('schema-state').textContent = !artistId || schema === undefined ? ''
    : members ? count(members, 'member') : 'empty';
  byId('schema-open').classList.toggle('primary',
    Boolean(artistId) && schema !== undefined && !members);
}
