// Goal: a COMMIT whose answer never came counts neither as a failure nor as a
// success: the client learns what happened, on every route that changes
// something, and no row ever points at nothing.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startStack, trainmode } from '../lib/stack.js';
import { SUMMARY, call, problem, save, soon, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';
import { als } from '../lib/als.js';
import { zip } from '../lib/archives.js';
import { startReplicate } from '../lib/replicate-double.js';

const PUBLIC_URL = 'https://trainmode.example.org';
let stack, proxy, replicate;
before(async () => {
  replicate = await startReplicate();
  stack = await startStack({
    wire: true,
    env: {
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.url,
      REPLICATE_WEBHOOK_SECRET: replicate.secret,
      PUBLIC_URL,
      AUTH: 'token',
    },
  });
  // The wire is in this process, so it must not wait.
  const { stdout } = await promisify(execFile)(trainmode, [
    'token',
    'add',
    'test',
    '--state',
    stack.state,
  ]);
  stack.headers = { authorization: `Bearer ${stdout.trim()}` };
  proxy = stack.wire;
});
after(async () => {
  await stack?.stop();
  await replicate?.stop();
});

const sha = (b) => createHash('sha256').update(b).digest('hex');
const audioType = { 'content-type': 'audio/mpeg' };
const rows = (sql) => stack.psql(sql);
const audioOf = async (id) => {
  const res = await call(stack, 'GET', `/api/train/items/${id}/audio`, {
    raw: true,
  });
  return res.status === 200
    ? sha(Buffer.from(await res.arrayBuffer()))
    : res.status;
};

// Only the call itself changes anything: no analysis is running.
const quiet = async () =>
  assert.ok(
    await soon(
      () =>
        rows(
          "SELECT count(*) FROM training_items WHERE analysis_state = 'pending'",
        ) === '0',
      120,
    ),
  );

// Do it while the answer to its COMMIT is lost, and hear that it was done.
async function swallowed(fn) {
  await quiet();
  const had = proxy.lost;
  proxy.swallow(1);
  const answer = await fn();
  assert.equal(proxy.lost, had + 1, 'an answer to COMMIT was swallowed');
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
}

test('each changing route says what happened when the answer to COMMIT is lost', async () => {
  const artist = (
    await swallowed(() =>
      call(stack, 'POST', '/api/artists', { json: { name: 'Für Élise' } }),
    )
  ).body;
  const it = `/api/artists/${artist.id}`;
  assert.equal((await call(stack, 'GET', it)).status, 200);
  assert.equal(
    (
      await swallowed(() =>
        call(stack, 'PATCH', it, { json: { name: 'Elise' } }),
      )
    ).body.name,
    'Elise',
  );
  await swallowed(() =>
    call(stack, 'PUT', `${it}/schema`, { json: { genre: 'house' } }),
  );
  assert.deepEqual((await call(stack, 'GET', `${it}/schema`)).body, {
    genre: 'house',
  });

  const library = `/api/library?artistId=${artist.id}`;
  const set = await swallowed(() =>
    call(stack, 'POST', library, {
      json: {
        parseId: 'one',
        alsFilename: 'One.als',
        projectName: 'One',
        summary: SUMMARY,
      },
    }),
  );
  assert.equal(set.status, 201);
  const parsed = await swallowed(() =>
    call(stack, 'POST', `${library}&filename=Two.als`, {
      body: als(),
      headers: { 'content-type': 'application/octet-stream' },
    }),
  );
  assert.equal(parsed.status, 201);

  const w = { artistId: artist.id, parseId: 'one' };
  const written = await swallowed(() =>
    call(stack, 'POST', '/api/train', { json: w }),
  );
  assert.equal(
    rows(
      `SELECT count(*) FROM prompt_generations WHERE id = '${written.body.generationId}'`,
    ),
    '1',
  );
  const queued = (
    await swallowed(() =>
      call(stack, 'POST', '/api/train/items', {
        json: { artistId: artist.id, parseIds: [parsed.body.parseId] },
      }),
    )
  ).body.items[0];

  const packed = await swallowed(() =>
    call(stack, 'POST', library, {
      body: zip([{ name: 'Drei.als', data: als({ track: 'Drei' }) }]),
      headers: { 'content-type': 'application/zip' },
    }),
  );
  assert.deepEqual(packed.body.refused, []);
  const heard = (
    await swallowed(() =>
      call(stack, 'POST', `/api/train/match?artistId=${artist.id}`, {
        body: mp3(20),
        headers: audioType,
      }),
    )
  ).body;
  assert.ok(
    stack.files().some((f) => f.endsWith(`/incoming/${heard.uploadId}`)),
  );

  const origin = stack.url.slice(0, -1);
  const token = stack.headers.authorization.slice(7);
  const session = await swallowed(() =>
    call(stack, 'POST', '/api/session', {
      json: { token },
      headers: { origin },
    }),
  );
  const cookie = session.headers.getSetCookie()[0].split(';')[0];
  await swallowed(() =>
    call(stack, 'DELETE', '/api/session', { headers: { cookie, origin } }),
  );
  assert.equal(rows('SELECT count(*) FROM page_sessions'), '0');

  const first = mp3(30);
  const key = { 'Idempotency-Key': 'a key' };
  const saved = await swallowed(() => save(stack, w, first, {}, key));
  const id = saved.body.trainingItemId;
  assert.equal(await audioOf(id), sha(first));
  assert.equal((await save(stack, w, first, {}, key)).body.trainingItemId, id);
  assert.equal(
    rows(`SELECT count(*) FROM training_items WHERE parse_id = 'one'`),
    '1',
  );

  const item = `/api/train/items/${id}`;
  const second = mp3(31);
  await swallowed(() =>
    call(stack, 'PUT', `${item}/audio`, { body: second, headers: audioType }),
  );
  assert.equal(await audioOf(id), sha(second));
  await swallowed(() =>
    call(stack, 'PUT', `/api/train/items/${queued.id}/audio`, {
      body: first,
      headers: audioType,
    }),
  );
  assert.equal(await audioOf(queued.id), sha(first));
  assert.equal(
    (
      await swallowed(() =>
        call(stack, 'PATCH', item, { json: { promptText: 'other words' } }),
      )
    ).body.promptText,
    'other words',
  );
  rows(`UPDATE training_items SET status = 'failed' WHERE id = '${id}'`);
  assert.equal(
    (await swallowed(() => call(stack, 'POST', `${item}/retry`))).body.status,
    'ready',
  );

  const exported = (
    await swallowed(() =>
      call(stack, 'POST', '/api/train/export', {
        json: { artistId: artist.id },
      }),
    )
  ).body;
  const dataset = await fetch(
    exported.datasetUrl.replace(PUBLIC_URL, stack.url.slice(0, -1)),
  );
  assert.equal(sha(Buffer.from(await dataset.arrayBuffer())), exported.sha256);
  assert.equal(rows('SELECT count(*) FROM export_claims'), '0');

  const windows = (
    await swallowed(() => call(stack, 'POST', `${item}/windows/generate`))
  ).body.windows;
  assert.deepEqual(
    (await call(stack, 'GET', `${item}/windows`)).body.windows.map(
      (x) => x.promptText,
    ),
    windows.map((x) => x.promptText),
  );
  const changed = await swallowed(() =>
    call(stack, 'PATCH', `${item}/windows/0`, {
      json: { promptText: 'my words' },
    }),
  );
  assert.equal(changed.body.promptText, 'my words');
  await swallowed(() =>
    call(stack, 'PUT', `${item}/windows`, { json: { windows: [] } }),
  );
  assert.deepEqual(
    (await call(stack, 'GET', `${item}/windows`)).body.windows,
    [],
  );

  const training = (
    await swallowed(() =>
      call(
        stack,
        'POST',
        `/api/train/datasets/${exported.datasetId}/training`,
        { json: { destination: 'me/mine' } },
      ),
    )
  ).body;
  assert.equal(Object.keys(replicate.trainings).length, 1, 'asked for once');
  assert.equal(
    rows(`SELECT status FROM trainings WHERE id = '${training.trainingId}'`),
    training.status,
  );
  const theirs = Object.values(replicate.trainings)[0];
  await swallowed(() =>
    replicate.webhook(
      `${origin}/api/train/webhooks/replicate?training=${training.trainingId}`,
      { ...theirs, status: 'processing' },
    ),
  );
  assert.equal(
    rows(`SELECT status FROM trainings WHERE id = '${training.trainingId}'`),
    'processing',
  );
  await swallowed(() =>
    call(stack, 'POST', `/api/train/trainings/${training.trainingId}/cancel`),
  );
  assert.equal(Object.values(replicate.trainings)[0].status, 'canceled');

  rows(`INSERT INTO export_claims (artist_id) VALUES ('${artist.id}')`); // as if one ran
  await swallowed(() =>
    call(stack, 'POST', '/api/train/export/cancel', {
      json: { artistId: artist.id },
    }),
  );
  assert.equal(rows('SELECT cancel FROM export_claims'), 't');
  rows('DELETE FROM export_claims');

  await swallowed(() => call(stack, 'DELETE', item));
  assert.equal((await call(stack, 'GET', item)).status, 404);
  await swallowed(() => call(stack, 'POST', `${item}/restore`));
  assert.equal((await call(stack, 'GET', item)).status, 200);

  await swallowed(() =>
    call(stack, 'PATCH', item, { json: { promptText: null } }),
  );
  await swallowed(() => call(stack, 'DELETE', `${item}/audio`));
  assert.equal((await call(stack, 'GET', item)).body.status, 'needs_audio');
  await swallowed(() => call(stack, 'DELETE', item));
  assert.equal((await call(stack, 'GET', item)).status, 404);
  await swallowed(() => call(stack, 'DELETE', '/api/library/one'));
  await swallowed(() => call(stack, 'DELETE', it));
  assert.equal((await call(stack, 'GET', it)).status, 404);
  assert.ok(
    await soon(() => !stack.files().some((f) => f.includes(artist.slug))),
    'its objects are gone, too',
  );
});

test('a COMMIT that never arrived is a failure that leaves nothing', async () => {
  const w = await world(stack);
  const had = new Set(stack.files());
  await quiet();
  proxy.keep(1);
  const answer = await save(stack, w, mp3(30), {}, { 'Idempotency-Key': 'k' });
  problem(answer, 503, 'database_unavailable');
  assert.match(answer.body.detail, /nothing was changed/);
  assert.equal(
    rows(
      `SELECT count(*) FROM training_items WHERE artist_id = '${w.artistId}'`,
    ),
    '0',
  );
  assert.ok(await soon(() => stack.files().every((f) => had.has(f))));
  // The key is free for the same request.
  assert.equal(
    (await save(stack, w, mp3(30), {}, { 'Idempotency-Key': 'k' })).status,
    201,
  );
});

test('audio and caption stay as they were when their exchange fails', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  const { trainingItemId: id, item } = (await save(stack, w, audio)).body;
  for (const [method, more] of [
    ['PUT', { body: mp3(31), headers: audioType }],
    ['PATCH', { json: { promptText: 'never said' } }],
  ]) {
    await quiet();
    const had = new Set(stack.files());
    proxy.keep(1);
    const answer = await call(
      stack,
      method,
      `/api/train/items/${id}${method === 'PUT' ? '/audio' : ''}`,
      more,
    );
    problem(answer, 503, 'database_unavailable');
    assert.ok(
      await soon(() => stack.files().every((f) => had.has(f))),
      'nothing new is left',
    );
    assert.ok(
      [...had].every((f) => stack.files().includes(f)),
      'nothing old is gone',
    );
  }
  assert.equal(await audioOf(id), sha(audio));
  const now = (await call(stack, 'GET', `/api/train/items/${id}`)).body;
  assert.equal(now.promptText, item.promptText);
});

test('what nobody can tell is said so, and its objects stay', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  await quiet();
  proxy.swallow(1, { away: true });
  const answer = await save(stack, w, audio);
  proxy.away = false;
  problem(answer, 503, 'database_unavailable');
  assert.match(answer.body.detail, /look whether it is there/);
  const id = rows(
    `SELECT id FROM training_items WHERE artist_id = '${w.artistId}'`,
  );
  assert.notEqual(id, '');
  assert.equal(await audioOf(id), sha(audio));
});
