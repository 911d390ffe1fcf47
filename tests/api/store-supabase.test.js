// Goal: with STORAGE=supabase everything works as on the local store, and
// what goes wrong at Supabase or on the way there is survived or said.
import { test, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root, startStack } from '../lib/stack.js';
import { startSupabase } from '../lib/supabase-double.js';
import { call, logged, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';

let supabase;
let stack;
before(async () => {
  supabase = await startSupabase();
  // No analysis: it reads too, and would take the faults meant for others.
  stack = await startStack({
    env: { ...supabase.env, ANALYSIS_THREADS: '0', SUPABASE_RESUMABLE_MB: '6' },
  });
});
after(async () => {
  await stack?.stop();
  await supabase?.stop();
});
afterEach(() => supabase.mend());

const sha = (b) => createHash('sha256').update(b).digest('hex');
const object = (name) => fs.readFileSync(path.join(supabase.bucketDir, name));
const audioOf = (id, headers = {}) =>
  call(stack, 'GET', `/api/train/items/${id}/audio`, { raw: true, headers });
const bytesOf = async (res) => Buffer.from(await res.arrayBuffer());
const saveRaw = (w, audio, type = 'audio/mpeg') =>
  call(
    stack,
    'POST',
    `/api/train/save?${new URLSearchParams({ artistId: w.artistId, parseId: w.parseId, promptText: 'Deep house, 124 bpm' })}`,
    { body: audio, headers: { 'content-type': type } },
  );
const saved = async (w, audio) => {
  const answer = await save(stack, w, audio);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.item;
};

test('the bucket was made, and it is private', async () => {
  const answer = await fetch(
    `${supabase.url}/storage/v1/bucket/${supabase.bucket}`,
    { headers: { apikey: supabase.secret } },
  );
  assert.equal((await answer.json()).public, false);
  assert.equal((await call(stack, 'GET', '/api/health')).body.storage, 'ok');
});

test('300 MB go up and come down in flat memory, with nothing on the disk in between', async (t) => {
  // Sanitizers take several times the memory; this test measures the programs
  // as users run them.
  const plain = await startStack({
    env: {
      ...supabase.env,
      SUPABASE_BUCKET: 'plain',
      ANALYSIS_THREADS: '0',
      TRAINMODE_APP: '',
      CONFIGURE_FLAGS: '--enable-werror',
      TRAINMODE_BUILD: path.join(root, 'build'),
    },
  });
  try {
    const w = await world(plain);
    const peak = (program) => plain.resident(program).peak;
    const was = { save: peak('save'), export: peak('export') };
    const second = wav(1);
    const head = wav(1).subarray(0, 44);
    const seconds = Math.ceil(300e6 / (second.length - 44));
    head.writeUInt32LE(36 + seconds * (second.length - 44), 4);
    head.writeUInt32LE(seconds * (second.length - 44), 40);
    const audio = Buffer.concat([
      head,
      ...Array(seconds).fill(second.subarray(44)),
    ]);
    const target = `/api/train/save?${new URLSearchParams({ artistId: w.artistId, parseId: w.parseId, promptText: 'Deep house, 124 bpm' })}`;
    const answer = await call(plain, 'POST', target, {
      body: audio,
      headers: { 'content-type': 'audio/wav' },
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.equal(answer.body.item.audio.sha256, sha(audio));

    let spooled = 0;
    const look = setInterval(() => {
      for (const name of fs.readdirSync(plain.spool))
        spooled = Math.max(
          spooled,
          fs.statSync(path.join(plain.spool, name)).size,
        );
    }, 50);
    const exported = await call(plain, 'POST', '/api/train/export', {
      json: { artistId: w.artistId, layout: 'replicate' },
    });
    clearInterval(look);
    assert.equal(exported.status, 200, JSON.stringify(exported.body));
    assert.equal(exported.body.verified, true);
    assert.equal(
      sha(
        fs.readFileSync(
          path.join(
            supabase.dir,
            'plain',
            new URL(exported.body.datasetUrl).pathname.split('/plain/')[1],
          ),
        ),
      ),
      exported.body.sha256,
    );
    t.diagnostic(
      `save ${was.save.toFixed(1)} to ${peak('save').toFixed(1)} MB, export ${was.export.toFixed(1)} to ${peak('export').toFixed(1)} MB`,
    );
    assert.ok(
      peak('save') - was.save < 8,
      `save.fcgi grew by ${peak('save') - was.save} MB`,
    );
    // One piece of 6 MiB, and the data in transit.
    assert.ok(
      peak('export') - was.export < 12,
      `export.fcgi grew by ${peak('export') - was.export} MB`,
    );
    assert.equal(spooled, 0);
  } finally {
    await plain.stop();
  }
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
  assert.equal(
    part.headers.get('content-range'),
    `bytes 10-19/${audio.length}`,
  );
  assert.deepEqual(await bytesOf(part), audio.subarray(10, 20));
  assert.deepEqual(
    await bytesOf(await audioOf(item.id, { range: 'bytes=-5' })),
    audio.subarray(-5),
  );
  const beyond = await audioOf(item.id, { range: `bytes=${audio.length}-` });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get('content-range'), `bytes */${audio.length}`);
  assert.equal((await beyond.json()).code, 'range_not_satisfiable');

  const exported = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
  });
  assert.equal(exported.status, 200, JSON.stringify(exported.body));
  assert.equal(exported.body.verified, true);
  const url = new URL(exported.body.datasetUrl);
  assert.equal(url.origin, supabase.url);
  assert.match(
    url.pathname,
    /\/storage\/v1\/object\/sign\/dawa-exports\/artists\/.*\.zip$/,
  );
  const zip = await bytesOf(await fetch(url));
  assert.equal(sha(zip), exported.body.sha256);
  assert.equal(
    (await call(stack, 'DELETE', `/api/train/items/${item.id}?now=1`)).status,
    204,
  );
  assert.throws(() => object(item.audioPath), /ENOENT/);
});

// ---- what passes by itself ----

const requests = async (pattern) =>
  (await supabase.journal()).filter((r) =>
    pattern.test(`${r.method} ${r.path}`),
  );
const uploads = /^POST \/object\/dawa-exports\/.*audio/;

for (const status of [429, 500, 503, 544]) {
  test(`${status} is tried again, up and down`, async () => {
    const w = await world(stack);
    await supabase.journal();
    await supabase.break({
      on: 'POST /object/dawa-exports/',
      status,
      times: 2,
    });
    const audio = mp3(31);
    const item = await saved(w, audio);
    assert.deepEqual(
      (await requests(uploads)).map((r) => r.status),
      [status, status, 200],
    );
    await supabase.break({
      on: 'GET /object/authenticated/',
      status,
      times: 2,
    });
    assert.equal(sha(await bytesOf(await audioOf(item.id))), sha(audio));
  });
}

test('Retry-After is heeded', async () => {
  const w = await world(stack);
  await supabase.break({
    on: 'POST /object/dawa-exports/',
    status: 429,
    retryAfter: 2,
  });
  const began = Date.now();
  await saved(w, mp3(31));
  assert.ok(Date.now() - began >= 2000, `${Date.now() - began} ms`);
});

test('a gateway that fails with a page of its own is tried again', async () => {
  const w = await world(stack);
  await supabase.break({ on: 'POST /object/dawa-exports/', page: 502 });
  await saved(w, mp3(31));
});

test('a refusal is said once and not tried again', async () => {
  const w = await world(stack);
  await fetch(`${supabase.url}/storage/v1/bucket/${supabase.bucket}`, {
    method: 'PUT',
    headers: { apikey: supabase.secret },
    body: '{"file_size_limit": 100000}',
  });
  try {
    await supabase.journal();
    problem(await save(stack, w, mp3(31)), 413, 'too_large');
    assert.equal((await requests(uploads)).length, 1);
    // The limit of a resumable upload is the same.
    problem(await saveRaw(w, wav(40), 'audio/wav'), 413, 'too_large');
    assert.equal((await requests(/^POST \/upload\/resumable$/)).length, 1);
  } finally {
    await fetch(`${supabase.url}/storage/v1/bucket/${supabase.bucket}`, {
      method: 'PUT',
      headers: { apikey: supabase.secret },
      body: '{"file_size_limit": null}',
    });
  }
  assert.equal(
    (await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)).body
      .total,
    0,
  );
  assert.equal(
    fs.existsSync(path.join(supabase.bucketDir, 'artists', w.artist.slug)),
    false,
  );
  await saved(w, mp3(31));
});

// ---- lost answers ----

test('an upload whose answer is lost is looked for, not sent again', async () => {
  const w = await world(stack);
  await supabase.journal();
  await supabase.break({ on: 'POST /object/dawa-exports/.*audio', lose: true });
  const audio = mp3(31);
  const item = await saved(w, audio);
  const seen = await supabase.journal();
  assert.equal(
    seen.filter((r) => uploads.test(`${r.method} ${r.path}`)).length,
    1,
  );
  assert.equal(seen.filter((r) => /info.*audio/.test(r.path)).length, 1);
  assert.equal(sha(object(item.audioPath)), sha(audio));
});

test('an object that is there from before is not taken for the one that was lost', async () => {
  const w = await world(stack);
  const item = await saved(w, mp3(31, { bytes: 500000 }));
  const fresh = Buffer.from(mp3(31, { bytes: 500000 }));
  fresh.fill(0x55, fresh.length - 200);
  await supabase.break({
    on: 'POST /object/dawa-exports/.*audio',
    cutBody: 100000,
  });
  const answer = await call(stack, 'PUT', `/api/train/items/${item.id}/audio`, {
    body: fresh,
    headers: { 'content-type': 'audio/mpeg' },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(sha(object(answer.body.audioPath)), sha(fresh));
});

// ---- resumable uploads ----

test('a large file goes up in pieces, and on from where it broke', async () => {
  const w = await world(stack);
  const audio = wav(100); // 17 MB: three pieces
  const patches = async () =>
    (await requests(/^(PATCH|HEAD) \/upload/)).map((r) => r.method).join(' ');
  await supabase.journal();
  let answer = await saveRaw(w, audio, 'audio/wav');
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(sha(object(answer.body.item.audioPath)), sha(audio));
  assert.equal(await patches(), 'PATCH PATCH PATCH');

  await supabase.break({ on: 'PATCH /upload/', cutBody: 3000000 });
  answer = await saveRaw(w, audio, 'audio/wav');
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(sha(object(answer.body.item.audioPath)), sha(audio));
  assert.equal(await patches(), 'PATCH HEAD PATCH PATCH PATCH');

  // Stored, but never answered: the first piece, the last one, the creation.
  await supabase.break({ on: 'PATCH /upload/', lose: true });
  answer = await saveRaw(w, audio, 'audio/wav');
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(await patches(), 'PATCH HEAD PATCH PATCH');
  for (const lost of ['POST /upload/', 'PATCH /upload/']) {
    await supabase.break({
      on: lost,
      lose: true,
      ...(lost.startsWith('PATCH') && { skip: 2 }),
    });
    answer = await saveRaw(w, audio, 'audio/wav');
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.equal(sha(object(answer.body.item.audioPath)), sha(audio));
  }
  await supabase.break({ on: 'PATCH /upload/', status: 500, times: 2 });
  answer = await saveRaw(w, audio, 'audio/wav');
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(sha(object(answer.body.item.audioPath)), sha(audio));
});

test('what a killed program left half sent is taken back, an hour later', async () => {
  const w = await world(stack);
  const audio = wav(100);
  const known = () => stack.psql('SELECT count(*) FROM store_uploads');
  const sweep = async (...args) =>
    (
      await promisify(execFile)(
        path.join(root, 'trainmode'),
        ['sweep', '--state', stack.state, ...args],
        { env: process.env },
      )
    ).stdout;
  assert.equal((await saveRaw(w, audio, 'audio/wav')).status, 201);
  assert.equal(known(), '0', 'what is whole is forgotten');

  await supabase.break({ on: 'PATCH /upload/', skip: 1, hold: true });
  const lost = saveRaw(w, audio, 'audio/wav').catch(() => undefined);
  assert.ok(await soon(() => known() === '1'));
  const name = stack.psql('SELECT name FROM store_uploads');
  const there = async () =>
    (
      await fetch(`${supabase.url}/storage/v1/upload/resumable/${name}`, {
        method: 'HEAD',
        headers: { apikey: supabase.secret, 'tus-resumable': '1.0.0' },
      })
    ).status;
  await supabase.journal();
  stack.kill9('save');
  await lost;
  await supabase.mend();
  await sweep();
  assert.equal(await there(), 200, 'it may be another program’s, at work');

  stack.psql('UPDATE store_uploads SET due = now()');
  assert.match(await sweep('--dry-run'), /an unfinished upload of artists\//);
  await supabase.break({ on: 'DELETE /upload/', status: 500 });
  await sweep();
  assert.deepEqual([await there(), known()], [200, '1'], 'tried again later');
  stack.psql('UPDATE store_uploads SET due = now()');
  await sweep();
  assert.deepEqual([await there(), known()], [404, '0']);
  assert.equal((await saveRaw(w, audio, 'audio/wav')).status, 201);
});

test('an export goes up while it comes down, both broken in the middle', async () => {
  const w = await world(stack);
  for (let i = 0; i < 2; i++)
    assert.equal(
      (await saveRaw(w, wav(60, { hz: 200 + 100 * i }), 'audio/wav')).status,
      201,
    );
  await supabase.journal();
  await supabase.break({ on: 'GET /object/authenticated/', cut: 2500000 });
  await supabase.break({ on: 'PATCH /upload/', cutBody: 1000000 });
  const answer = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, layout: 'replicate' },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.verified, true);
  assert.equal(
    sha(await bytesOf(await fetch(answer.body.datasetUrl))),
    answer.body.sha256,
  );
  const seen = await supabase.journal();
  const first = seen.findIndex((r) => r.method === 'PATCH');
  const lastGet = seen.findLastIndex((r) =>
    /^\/object\/authenticated/.test(r.path),
  );
  assert.ok(
    first !== -1 && first < lastGet,
    'the upload begins before the download ends',
  );
});

// ---- downloads ----

test('a download that breaks goes on; of another object it takes nothing', async () => {
  const w = await world(stack);
  const audio = wav(60);
  const {
    body: { item },
  } = await saveRaw(w, audio, 'audio/wav');
  await supabase.journal();
  await supabase.break({
    on: 'GET /object/authenticated/',
    cut: 3000000,
    times: 2,
  });
  assert.equal(sha(await bytesOf(await audioOf(item.id))), sha(audio));
  const ranges = (await requests(/^GET \/object\/authenticated/)).map(
    (r) => r.headers.range,
  );
  assert.equal(ranges.length, 3);
  assert.match(ranges[1], /^bytes=[1-9]\d*-/);

  await supabase.break({ on: 'GET /object/authenticated/', cut: 3000000 });
  await supabase.break({ on: 'GET /object/authenticated/', hold: true });
  const rejected = assert.rejects(audioOf(item.id).then(bytesOf));
  const goesOn = (r) => /^bytes=[1-9]/.test(r.headers.range);
  assert.ok(
    await soon(async () =>
      (await requests(/^GET \/object\/authenticated/)).some(goesOn),
    ),
  );
  const other = Buffer.alloc(audio.length, 1);
  await fetch(
    `${supabase.url}/storage/v1/object/${supabase.bucket}/${item.audioPath}`,
    {
      method: 'POST',
      body: other,
      headers: { apikey: supabase.secret, 'x-upsert': 'true' },
    },
  );
  await supabase.mend();
  await rejected;
  await logged(stack, 'save', /the object was replaced while it was read/);
});

// ---- away, and wrong ----

test('while Supabase is away this is said, nothing is left, and all is well again', async () => {
  const w = await world(stack);
  await supabase.pause();
  const health = await call(stack, 'GET', '/api/health');
  assert.equal(health.status, 503);
  assert.deepEqual(
    [health.body.storage, health.body.database],
    ['unavailable', 'ok'],
  );
  problem(await save(stack, w, mp3(31)), 502, 'storage_error');
  await stack.restart('save');
  await supabase.resume();
  await saved(w, mp3(31));
  assert.equal((await call(stack, 'GET', '/api/health')).status, 200);
  assert.equal(
    (await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)).body
      .total,
    1,
  );
});

test('Supabase may be away at up: all starts, says so, and works when it is back', async () => {
  await supabase.pause();
  const late = await startStack({
    env: { ...supabase.env, SUPABASE_BUCKET: 'late' },
  });
  try {
    const health = await call(late, 'GET', '/api/health');
    assert.deepEqual(
      [health.status, health.body.storageDetail],
      [503, 'Supabase does not answer'],
    );
    await supabase.resume();
    assert.equal((await call(late, 'GET', '/api/health')).status, 200);
    assert.equal((await save(late, await world(late), mp3(31))).status, 201);
  } finally {
    await late.stop();
  }
});

test('a bucket with the types that the docs name takes all; one that is public says so', async () => {
  const docs = fs.readFileSync(path.join(root, 'docs/supabase.md'), 'utf8');
  const types = [
    .../the list must contain ([^.]*)\./.exec(docs)[1].matchAll(/`([^`]+)`/g),
  ].map((m) => m[1]);
  assert.ok(types.includes('text/plain'), types.join());
  const ask = (method, what, body) =>
    fetch(`${supabase.url}/storage/v1/bucket${what}`, {
      method,
      body: JSON.stringify(body),
      headers: { apikey: supabase.secret, 'content-type': 'application/json' },
    });
  await ask('POST', '', {
    name: 'listed',
    public: true,
    allowed_mime_types: types,
  });
  const listed = await startStack({
    env: {
      ...supabase.env,
      SUPABASE_BUCKET: 'listed',
      SUPABASE_RESUMABLE_MB: '1',
    },
  });
  try {
    assert.match(listed.said, /storage: the bucket is public/);
    assert.match(
      (await call(listed, 'GET', '/api/health')).body.storageDetail,
      /^the bucket is public/,
    );
    await ask('PUT', '/listed', { public: false });
    assert.equal(
      (await call(listed, 'GET', '/api/health')).body.storageDetail,
      undefined,
    );
    const w = await world(listed);
    await supabase.journal();
    const {
      body: { trainingItemId: id },
    } = await save(listed, w, wav(20));
    // What was just uploaded is not downloaded for the analysis.
    assert.ok(
      await soon(
        async () =>
          (await call(listed, 'GET', `/api/train/items/${id}`)).body
            .analysis === 'done',
      ),
    );
    assert.deepEqual(
      (await supabase.journal()).filter(
        (r) => r.method === 'GET' && r.path.includes('/authenticated/'),
      ),
      [],
    );
    assert.equal(
      (
        await call(listed, 'POST', '/api/train/export', {
          json: { artistId: w.artistId },
        })
      ).status,
      200,
    );
    await ask('PUT', '/listed', { allowed_mime_types: ['audio/*'] });
    assert.match(
      (await call(listed, 'GET', '/api/health')).body.storageDetail,
      /list of MIME types/,
    );
  } finally {
    await listed.stop();
  }
});

test('an outage of 30 s in the middle of a large file loses nothing of it', async () => {
  const w = await world(stack);
  const audio = wav(80); // 14 MB: three pieces
  await supabase.journal();
  await supabase.break({
    on: '(PATCH|HEAD) /upload/',
    skip: 1,
    times: 10000,
    status: 503,
  });
  setTimeout(() => supabase.mend(), 30000);
  const answer = await saveRaw(w, audio, 'audio/wav');
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(
    sha(await bytesOf(await audioOf(answer.body.trainingItemId))),
    sha(audio),
  );
  const seen = await supabase.journal();
  assert.equal(
    seen.filter((r) => r.method === 'POST' && r.path.startsWith('/upload/'))
      .length,
    1,
  );
});

test('what a large artist leaves goes by few requests, after the answer', async () => {
  const w = await world(stack);
  for (let i = 0; i < 8; i++)
    await Promise.all(Array.from({ length: 4 }, () => saved(w, mp3(6))));
  const slug = stack.psql(
    `SELECT slug FROM artists WHERE id = '${w.artistId}'`,
  );
  const objects = () =>
    fs
      .readdirSync(supabase.bucketDir, { recursive: true })
      .filter((f) => f.includes(slug) && /\.(mp3|txt)$/.test(f)).length;
  const gone = () => {
    try {
      return objects() === 0;
    } catch {
      return false; // folders go while they are read
    }
  };
  assert.equal(objects(), 64);
  await supabase.journal();
  assert.equal(
    (await call(stack, 'DELETE', `/api/artists/${w.artistId}`)).status,
    204,
  );
  assert.ok(await soon(gone));
  const asked = (await supabase.journal()).filter((r) => r.method === 'DELETE');
  assert.ok(asked.length <= 2, JSON.stringify(asked.map((r) => r.path)));
});

test('HEAD fetches nothing, and what the player has already is not sent again', async () => {
  const item = await saved(await world(stack), mp3(31));
  const { headers } = await audioOf(item.id);
  await supabase.journal();
  const head = await call(stack, 'HEAD', `/api/train/items/${item.id}/audio`, {
    raw: true,
  });
  assert.deepEqual(
    [head.status, head.headers.get('content-length')],
    [200, String(item.audio.bytes)],
  );
  const again = await audioOf(item.id, {
    'if-none-match': headers.get('etag'),
  });
  assert.equal(again.status, 304);
  assert.equal(
    (await audioOf(item.id, { 'if-none-match': '"other"' })).status,
    200,
  );
  assert.equal(
    (await supabase.journal()).filter(
      (r) => r.method === 'GET' && r.path.includes('audio'),
    ).length,
    1,
  );
});

test('a bucket that is lost is made again by whoever asks for health', async () => {
  const ask = (method, what) =>
    fetch(`${supabase.url}/storage/v1/bucket/${supabase.bucket}${what}`, {
      method,
      headers: { apikey: supabase.secret },
    });
  await ask('POST', '/empty');
  assert.equal((await ask('DELETE', '')).status, 200);
  const w = await world(stack);
  problem(await save(stack, w, mp3(31)), 502, 'storage_error');
  await logged(stack, 'save', /Supabase shows no bucket "dawa-exports"/);
  assert.equal((await call(stack, 'GET', '/api/health')).status, 200);
  await saved(w, mp3(31));
});

test('a wrong key is said at up, and keys stand in no log', async () => {
  const wrong = 'sb_secret_of_another_project_00000000';
  await assert.rejects(
    startStack({ env: { ...supabase.env, SUPABASE_SERVICE_ROLE_KEY: wrong } }),
    (e) => {
      assert.match(e.message, /Supabase refuses SUPABASE_SERVICE_ROLE_KEY/);
      assert.ok(!e.message.includes(wrong));
      return true;
    },
  );
  for (const name of fs.readdirSync(path.join(stack.state, 'log'))) {
    const text = fs.readFileSync(path.join(stack.state, 'log', name), 'utf8');
    assert.ok(!text.includes(supabase.secret) && !/token=ey/.test(text), name);
  }
  await logged(stack, 'save', /trying again/);
});

test("an older key goes as a bearer's token too, a newer one never", async () => {
  const seen = await supabase.journal();
  await call(stack, 'GET', '/api/health');
  const [newer] = await supabase.journal();
  assert.equal(newer.headers.apikey, supabase.secret);
  assert.equal(newer.headers.authorization, undefined);
  assert.match(newer.headers['user-agent'], /^trainmode/);
  assert.ok(seen.every((r) => r.headers.expect === undefined));
  const old = await startStack({
    env: {
      ...supabase.env,
      SUPABASE_BUCKET: 'older',
      SUPABASE_SERVICE_ROLE_KEY: supabase.jwt,
    },
  });
  try {
    await supabase.journal();
    assert.equal((await call(old, 'GET', '/api/health')).status, 200);
    const [older] = await supabase.journal();
    assert.equal(older.headers.authorization, `Bearer ${supabase.jwt}`);
    assert.equal(older.headers.apikey, supabase.jwt);
  } finally {
    await old.stop();
  }
});

test('a check of many items asks for a list, not for each', async () => {
  const w = await world(stack);
  const names = Array.from({ length: 24 }, (_, i) => i);
  const items = [];
  while (names.length) {
    items.push(
      ...(await Promise.all(names.splice(0, 6).map(() => saved(w, mp3(6))))),
    );
  }
  await supabase.journal();
  const check = () =>
    call(stack, 'POST', '/api/train/export/check', {
      json: { artistId: w.artistId },
    });
  const whole = await check();
  assert.equal(whole.status, 200);
  assert.ok(
    !whole.body.blocks.some((b) => /^audio_/.test(b.code)),
    JSON.stringify(whole.body.blocks),
  );
  const asked = await supabase.journal();
  assert.equal(asked.length, 1, JSON.stringify(asked.map((a) => a.path)));
  assert.match(asked[0].path, /list-v2/);
  // A lost object is asked about individually, and reported.
  fs.rmSync(path.join(supabase.bucketDir, items[7].audioPath));
  const { body } = await check();
  assert.deepEqual(
    body.blocks
      .filter((b) => /^audio_/.test(b.code))
      .map((b) => [b.itemId, b.code]),
    [[items[7].id, 'audio_lost']],
  );
  assert.equal((await supabase.journal()).length, 2);
});
