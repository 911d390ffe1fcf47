// Goal: audio finds its set by ear: a bounce is ranked against the artist's
// sets, waits a day, is saved without being sent again, and the item shows its
// place in its set, or that it belongs to another set, or to an older version.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { call, problem, soon, world } from '../lib/client.js';
import { bounceOf, song, summaryOf } from '../lib/song.js';

let stack, artist;
const songs = {
  'Night Drive': song(1),
  Harbor: song(2),
  Slow: song(3, { bpm: 96, bars: 24 }),
};
const sets = {};

before(async () => {
  stack = await startStack();
  artist = (await world(stack)).artist;
  for (const [name, s] of Object.entries(songs)) {
    const made = await call(
      stack,
      'POST',
      `/api/library?artistId=${artist.id}`,
      {
        json: {
          parseId: `${artist.id}-${name.replace(' ', '-')}`,
          alsFilename: `${name}.als`,
          projectName: name,
          summary: summaryOf(s, name),
        },
      },
    );
    assert.ok([200, 201].includes(made.status), JSON.stringify(made.body));
    sets[name] = made.body.parseId;
  }
});
after(() => stack?.stop());

const match = (body, type = 'audio/wav', of = artist.id) =>
  call(stack, 'POST', `/api/train/match?artistId=${of}`, {
    body,
    headers: { 'content-type': type },
  });

async function analyzed(id) {
  let item;
  assert.ok(
    await soon(async () => {
      item = (await call(stack, 'GET', `/api/train/items/${id}`)).body;
      return item.analysis !== 'pending';
    }, 120),
  );
  assert.equal(item.analysis, 'done', JSON.stringify(item));
  return item;
}

const codes = (item) => item.checks.map((c) => c.code);

test('a bounce finds its set and its place, and is saved without being sent again', async () => {
  const bar = 240 / 124;
  const found = await match(bounceOf(songs.Harbor, 4 * bar, 26 * bar));
  assert.equal(found.status, 200, JSON.stringify(found.body));
  const [best, ...others] = found.body.matches;
  assert.equal(best.parseId, sets.Harbor);
  assert.equal(best.projectName, 'Harbor');
  assert.equal(best.verdict, 'same');
  assert.ok(Math.abs(best.offsetSec - 4 * bar) < 0.02, `${best.offsetSec}`);
  assert.equal(best.startBar, 5);
  assert.ok(best.coverage > 0.7 && best.coverage <= 1);
  assert.ok(others.every((m) => m.verdict !== 'same' && m.score < best.score));
  assert.ok(
    stack.files().some((f) => f.endsWith(`/incoming/${found.body.uploadId}`)),
  );
  assert.match(found.body.sha256, /^[0-9a-f]{64}$/);
  assert.equal(Math.round(found.body.measured.tempo.bpm), 124);
  assert.ok('key' in found.body.measured);

  const form = {
    artistId: artist.id,
    parseId: best.parseId,
    promptText: 'a caption',
    uploadId: found.body.uploadId,
  };
  const saved = await call(stack, 'POST', '/api/train/save', { json: form });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  assert.match(saved.body.item.audioPath, /\/audio\.wav$/);
  assert.equal(saved.body.item.alignment, null);
  const item = await analyzed(saved.body.trainingItemId);
  assert.equal(item.alignment.verdict, 'same');
  assert.ok(Math.abs(item.alignment.offsetSec - 4 * bar) < 0.02);
  assert.ok(codes(item).includes('part_of_set'), codes(item).join());
  for (const none of ['length_differs', 'tempo_differs', 'older_version'])
    assert.ok(!codes(item).includes(none), none);
  assert.equal(item.measured.sound, undefined);

  const again = await call(
    stack,
    'POST',
    `/api/train/match?artistId=${artist.id}`,
    { json: { itemId: item.id } },
  );
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.equal(again.body.matches[0].parseId, sets.Harbor);
  assert.equal(again.body.uploadId, undefined);
});

test('audio that is saved with another set names the one that it is of', async () => {
  const form = new FormData();
  form.set(
    'audio',
    new Blob([bounceOf(songs['Night Drive'])]),
    'Nächtliche Fahrt.wav',
  );
  for (const [name, value] of Object.entries({
    artistId: artist.id,
    parseId: sets.Slow,
    promptText: 'a caption',
  }))
    form.set(name, value);
  const saved = await call(stack, 'POST', '/api/train/save', { body: form });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const item = await analyzed(saved.body.trainingItemId);
  assert.equal(item.alignment.verdict, 'another');
  assert.match(
    item.checks.find((c) => c.code === 'another_set').detail,
    /Night Drive/,
  );
});

// The song before these bars were changed.
function olderOf(s, before, from, to) {
  const changed = (h) => h.tick >= from * 192 && h.tick < to * 192;
  const mix = (now, then) => [
    ...now.filter((h) => !changed(h)),
    ...then.filter(changed),
  ];
  return {
    ...s,
    drums: mix(s.drums, before.drums),
    notes: mix(s.notes, before.notes),
  };
}

test('a bounce of an older version is told by the stretch that does not fit', async () => {
  const bar = 240 / 124,
    [from, to] = [12, 20];
  const form = new FormData();
  form.set(
    'audio',
    new Blob([bounceOf(olderOf(songs['Night Drive'], song(9), from, to))]),
    'before.wav',
  );
  for (const [name, value] of Object.entries({
    artistId: artist.id,
    parseId: sets['Night Drive'],
    promptText: 'a caption',
  }))
    form.set(name, value);
  const saved = await call(stack, 'POST', '/api/train/save', { body: form });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const item = await analyzed(saved.body.trainingItemId);
  assert.equal(item.alignment.verdict, 'same');
  assert.deepEqual(
    codes(item).filter((c) =>
      ['older_version', 'part_of_set', 'another_set'].includes(c),
    ),
    ['older_version'],
  );
  const { detail, level } = item.checks.find((c) => c.code === 'older_version');
  assert.equal(level, 'info');
  const [begin, end] = [...detail.matchAll(/(\d):(\d\d)/g)].map(
    ([, min, sec]) => 60 * min + Number(sec),
  );
  assert.ok(
    Math.abs(begin - from * bar) < 6 && Math.abs(end - to * bar) < 6,
    detail,
  );
});

test('multipart is matched too; a file that is not audio is refused and not kept', async () => {
  const form = new FormData();
  form.set('audio', new Blob([bounceOf(songs.Slow)]), 'slow.wav');
  const found = await call(
    stack,
    'POST',
    `/api/train/match?artistId=${artist.id}`,
    { body: form },
  );
  assert.equal(
    found.body.matches[0].parseId,
    sets.Slow,
    JSON.stringify(found.body),
  );
  const files = stack.files().length;
  problem(await match(Buffer.from('hello, this is text')), 422, 'not_audio');
  problem(
    await call(stack, 'POST', `/api/train/match?artistId=${artist.id}`, {
      body: new FormData(),
    }),
    400,
    'invalid_field',
    'audio',
  );
  assert.equal(stack.files().length, files);
});

test('an upload waits for a day, for its artist only', async () => {
  const found = await match(bounceOf(songs.Slow, 0, 12));
  const { uploadId } = found.body;
  const save = (more) =>
    call(stack, 'POST', '/api/train/save', {
      json: {
        artistId: artist.id,
        parseId: sets.Slow,
        promptText: 'a caption',
        uploadId,
        ...more,
      },
    });
  const stranger = (await world(stack)).artist;
  problem(await save({ artistId: stranger.id }), 404, 'upload_not_found');
  problem(
    await save({ uploadId: 'no-uuid' }),
    400,
    'invalid_field',
    'uploadId',
  );
  problem(
    await save({ audioBase64: 'AAAA' }),
    400,
    'invalid_field',
    'uploadId',
  );
  problem(
    await call(stack, 'POST', `/api/train/match?artistId=${stranger.id}`, {
      json: { itemId: '00000000-0000-4000-8000-000000000000' },
    }),
    404,
    'item_not_found',
  );
  stack.psql(
    `UPDATE training_uploads SET created_at = now() - interval '25 hours' WHERE id = '${uploadId}'`,
  );
  problem(await save({}), 404, 'upload_not_found');
});

test('the sweeper takes an upload that nobody took over, after its day', async () => {
  const ids = [];
  for (const at of [0, 8]) {
    const found = await match(bounceOf(songs.Slow, at, at + 20));
    assert.equal(found.status, 200, JSON.stringify(found.body));
    ids.push(found.body.uploadId);
  }
  const there = () =>
    ids.map((id) => stack.files().some((f) => f.endsWith(`/incoming/${id}`)));
  const rows = () =>
    ids.map((id) =>
      stack
        .psql(`SELECT count(*) FROM training_uploads WHERE id = '${id}'`)
        .trim(),
    );
  assert.deepEqual(there(), [true, true]);
  stack.psql(
    `UPDATE training_uploads SET created_at = now() - interval '25 hours' WHERE id = '${ids[0]}'`,
  );
  stack.psql(
    `UPDATE training_uploads SET created_at = now() - interval '23 hours' WHERE id = '${ids[1]}'`,
  );
  await stack.restart('save'); // whose sweeper begins with a whole round
  assert.ok(await soon(() => rows()[0] === '0', 30));
  assert.deepEqual(rows(), ['0', '1']);
  // Whoever reads it still has an hour.
  const left = `WHERE path LIKE '%/incoming/${ids[0]}' AND why = 'left'`;
  assert.equal(
    stack
      .psql(
        `SELECT due > now() + interval '50 minutes' FROM store_intents ${left}`,
      )
      .trim(),
    't',
  );
  stack.psql(`UPDATE store_intents SET due = now() ${left}`);
  assert.ok(await soon(() => !there()[0], 30));
  assert.deepEqual(there(), [false, true]);
  const form = {
    artistId: artist.id,
    parseId: sets.Slow,
    promptText: 'a caption',
    uploadId: ids[1],
  };
  const saved = await call(stack, 'POST', '/api/train/save', { json: form });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
});
