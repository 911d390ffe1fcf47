// The artist's master schema; its form is in schemaform.js.
import { call } from './api.js';
import { count } from './format.js';
import { byId } from './html.js';
import { fetched } from './late.js';
import { notice } from './notices.js';
import { set, state, watch } from './state.js';

export const schemaPath = (artistId) => `/api/artists/${artistId}/schema`;
let form = null; // schemaform.js, once it is here
let loading = null; // the latest question about it

export function startSchema() {
  byId('schema-open').addEventListener('click', open);
  watch(['schema', 'artistId'], render);
}

async function open() {
  const { artistId } = state;
  if (
    !form &&
    !(await fetched(async () => {
      const got = await import('./schemaform.js');
      if (!form) got.startSchemaForm();
      form = got;
    }))
  )
    return;
  await loading; // who edits it has all of it, and nothing comes over it
  if (state.artistId === artistId && !byId('schema-dialog').open)
    form.openSchema();
}

export function loadSchema() {
  loading = ask();
  return loading;
}

async function ask() {
  const { artistId } = state;
  try {
    const schema = await call('GET', schemaPath(artistId));
    if (state.artistId === artistId) set({ schema });
  } catch (error) {
    if (state.artistId !== artistId) return;
    set({ schema: null });
    if (error.code !== 'schema_not_found') {
      notice(`The master schema could not be loaded. ${error.message}`);
    }
  }
}

function render() {
  const { schema, artistId } = state;
  const members = schema ? Object.keys(schema).length : 0;
  byId('schema-state').textContent =
    !artistId || schema === undefined
      ? ''
      : members
        ? count(members, 'field')
        : 'empty';
}
