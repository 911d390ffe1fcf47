// Goal: every way to send an item gives the same item and the same bytes, and a
// failure leaves no object, no row and no spool file behind.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const sha = (b) => createHash('sha256').update(b).digest('hex');
const nobody = '00000000-0000-4000-8000-000000000000';

// Objects, and the files in the spool.
const files = () => stack.files();
const rows = (w) =>
  Number(
    stack.psql(
      `SELECT count(*) FROM training_items WHERE artist_id = '${w.artistId}'`,
    ),
  );

// Run it and assert that it left nothing new.
async function leavesNothing(w, fn) {
  const before = files();
  const had = rows(w);
  await fn();
  await soon(() => files().length <= before.length);
  assert.deepEqual(files(), before);
  assert.equal(rows(w), had);
}

// The item when its analysis is over. It has the lowest priority and takes the
// oldest first, so what other tests left to it is not waited for.
async function analyzed(id) {
  let item;
  stack.psql(
    `UPDATE training_items SET analysis_state = 'done' WHERE analysis_state = 'pending' AND id <> '${id}'`,
  );
  await soon(async () => {
    item = (await call(stack, 'GET', `/api/train/items/${id}`)).body;
    return item.analysis !== 'pending';
  }, 120);
  return item;
}

test('the plan’s JSON becomes an item that is ready', async () => {
  const w = await world(stack);
  const audio = mp3(40);
  const answer = await save(stack, w, audio);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(answer.body.success, true);
  const { item } = answer.body;
  assert.equal(item.id, answer.body.trainingItemId);
  assert.equal(answer.headers.get('location'), `/api/train/items/${item.id}`);
  assert.equal(item.status, 'ready');
  assert.equal(
    item.audioPath,
    `artists/${w.artist.slug}/training/${item.id}/audio.mp3`,
  );
  assert.equal(
    item.promptPath,
    `artists/${w.artist.slug}/training/${item.id}/prompt.txt`,
  );
  assert.equal(item.alsFilename, 'Night Drive.als');
  assert.equal(item.audio.sha256, sha(audio));
  assert.equal(item.audio.bytes, audio.length);
  assert.equal(item.audio.format, 'mp3');
  assert.equal(item.audio.sampleRate, 44100);
  assert.ok(
    Math.abs(item.audio.durationSec - 40) < 0.1,
    item.audio.durationSec,
  );

  const store = stack.objects;
  assert.equal(
    sha(fs.readFileSync(path.join(store, item.audioPath))),
    sha(audio),
  );
  assert.equal(
    fs.readFileSync(path.join(store, item.promptPath), 'utf8'),
    item.promptText,
  );

  const got = await call(stack, 'GET', `/api/train/items/${item.id}/audio`, {
    raw: true,
  });
  assert.equal(got.headers.get('content-type'), 'audio/mpeg');
  assert.equal(sha(Buffer.from(await got.arrayBuffer())), sha(audio));
  const part = await call(stack, 'GET', `/api/train/items/${item.id}/audio`, {
    raw: true,
    headers: { range: 'bytes=10-19' },
  });
  assert.equal(part.status, 206);
  assert.deepEqual(
    Buffer.from(await part.arrayBuffer()),
    audio.subarray(10, 20),
  );
});

test('members in any order, base64 as mail writes it, unknown members', async () => {
  const w = await world(stack);
  const audio = mp3(31);
  const b64 = audio.toString('base64').replace(/.{76}/g, '$&\r\n');
  const bodies = [
    `{"audioBase64":${JSON.stringify(b64)},"nested":{"a":[{}]},"promptText":"first","parseId":"${w.parseId}","artistId":"${w.artistId}"}`,
    `{"artistId":"${w.artistId}","audioBase64":"${audio.toString('base64url')}","parseId":"${w.parseId}","promptText":"second"}`,
    `{"promptText":"third","artistId":"${w.artistId}","parseId":"${w.parseId}","audioBase64":"${audio.toString('base64').replaceAll('/', '\\/')}"}`,
  ];
  for (const body of bodies) {
    const answer = await call(stack, 'POST', '/api/train/save', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.equal(answer.body.item.audio.sha256, sha(audio));
  }
});

test('multipart and a raw body give the same item', async () => {
  const w = await world(stack);
  const audio = mp3(33);
  const form = new FormData();
  form.set('audio', new Blob([audio], { type: 'audio/mpeg' }), 'Nächte.mp3');
  form.set('promptText', 'Caption ü');
  form.set('parseId', w.parseId);
  form.set('artistId', w.artistId);
  const multi = await call(stack, 'POST', '/api/train/save', { body: form });
  assert.equal(multi.status, 201, JSON.stringify(multi.body));
  assert.equal(multi.body.item.audio.sha256, sha(audio));
  assert.equal(multi.body.item.promptText, 'Caption ü');

  const query = new URLSearchParams({
    artistId: w.artistId,
    parseId: w.parseId,
    promptText: 'Caption ü',
  });
  const raw = await call(stack, 'POST', `/api/train/save?${query}`, {
    body: audio,
    headers: { 'content-type': 'audio/mpeg' },
  });
  assert.equal(raw.status, 201, JSON.stringify(raw.body));
  assert.equal(raw.body.item.audio.sha256, sha(audio));
  assert.equal(raw.body.item.promptText, 'Caption ü');
  const back = await call(
    stack,
    'GET',
    `/api/train/items/${raw.body.item.id}/audio`,
    { raw: true },
  );
  assert.equal(sha(Buffer.from(await back.arrayBuffer())), sha(audio));
});

test('curl sends it too, as README prints it', async () => {
  const w = await world(stack);
  const file = path.join(stack.state, 'Mein Stück.mp3');
  fs.writeFileSync(file, mp3(30));
  const out = execFileSync('curl', [
    '-sS',
    '-F',
    `audio=@${file}`,
    '-F',
    `artistId=${w.artistId}`,
    '-F',
    `parseId=${w.parseId}`,
    '-F',
    'promptText=Deep house, 124 bpm',
    new URL('/api/train/save', stack.url).href,
  ]);
  assert.equal(JSON.parse(out).success, true);
  fs.rmSync(file);
});

test('an Idempotency-Key makes a repeat harmless', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  const headers = { 'idempotency-key': `key-${w.artistId}` };
  const [a, b] = await Promise.all([
    save(stack, w, audio, {}, headers),
    save(stack, w, audio, {}, headers),
  ]);
  const c = await save(stack, w, audio, {}, headers);
  for (const x of [a, b, c])
    assert.equal(x.status, 201, JSON.stringify(x.body));
  assert.equal(new Set([a, b, c].map((x) => x.body.trainingItemId)).size, 1);
  assert.equal(rows(w), 1);
  problem(
    await save(stack, w, audio, { promptText: 'something else' }, headers),
    422,
    'idempotency_mismatch',
  );
  assert.equal(rows(w), 1);
});

test('what is wrong with the members is said, and nothing is kept', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  await leavesNothing(w, async () => {
    problem(
      await save(stack, w, audio, { promptText: '' }),
      400,
      'invalid_field',
      'promptText',
    );
    problem(
      await save(stack, w, audio, { promptText: 5 }),
      400,
      'invalid_field',
      'promptText',
    );
    problem(
      await save(stack, w, audio, { artistId: 'x' }),
      400,
      'invalid_field',
      'artistId',
    );
    problem(
      await save(stack, w, audio, { artistId: undefined }),
      400,
      'invalid_field',
      'artistId',
    );
    problem(
      await save(stack, w, audio, { artistId: nobody }),
      404,
      'artist_not_found',
    );
    problem(
      await save(stack, w, audio, { parseId: 'nothing' }),
      404,
      'set_not_found',
    );
    problem(
      await save(stack, w, audio, { audioBase64: undefined }),
      400,
      'invalid_field',
      'audioBase64',
    );
    problem(
      await save(stack, w, audio, { audioBase64: 17 }),
      400,
      'invalid_field',
      'audioBase64',
    );
    problem(
      await save(stack, w, audio, { audioBase64: null }),
      400,
      'invalid_field',
      'audioBase64',
    );
    problem(
      await save(stack, w, audio, { generationId: nobody }),
      400,
      'invalid_field',
      'generationId',
    );
    problem(
      await call(stack, 'POST', '/api/train/save', {
        body: '{"artistId":',
        headers: { 'content-type': 'application/json' },
      }),
      400,
      'invalid_json',
    );
    problem(
      await call(stack, 'POST', '/api/train/save', {
        body: 'x',
        headers: { 'content-type': 'text/plain' },
      }),
      415,
      'unsupported_media_type',
    );
  });
});

test('one bad byte far into the base64 is refused and leaves nothing', async () => {
  const w = await world(stack);
  const b64 = mp3(0, { bytes: 30e6 }).toString('base64');
  const at = Math.floor(b64.length * 0.99);
  await leavesNothing(w, async () => {
    const bad = b64.slice(0, at) + '*' + b64.slice(at + 1);
    problem(
      await save(stack, w, Buffer.alloc(0), { audioBase64: bad }),
      400,
      'invalid_field',
      'audioBase64',
    );
  });
});

test('what is not audio is refused with what it is', async () => {
  const w = await world(stack);
  await leavesNothing(w, async () => {
    for (const junk of [
      Buffer.from('%PDF-1.4\n' + 'x'.repeat(5000)),
      Buffer.alloc(100000),
      Buffer.from('<!doctype html><p>hello'),
      Buffer.from('x'),
    ])
      problem(await save(stack, w, junk), 422, 'not_audio');
  });
});

test('a WAV is stored under its own extension', async () => {
  const w = await world(stack);
  const answer = await save(stack, w, wav(6));
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.match(answer.body.item.audioPath, /audio\.wav$/);
  assert.equal(answer.body.item.audio.format, 'wav');
  assert.ok(
    answer.body.item.checks.some((c) => c.level === 'warn'),
    'six seconds are worth a warning',
  );
});

test('the queue: sets wait, audio and caption move them, and back', async () => {
  const w = await world(stack);
  const put = await call(stack, 'POST', '/api/train/items', {
    json: { artistId: w.artistId, parseIds: [w.parseId, w.parseId] },
  });
  assert.equal(put.status, 201, JSON.stringify(put.body));
  assert.equal(put.body.items.length, 1);
  const { id } = put.body.items[0];
  assert.equal(put.body.items[0].status, 'needs_audio');
  assert.equal(
    (
      await call(stack, 'POST', '/api/train/items', {
        json: { artistId: w.artistId, parseIds: [w.parseId] },
      })
    ).status,
    201,
  );
  assert.equal(rows(w), 1);

  const audio = mp3(35);
  const sent = await call(stack, 'PUT', `/api/train/items/${id}/audio`, {
    body: audio,
    headers: { 'content-type': 'audio/mpeg' },
  });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  assert.equal(sent.body.status, 'needs_prompt');
  assert.equal(sent.body.audio.sha256, sha(audio));

  const patched = await call(stack, 'PATCH', `/api/train/items/${id}`, {
    json: { promptText: 'House, 124 bpm' },
  });
  assert.equal(patched.status, 200, JSON.stringify(patched.body));
  assert.equal(patched.body.status, 'ready');

  const list = await call(
    stack,
    'GET',
    `/api/train/items?artistId=${w.artistId}`,
  );
  assert.deepEqual(list.body.counts, {
    needs_audio: 0,
    needs_prompt: 0,
    ready: 1,
    exported: 0,
    failed: 0,
  });
  assert.equal(list.body.total, 1);
  assert.equal(list.body.items[0].peaks, undefined);
  assert.equal(
    (
      await call(
        stack,
        'GET',
        `/api/train/items?artistId=${w.artistId}&status=exported`,
      )
    ).body.items.length,
    0,
  );
  problem(
    await call(
      stack,
      'GET',
      `/api/train/items?artistId=${w.artistId}&status=odd`,
    ),
    400,
    'invalid_field',
    'status',
  );
  problem(
    await call(stack, 'PATCH', `/api/train/items/${id}`, {
      json: { promptText: ' ' },
    }),
    400,
    'invalid_field',
    'promptText',
  );
  problem(
    await call(stack, 'POST', '/api/train/items', {
      json: { artistId: w.artistId, parseIds: ['none'] },
    }),
    404,
    'set_not_found',
  );

  const before = await call(stack, 'GET', `/api/train/items/${id}`);
  const other = mp3(36);
  assert.equal(
    (
      await call(stack, 'PUT', `/api/train/items/${id}/audio`, {
        body: other,
        headers: { 'content-type': 'audio/mpeg' },
      })
    ).body.audio.sha256,
    sha(other),
  );
  problem(
    await call(stack, 'PUT', `/api/train/items/${id}/audio`, {
      body: Buffer.alloc(5000),
      headers: { 'content-type': 'audio/mpeg' },
    }),
    422,
    'not_audio',
  );
  assert.equal(
    (await call(stack, 'GET', `/api/train/items/${id}`)).body.audio.sha256,
    sha(other),
  );
  assert.equal(before.body.id, id);

  assert.equal(
    (await call(stack, 'DELETE', `/api/train/items/${id}?now=1`)).status,
    204,
  );
  problem(
    await call(stack, 'GET', `/api/train/items/${id}`),
    404,
    'item_not_found',
  );
  problem(
    await call(stack, 'DELETE', `/api/train/items/${id}`),
    404,
    'item_not_found',
  );
  assert.ok(!files().some((f) => f.includes(id)));
});

test('what is removed takes the item back; what failed can be tried again', async () => {
  const w = await world(stack);
  const { trainingItemId: id } = (await save(stack, w, mp3(34))).body;
  const at = `/api/train/items/${id}`;
  const bare = await call(stack, 'PATCH', at, { json: { promptText: null } });
  assert.equal(bare.status, 200, JSON.stringify(bare.body));
  assert.equal(bare.body.status, 'needs_prompt');
  assert.equal(bare.body.promptText, null);
  assert.equal(
    (await call(stack, 'PATCH', at, { json: { promptText: 'Again' } })).body
      .status,
    'ready',
  );
  const silent = await call(stack, 'DELETE', `${at}/audio`);
  assert.equal(silent.body.status, 'needs_audio', JSON.stringify(silent.body));
  assert.equal(silent.body.promptText, 'Again');
  problem(await call(stack, 'GET', `${at}/audio`), 404, 'file_not_found');
  assert.ok(!files().some((f) => f.includes(`${id}/audio`)));
  problem(await call(stack, 'POST', `${at}/retry`), 409, 'conflict');
  assert.equal(
    (
      await call(stack, 'PUT', `${at}/audio`, {
        body: mp3(34),
        headers: { 'content-type': 'audio/mpeg' },
      })
    ).body.status,
    'ready',
  );

  // The object is lost before the analysis sees it: that is reported, and can
  // be repaired.
  await analyzed(id);
  fs.rmSync(files().find((f) => f.includes(`${id}/audio`)));
  stack.psql(
    `UPDATE training_items SET analysis_state = 'pending' WHERE id = '${id}'`,
  );
  let item;
  await soon(async () => {
    item = (await call(stack, 'GET', at)).body;
    return item.status === 'failed';
  });
  assert.equal(item.status, 'failed', JSON.stringify(item));
  assert.match(item.error, /audio/);
  // The answer may already report the next failure: the file is still lost.
  assert.equal((await call(stack, 'POST', `${at}/retry`)).status, 200);
  assert.equal(
    (
      await call(stack, 'PUT', `${at}/audio`, {
        body: mp3(34),
        headers: { 'content-type': 'audio/mpeg' },
      })
    ).body.status,
    'ready',
  );
});

test('a save settles the set that waits on the queue', async () => {
  const w = await world(stack);
  await call(stack, 'POST', '/api/train/items', {
    json: { artistId: w.artistId, parseIds: [w.parseId] },
  });
  assert.equal((await save(stack, w, mp3(32))).status, 201);
  const list = await call(
    stack,
    'GET',
    `/api/train/items?artistId=${w.artistId}`,
  );
  assert.equal(list.body.total, 1);
  assert.equal(list.body.counts.ready, 1);
});

test('the analysis follows the answer', async () => {
  const w = await world(stack);
  const answer = await save(stack, w, wav(8));
  assert.equal(answer.body.item.analysis, 'pending');
  const item = await analyzed(answer.body.item.id);
  assert.equal(item.analysis, 'done', JSON.stringify(item));
  assert.equal(item.peaks.length, 800);
  assert.ok(item.peaks.every((p) => p >= 0 && p <= 1));
  assert.ok(item.measured.loudnessLufs < 0);
});

test('a client that hangs up half-way leaves nothing', async () => {
  const w = await world(stack);
  await leavesNothing(w, async () => {
    const { hostname, port } = new URL(stack.url);
    const socket = net.connect(Number(port), hostname);
    const body = Buffer.from(
      `{"artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"${mp3(20).toString('base64')}`,
    );
    socket.write(
      `POST /api/train/save HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length * 2}\r\n\r\n`,
    );
    socket.write(body);
    await sleep(300);
    socket.destroy();
    await sleep(300);
  });
});

test('an over-long body is refused before it is read', async () => {
  const w = await world(stack);
  await leavesNothing(w, async () => {
    const { hostname, port } = new URL(stack.url);
    const answer = await new Promise((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () => {
        socket.write(
          'POST /api/train/save HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n{',
        );
      });
      let text = '';
      // The answer comes at once; nginx itself waits some seconds for the body.
      socket.on('data', (d) => {
        text += d;
        if (/\}\s*$/.test(text)) socket.destroy();
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    assert.match(answer, /^HTTP\/1\.1 413/);
    assert.match(answer, /"code": ?"too_large"/);
  });
});

test('kill -9 in the middle of an upload: the next save works', async () => {
  const w = await world(stack);
  const slow = save(stack, w, mp3(0, { bytes: 60e6 })).catch((e) => e);
  await sleep(250);
  stack.kill9('save');
  await slow;
  assert.ok(
    await soon(async () => (await save(stack, w, mp3(30))).status === 201),
    'saves do not work again',
  );
});

test('memory stays flat from 1 MB to 500 MB', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(0, { bytes: 1e6 }));
  const small = stack.resident('save').peak;
  // curl from a file, so that this test itself holds no half gigabyte.
  const file = path.join(stack.state, 'large.json');
  const fd = fs.openSync(file, 'w');
  fs.writeSync(
    fd,
    `{"artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"`,
  );
  const piece = mp3(0, { bytes: 3 * 417 * 4000 })
    .subarray(40)
    .toString('base64');
  for (let n = 0; n < 500e6; n += piece.length) fs.writeSync(fd, piece);
  fs.writeSync(fd, '"}');
  fs.closeSync(fd);
  const out = execFileSync('curl', [
    '-sS',
    '-X',
    'POST',
    '-H',
    'Content-Type: application/json',
    '-T',
    file,
    new URL('/api/train/save', stack.url).href,
  ]);
  fs.rmSync(file);
  const answer = JSON.parse(out);
  assert.equal(answer.success, true, String(out).slice(0, 500));
  assert.ok(answer.item.audio.bytes > 370e6);
  const large = stack.resident('save').peak;
  assert.ok(large - small < 4, `grew from ${small} MB to ${large} MB`);
  await call(
    stack,
    'DELETE',
    `/api/train/items/${answer.trainingItemId}?now=1`,
  );
});
