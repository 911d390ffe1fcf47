// Somebody else's hand on every door: each route of the contract is called
// with ids that are not the caller's, and must answer as if they were of
// nothing, and change nothing.
import assert from 'node:assert/strict';
import { call, problem, save, soon, world, SUMMARY } from './client.js';
import { mp3 } from './audio.js';

// The contract's routes: {method, path, open}.
export async function contract(stack) {
  const doc = (await call(stack, 'GET', '/api/openapi.json')).body;
  return Object.entries(doc.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, o]) => ({
      method: method.toUpperCase(),
      path,
      open: (o.security ?? doc.security).length === 0,
    })),
  );
}

// An artist with one of everything, on behalf of `headers`.
export async function estate(stack, headers) {
  const on = { ...stack, headers };
  const w = await world(on);
  const {
    body: { generationId },
  } = await call(on, 'POST', '/api/train', {
    json: { artistId: w.artistId, parseId: w.parseId },
  });
  assert.ok(generationId);
  const {
    body: { trainingItemId },
  } = await save(on, w, mp3(40), { generationId });
  assert.ok(trainingItemId);
  const {
    body: { datasetId },
  } = await call(on, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, layout: 'plan' },
  });
  assert.ok(datasetId);
  // Its analysis goes on by itself, and would be taken for a change.
  const over = async () =>
    (await call(on, 'GET', `/api/train/items/${trainingItemId}`)).body
      .analysis !== 'pending';
  assert.ok(await soon(over, 120), 'the analysis takes too long');
  const cut = await call(
    on,
    'POST',
    `/api/train/items/${trainingItemId}/windows/generate`,
    { json: {} },
  );
  assert.ok(cut.body.windows?.length > 0, JSON.stringify(cut.body));
  // One that runs at Replicate, where no test would pay for it.
  const trainingId = stack
    .psql(
      `INSERT INTO trainings (dataset_id, artist_id, replicate_id, destination, version, input, status, polled_at)
    VALUES ('${datasetId}', '${w.artistId}', 'x${w.artistId.replaceAll('-', '')}', 'a/b', 'a/b:c', '{}', 'processing', now() + interval '1 day') RETURNING id`,
    )
    .split('\n')[0];
  return { ...w, generationId, itemId: trainingItemId, datasetId, trainingId };
}

// All rows, as a digest for each table.
const rows = (stack) =>
  [
    'artists',
    'artist_profiles',
    'als_summaries',
    'training_items',
    'training_datasets',
    'prompt_generations',
    'trainings',
    'training_uploads',
    'training_windows',
    'resting_items',
    'model_settings',
    'caption_days',
    'audio_consents',
  ]
    .map(
      (t) =>
        `${t}: ${stack.psql(`SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM ${t} t`)}`,
    )
    .join('\n');

// What each route is asked for, with the ids of `e`, and the answer's code.
function doors(e) {
  const both = { artistId: e.artistId, parseId: e.parseId };
  const audio = { body: mp3(40), headers: { 'content-type': 'audio/mpeg' } };
  const artist = 'artist_not_found';
  const item = 'item_not_found';
  const at = (path, id = e.itemId) => path.replace(/\{\w+\}/, id);
  const q = `?artistId=${e.artistId}`;
  return {
    'POST /api/train': [{ json: both }, artist],
    'POST /api/train/check': [
      { json: { ...both, promptText: 'House' } },
      artist,
    ],
    'GET /api/train/generations': [
      { query: `${q}&parseId=${e.parseId}` },
      artist,
    ],
    'GET /api/train/costs': [{ query: q }, artist],
    'GET /api/train/consent': [{ query: q }, artist],
    'PUT /api/train/consent': [
      { json: { artistId: e.artistId, agreed: false } },
      artist,
    ],
    'GET /api/settings/model': [{}, 'forbidden'],
    'PUT /api/settings/model': [
      { json: { url: 'http://127.0.0.1:1/v1', model: 'mine-now' } },
      'forbidden',
    ],
    'POST /api/settings/model/try': [{ json: {} }, 'forbidden'],
    'POST /api/train/save': [
      {
        json: {
          ...both,
          promptText: 'Mine now',
          audioBase64: mp3(40).toString('base64'),
          generationId: e.generationId,
        },
      },
      artist,
    ],
    'POST /api/train/match': [{ query: q, ...audio }, artist],
    'GET /api/train/items': [{ query: q }, artist],
    'POST /api/train/items': [
      { json: { artistId: e.artistId, parseIds: [e.parseId] } },
      artist,
    ],
    'GET /api/train/items/{id}': [{ at }, item],
    'DELETE /api/train/items/{id}': [{ at }, item],
    'PATCH /api/train/items/{id}': [
      { at, json: { promptText: 'Mine now' } },
      item,
    ],
    'GET /api/train/items/{id}/audio': [{ at }, item],
    'PUT /api/train/items/{id}/audio': [{ at, ...audio }, item],
    'DELETE /api/train/items/{id}/audio': [{ at }, item],
    'POST /api/train/items/{id}/retry': [{ at }, item],
    'GET /api/train/items/{id}/windows': [{ at }, item],
    'PUT /api/train/items/{id}/windows': [{ at, json: { windows: [] } }, item],
    'POST /api/train/items/{id}/windows/generate': [{ at, json: {} }, item],
    'PATCH /api/train/items/{id}/windows/{position}': [
      {
        at: (p) => at(p).replace('{position}', 0),
        json: { promptText: 'Mine now' },
      },
      item,
    ],
    'POST /api/train/export': [
      { json: { artistId: e.artistId, includeExported: true } },
      artist,
    ],
    'POST /api/train/export/check': [
      { json: { artistId: e.artistId } },
      artist,
    ],
    'GET /api/train/export': [{ query: q }, artist],
    'POST /api/train/export/cancel': [
      { json: { artistId: e.artistId } },
      artist,
    ],
    'POST /api/train/items/{id}/restore': [{ at }, item],
    'GET /api/train/datasets': [{ query: q }, artist],
    'POST /api/train/datasets/{id}/url': [
      { at: (p) => at(p, e.datasetId) },
      'dataset_not_found',
    ],
    'POST /api/train/datasets/{id}/training': [
      { at: (p) => at(p, e.datasetId), json: { destination: 'a/b' } },
      'dataset_not_found',
    ],
    'GET /api/train/trainings': [{ query: q }, artist],
    'POST /api/train/trainings/{id}/cancel': [
      { at: (p) => at(p, e.trainingId) },
      'training_not_found',
    ],
    'GET /api/artists/{id}': [{ at: (p) => at(p, e.artistId) }, artist],
    'PATCH /api/artists/{id}': [
      { at: (p) => at(p, e.artistId), json: { name: 'Mine now' } },
      artist,
    ],
    'DELETE /api/artists/{id}': [{ at: (p) => at(p, e.artistId) }, artist],
    'GET /api/artists/{id}/schema': [{ at: (p) => at(p, e.artistId) }, artist],
    'PUT /api/artists/{id}/schema': [
      { at: (p) => at(p, e.artistId), json: { genre: 'mine' } },
      artist,
    ],
    'GET /api/library': [{ query: q }, artist],
    'POST /api/library': [
      { query: q, json: { parseId: 'mine-now', summary: SUMMARY } },
      artist,
    ],
    'GET /api/library/{parseId}': [
      { at: (p) => at(p, e.parseId) },
      'set_not_found',
    ],
    'DELETE /api/library/{parseId}': [
      { at: (p) => at(p, e.parseId) },
      'set_not_found',
    ],
  };
}

// Routes that name nobody's things.
const NOBODYS = [
  'GET /api/train/layouts',
  'GET /api/artists',
  'POST /api/artists',
];

// `headers` are not those of the estate's owner.
export async function nothingSeenNothingChanged(stack, e, headers) {
  const table = doors(e);
  const wanted = (await contract(stack)).filter(
    (r) => !r.open && !NOBODYS.includes(`${r.method} ${r.path}`),
  );
  const before = rows(stack);
  for (const { method, path } of wanted) {
    const row = table[`${method} ${path}`];
    assert.ok(
      row,
      `${method} ${path} is new: say in stranger.js what a stranger gets there`,
    );
    const [{ at = (p) => p, query = '', json, body, headers: more }, code] =
      row;
    const answer = await call(stack, method, at(path) + query, {
      json,
      body,
      headers: { ...more, ...headers },
    });
    problem(answer, code === 'forbidden' ? 403 : 404, code);
    assert.ok(
      !JSON.stringify(answer.body).includes('Night Drive'),
      `${method} ${path}`,
    );
  }
  const list = await call(stack, 'GET', '/api/artists', { headers });
  assert.ok(!list.body.artists.some((a) => a.id === e.artistId));
  assert.equal(rows(stack), before);
}
