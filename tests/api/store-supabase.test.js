// Goal: with STORAGE=supabase everything works as on the local store, and
// what goes wrong at Supabase or on the way there is survived or said.
import { test, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { startSupabase } from '../lib/supabase-double.js';
import { call, problem, save, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';

let supabase;
let stack;
before(async () => {
  supabase = await startSupabase();
  stack = await startStack({ env: supabase.env });
});
after(async () => {
  await stack?.stop();
  await supabase?.stop();
});
afterEach(() => supabase.mend());

const sha = (b) => createHash('sha256').update(b).digest('hex');
const object = (name) => fs.readFileSync(path.join(supabase.bucketDir, name));
const audioOf = (id, headers = {}) => call(stack, 'GET', `/api/train/items/${id}/audio`, { raw: true, headers });
const bytesOf = async (res) => Buffer.from(await res.arrayBuffer());
const saveRaw = (w, audio, type = 'audio/mpeg') => call(stack, 'POST',
  `/api/train/save?${new URLSearchParams({ artistId: w.artistId, parseId: w.parseId, promptText: 'Deep house, 124 bpm' })}`,
  { body: audio, headers: { 'content-type': type } });
const saved = async (w, audio) => {
  const answer = await save(stack, w, audio);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.item;
};

test('the bucket was made, and it is private', async () => {
  const answer = await fetch(`${supabase.url}/storage/v1/bucket/${supabase.bucket}`, { headers: { apikey: supabase.secret } });
  assert.equal((await answer.json()).public, false);
  assert.equal((await call(stack, 'GET', '/api/health')).body.storage, 'ok');
});

test('a save, its audio, its ranges, an export and its link', async () => {
  const w = await world(stack);
  const audio = mp3(40);
  const item = await saved(w, audio);
  assert.equal(sha(object(item.audioPath)), sha(audio));
  assert.equal(object(item.promptPath).toString(), item.promptText);

  const whole = await audioOf(item.id);
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get('content-type'), 'audio/mpeg');
  assert.equal(sha(await bytesOf(whole)), sha(audio));
  const part = await audioOf(item.id, { range: 'bytes=10-19' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 10-19/${audio.length}`);
  assert.deepEqual(await bytesOf(part), audio.subarray(10, 20));
  assert.deepEqual(await bytesOf(await audioOf(item.id, { range: 'bytes=-5' })), audio.subarray(-5));
  const beyond = await audioOf(item.id, { range: `bytes=${audio.length}-` });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get('content-range'), `bytes */${audio.length}`);
  assert.equal((await beyond.json()).code, 'range_not_satisfiable');

  const exported = await call(stack, 'POST', '/api/train/export', { json: { artistId: w.artistId } });
  assert.equal(exported.status, 200, JSON.stringify(exported.body));
  assert.equal(exported.body.verified, true);
  const url = new URL(exported.body.datasetUrl);
  assert.equal(url.origin, supabase.url);
  assert.match(url.pathname, /\/storage\/v1\/object\/sign\/dawa-exports\/artists\/.*\.zip$/);
  const zip = await bytesOf(await fetch(url));
  assert.equal(sha(zip), exported.body.sha256);
  assert.equal((await call(stack, 'DELETE', `/api/train/items/${item.id}`)).status, 204);
  assert.throws(() => object(item.audioPath), /ENOENT/);
});
