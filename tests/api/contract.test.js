// Goal: the programs' answers match the contract that they serve.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { startStack } from '../lib/stack.js';
import { call, save, world, SUMMARY } from '../lib/client.js';
import { als } from '../lib/als.js';
import { zip } from '../lib/archives.js';
import { mp3 } from '../lib/audio.js';

let stack;
let check;

before(async () => {
  stack = await startStack();
  const doc = (await call(stack, 'GET', '/api/openapi.json')).body;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(doc, 'doc');
  // Hold an answer against the schema of its path, method and status.
  check = (method, template, answer) => {
    const pointer = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      String(answer.status),
    ];
    const documented = pointer.reduce((o, k) => o?.[k], doc);
    assert.ok(
      documented,
      `${method} ${template} → ${answer.status} is not in the contract: ${JSON.stringify(answer.body)}`,
    );
    const type = answer.type.split(';')[0];
    if (answer.status === 204) return answer;
    assert.ok(
      documented.content?.[type],
      `${template} ${answer.status} ${type}`,
    );
    const escaped = [...pointer, 'content', type, 'schema'].map((k) =>
      encodeURIComponent(k.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = ajv.getSchema(`doc#/${escaped.join('/')}`);
    assert.ok(
      validate(answer.body),
      `${method} ${template}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(answer.body)}`,
    );
    return answer;
  };
});
after(() => stack?.stop());

test('every answer of the main job is in the contract', async () => {
  const w = await world(stack);
  const c = async (method, template, at, init) =>
    check(method, template, await call(stack, method, at ?? template, init));
  const a = w.artistId;
  await c('GET', '/api/health');
  await c('GET', '/api/session');
  await c('POST', '/api/session', null, {
    json: { token: 'none is asked for' },
  });
  await c('DELETE', '/api/session');
  await c('GET', '/api/artists');
  await c('POST', '/api/artists', null, { json: { name: 'Contract' } });
  await c('POST', '/api/artists', null, { json: {} });
  await c('GET', '/api/artists/{id}', `/api/artists/${a}`);
  await c('GET', '/api/artists/{id}/schema', `/api/artists/${a}/schema`);
  await c('GET', '/api/library', `/api/library?artistId=${a}`);
  await c('POST', '/api/library', `/api/library?artistId=${a}`, {
    json: { parseId: `${w.parseId}-b`, summary: SUMMARY },
  });
  await c('POST', '/api/library', `/api/library?artistId=${a}`, {
    body: zip([
      { name: 'A.als', data: als() },
      { name: 'A.mp3', data: mp3(40) },
      { name: 'B.als', data: 'x' },
    ]),
    headers: { 'content-type': 'application/zip' },
  });
  await c('POST', '/api/library', `/api/library?artistId=${a}`, {
    body: 'x',
    headers: { 'content-type': 'application/zip' },
  });
  await c('GET', '/api/library/{parseId}', `/api/library/${w.parseId}`);
  await c('GET', '/api/library/{parseId}', '/api/library/none');
  const json = { artistId: a, parseId: w.parseId };
  const caption = await c('POST', '/api/train', null, { json });
  await c('POST', '/api/train', null, { json: { artistId: a } });
  await c('POST', '/api/train/check', null, {
    json: { ...json, promptText: 'House at 90 bpm' },
  });
  await c(
    'GET',
    '/api/train/generations',
    `/api/train/generations?artistId=${a}&parseId=${w.parseId}`,
  );
  await c('POST', '/api/train/items', null, {
    json: { artistId: a, parseIds: [w.parseId] },
  });
  const saved = check(
    'POST',
    '/api/train/save',
    await save(stack, w, mp3(40), { promptText: caption.body.prompt }),
  );
  check(
    'POST',
    '/api/train/save',
    await save(stack, w, Buffer.from('no audio at all')),
  );
  await c('GET', '/api/train/items', `/api/train/items?artistId=${a}`);
  await c(
    'GET',
    '/api/train/items/{id}',
    `/api/train/items/${saved.body.trainingItemId}`,
  );
  await c(
    'PATCH',
    '/api/train/items/{id}',
    `/api/train/items/${saved.body.trainingItemId}`,
    { json: { promptText: 'House, 124 bpm' } },
  );
  const item = `/api/train/items/${saved.body.trainingItemId}`;
  await c('GET', '/api/train/items/{id}/windows', `${item}/windows`);
  const cut = await c(
    'POST',
    '/api/train/items/{id}/windows/generate',
    `${item}/windows/generate`,
    { json: { maxSec: 20 } },
  );
  assert.equal(cut.status, 200);
  await c(
    'POST',
    '/api/train/items/{id}/windows/generate',
    `${item}/windows/generate`,
    { json: { maxSec: 'long' } },
  );
  await c(
    'PATCH',
    '/api/train/items/{id}/windows/{position}',
    `${item}/windows/0`,
    { json: { promptText: 'House at 90 BPM with a kazoo' } },
  );
  await c(
    'PATCH',
    '/api/train/items/{id}/windows/{position}',
    `${item}/windows/99`,
    { json: { excluded: true } },
  );
  await c('POST', '/api/train/check', null, {
    json: {
      artistId: a,
      itemId: saved.body.trainingItemId,
      position: 0,
      promptText: 'House',
    },
  });
  await c('GET', '/api/train/items/{id}/windows', `${item}/windows`);
  await c('PUT', '/api/train/items/{id}/windows', `${item}/windows`, {
    json: cut.body,
  });
  await c('PUT', '/api/train/items/{id}/windows', `${item}/windows`, {
    json: { windows: 1 },
  });
  await c(
    'GET',
    '/api/train/costs',
    `/api/train/costs?artistId=${a}&captions=10`,
  );
  await c('GET', '/api/train/consent', `/api/train/consent?artistId=${a}`);
  await c('PUT', '/api/train/consent', null, {
    json: { artistId: a, agreed: false },
  });
  await c('PUT', '/api/train/consent', null, {
    json: { artistId: a, agreed: true, to: 'elsewhere' },
  });
  await c('GET', '/api/settings/model');
  await c('PUT', '/api/settings/model', null, {
    json: { url: 'http://127.0.0.1:1/v1', model: 'm' },
  });
  await c('POST', '/api/settings/model/try', null, { json: {} });
  await c('PUT', '/api/settings/model', null, { json: { url: null } });
  await c('PUT', '/api/settings/model', null, {
    json: { url: 'http://10.0.0.1/v1', model: 'm' },
  });
  await c('GET', '/api/train/layouts');
  await c('POST', '/api/train/export/check', null, { json: { artistId: a } });
  await c('POST', '/api/train/export/check', null, {
    json: { artistId: a, captions: 'windows' },
  });
  const dataset = await c('POST', '/api/train/export', null, {
    json: { artistId: a },
  });
  await c('POST', '/api/train/export', null, { json: { artistId: a } });
  await c('GET', '/api/train/datasets', `/api/train/datasets?artistId=${a}`);
  await c(
    'POST',
    '/api/train/datasets/{id}/url',
    `/api/train/datasets/${dataset.body.datasetId}/url`,
  );
  await c(
    'POST',
    '/api/train/datasets/{id}/training',
    `/api/train/datasets/${dataset.body.datasetId}/training`,
    { json: { destination: 'a/b' } },
  );
  await c('GET', '/api/train/trainings', `/api/train/trainings?artistId=${a}`);
  await c(
    'POST',
    '/api/train/trainings/{id}/cancel',
    `/api/train/trainings/${a}/cancel`,
  );
  await c(
    'DELETE',
    '/api/train/items/{id}',
    `/api/train/items/${saved.body.trainingItemId}`,
  );
  await c('DELETE', '/api/library/{parseId}', `/api/library/${w.parseId}`);
  await c('DELETE', '/api/artists/{id}', `/api/artists/${a}`);
});
