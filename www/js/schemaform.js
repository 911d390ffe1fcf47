// The master schema's form: plain words over the JSON object that it is.
// Members that the form does not know stay as they are, under Advanced.
import { call } from './api.js';
import { ask, tryIn } from './dialogs.js';
import { count } from './format.js';
import { byId } from './html.js';
import { notice } from './notices.js';
import { schemaPath } from './schema.js';
import { set, state } from './state.js';

const limit = 256 * 1024; // bytes, the server's
let opened = ''; // the text as the dialog was opened with it

const fields = () => [...byId('schema-form').querySelectorAll('[data-member]')];

export function startSchemaForm() {
  byId('schema-text').addEventListener('input', () => {
    toForm();
    check();
  });
  for (const field of fields()) {
    field.addEventListener('input', () => {
      fromForm();
      check();
    });
  }
  byId('schema-tidy').addEventListener('click', () =>
    fill(JSON.parse(byId('schema-text').value)),
  );
  byId('schema-suggest').addEventListener('click', suggest);
  byId('schema-cancel').addEventListener('click', leave);
  byId('schema-dialog').addEventListener('cancel', (event) => {
    event.preventDefault(); // Escape asks before it loses anything
    leave();
  });
  byId('schema-form').addEventListener('submit', submit);
}

export function openSchema() {
  const { schema } = state;
  byId('schema-error').hidden = true;
  byId('schema-suggested').textContent = '';
  byId('schema-advanced').open = false;
  fill(schema || {});
  opened = byId('schema-text').value;
  byId('schema-dialog').showModal();
  byId('schema-genre').focus();
}

async function leave() {
  if (
    byId('schema-text').value !== opened &&
    !(await ask(
      'Discard the changes?',
      'What you changed in the master schema is not saved.',
      'Discard',
    ))
  )
    return;
  byId('schema-dialog').close();
}

/* ---- the form and the text say the same ---- */

// A member's value as a user types it; null if the form cannot show it.
function asText(value, isText) {
  if (value == null) return '';
  if (typeof value === 'string') return value;
  return !isText &&
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string' && !one.includes(','))
    ? value.join(', ')
    : null;
}

function toForm() {
  const schema = parsed() || {};
  for (const field of fields()) {
    const text = asText(schema[field.dataset.member], 'text' in field.dataset);
    field.value = text ?? '';
    field.disabled = text === null;
    field.title = text === null ? 'More than words: see Advanced' : '';
  }
}

function fromForm() {
  const schema = parsed() || {};
  for (const field of fields().filter(({ disabled }) => !disabled)) {
    const { member } = field.dataset;
    const text = field.value.trim();
    const list = text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
    const wasText = typeof schema[member] === 'string';
    if (!text) delete schema[member];
    else if ('text' in field.dataset || (wasText && list.length === 1)) {
      schema[member] = text;
    } else {
      schema[member] = list;
    }
  }
  byId('schema-text').value = Object.keys(schema).length
    ? JSON.stringify(schema, null, 2)
    : '';
}

function fill(schema) {
  byId('schema-text').value = Object.keys(schema).length
    ? JSON.stringify(schema, null, 2)
    : '';
  toForm();
  check();
}

// The text as an object; {} if it is empty, null if it is invalid.
function parsed() {
  const text = byId('schema-text').value;
  try {
    const value = text.trim() ? JSON.parse(text) : {};
    return value && typeof value === 'object' && !Array.isArray(value)
      ? value
      : null;
  } catch {
    return null;
  }
}

// Why `text` is not a master schema, in a sentence; '' if it is one.
function faultOf(text) {
  const size = new Blob([text]).size;
  if (size > limit) return `Too long by ${size - limit} bytes.`;
  if (parsed()) return '';
  try {
    JSON.parse(text);
  } catch (error) {
    return `Not JSON yet: ${inWords(error, text)}`;
  }
  return 'It must be an object: { … }.';
}

// Browsers word it differently and mostly give the offset, not the line.
function inWords({ message }, text) {
  const at = message.match(/position (\d+)/);
  const line = message.match(/line (\d+)/);
  const what = message
    .replace(/^JSON\.parse: /, '')
    .replace(/ ?(in JSON)? ?at (position|line) .*$/, '')
    .replace(/, "?\.\.\..*|, ".*" is not valid JSON$/s, '');
  const number = line
    ? Number(line[1])
    : at
      ? text.slice(0, Number(at[1])).split('\n').length
      : 0;
  return number ? `${what}, in line ${number}.` : `${what}.`;
}

function check() {
  const fault = faultOf(byId('schema-text').value);
  const members = Object.keys(parsed() || {}).length;
  const note = byId('schema-note');
  note.textContent =
    fault ||
    (members
      ? `${count(members, 'field')}.`
      : 'Empty: captions are written from the set alone.');
  note.classList.toggle('bad', Boolean(fault));
  byId('schema-text').setAttribute('aria-invalid', String(Boolean(fault)));
  byId('schema-save').disabled = Boolean(fault);
  byId('schema-tidy').disabled = Boolean(fault);
}

/* ---- suggestions from the library ---- */

// Instruments and the range of tempo of most sets; members that are already in
// the form are not changed.
async function suggest() {
  const button = byId('schema-suggest');
  const said = byId('schema-suggested');
  button.disabled = true;
  said.textContent = 'Looking at your sets…';
  const found = await Promise.all(
    (state.sets || []).slice(0, 60).map((s) =>
      call('GET', `/api/library/${encodeURIComponent(s.parseId)}`)
        .then(({ facts }) => facts)
        .catch(() => null),
    ),
  );
  button.disabled = false;
  const facts = found.filter(Boolean);
  const schema = parsed() || {};
  const names = frequent(
    facts.flatMap(({ instruments = [] }) => [
      ...new Set(
        instruments
          .filter(({ evidence }) => evidence !== 'guessed')
          .map(({ name }) => name),
      ),
    ]),
    facts.length,
  );
  const tempos = facts
    .map(({ tempo }) => tempo?.bpm)
    .filter(Boolean)
    .toSorted((a, b) => a - b);
  if (names.length) schema.instruments ??= names;
  if (tempos.length) {
    schema.tempoRange ??= [Math.round(tempos[0]), Math.round(tempos.at(-1))];
  }
  fill(schema);
  said.textContent =
    names.length || tempos.length
      ? [
          names.length && names.join(', '),
          tempos.length &&
            `${Math.round(tempos[0])} to ${Math.round(tempos.at(-1))} BPM`,
        ]
          .filter(Boolean)
          .join('; ')
      : 'Your sets do not say enough yet. Add more, or fill it in yourself.';
}

// What at least a third of them have, most frequent first.
function frequent(names, of) {
  const times = new Map();
  for (const name of names) times.set(name, (times.get(name) || 0) + 1);
  return [...times]
    .filter(([, n]) => n >= of / 3)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([name]) => name);
}

async function submit(event) {
  event.preventDefault();
  const schema = parsed();
  const done = await tryIn(byId('schema-save'), byId('schema-error'), () =>
    call('PUT', schemaPath(state.artistId), { body: schema }),
  );
  if (!done) return;
  set({ schema });
  byId('schema-dialog').close();
  notice('Master schema saved.');
}
