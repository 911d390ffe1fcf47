// Goal: audio that a layout wants in another format is encoded once, ahead of
// the export or during it, several at a time, and kept; whatever fails, no row
// points at nothing and nothing is left without a row.
import { test, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { aiff, wav } from '../lib/audio.js';
import { installConvert } from '../lib/convert-double.js';
import { smallStack } from '../lib/small-stack.js';

let convert, stack, ahead;
before(async () => {
  convert = installConvert();
  const env = { TRAINMODE_APP: convert.app, ANALYSIS_LEASE_SEC: '3' };
  stack = await startStack({
    wire: true,
    env: { ...env, EXPORT_CONVERTS: '2' },
  });
  ahead = await startStack({
    env: { ...env, CONVERT_THREADS: '1', STORAGE: 'local' },
  });
});
after(async () => {
  convert?.go();
  await stack?.stop();
  await ahead?.stop();
  convert?.stop();
});
afterEach(() => {
  convert.go();
  convert.set('as it is');
});

const run = (s, w, more = {}, headers) =>
  call(s, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, includeExported: true, ...more },
    headers,
  });
const rows = (s, w, what = 'count(path)') =>
  s.psql(
    `SELECT ${what} FROM audio_conversions WHERE artist_id = '${w.artistId}'`,
  );
const kept = (s, w) =>
  s.files().filter((f) => f.includes(`/${w.artist.slug}/converted/`));
const spool = (s) => s.files().filter((f) => f.startsWith(s.spool));
// Each hums another tone, so that no two are the same audio.
let hz = 200;
async function saveWavs(s, w, n) {
  const ids = [];
  for (let i = 0; i < n; i++) {
    const answer = await save(s, w, wav(31, { hz: hz++ }));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    ids.push(answer.body.trainingItemId);
  }
  return ids;
}

async function unzip(s, answer) {
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const file = path.join(s.state, 'conversions.zip');
  const bytes = Buffer.from(
    await (await fetch(answer.body.datasetUrl)).arrayBuffer(),
  );
  assert.equal(bytes.length, answer.body.bytes);
  fs.writeFileSync(file, bytes);
  execFileSync('unzip', ['-tq', file]);
  return (entry) =>
    execFileSync('unzip', ['-p', file, entry], { maxBuffer: 1 << 28 });
}

// Every kept file has a row, and every row has its file.
function assertWhole(s, w) {
  const paths = rows(s, w, "coalesce(string_agg(path, ' ' ORDER BY path), '')")
    .split(' ')
    .filter(Boolean);
  assert.deepEqual(
    kept(s, w).map((f) => f.slice(f.indexOf('artists/'))),
    paths,
  );
  assert.deepEqual(spool(s), []);
}

test('what was saved is encoded ahead, and exports copy it', async () => {
  const w = await world(ahead);
  await saveWavs(ahead, w, 2);
  assert.ok(await soon(() => rows(ahead, w) === '2'));
  assertWhole(ahead, w);
  const had = convert.count();
  const entry = await unzip(ahead, await run(ahead, w));
  const zipped = [1, 2]
    .map((i) => entry(`dataset/item-${i}/audio.mp3`).toString('latin1'))
    .sort();
  assert.deepEqual(
    zipped,
    kept(ahead, w)
      .map((f) => fs.readFileSync(f, 'latin1'))
      .sort(),
  );
  await unzip(
    ahead,
    await run(ahead, w, { layout: 'replicate', segmentSec: 15 }),
  );
  assert.equal(convert.count(), had, 'nothing was encoded or decoded again');
});

test('what is not there is made by the export, two at once and no more, and kept', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 4);
  const seen = convert.widths().length;
  convert.set('pairs');
  await unzip(stack, await run(stack, w));
  const widths = convert.widths().slice(seen);
  assert.equal(widths.length, 4);
  assert.equal(Math.max(...widths), 2, `at once: ${widths}`);
  assertWhole(stack, w);
  const had = convert.count();
  const first = await run(stack, w);
  assert.equal(first.body.sha256, (await run(stack, w)).body.sha256);
  assert.equal(convert.count(), had);
});

test('pieces of what must be decoded first are cut from what is kept', async () => {
  const w = await world(stack);
  await save(stack, w, aiff(40));
  const first = convert.count();
  await unzip(
    stack,
    await run(stack, w, { layout: 'replicate', segmentSec: 15 }),
  );
  assert.equal(convert.count(), first + 1);
  await unzip(
    stack,
    await run(stack, w, { layout: 'replicate', segmentSec: 20 }),
  );
  await unzip(stack, await run(stack, w, { layout: 'replicate' }));
  assert.equal(convert.count(), first + 1);
  assertWhole(stack, w);
});

test('an export tells how far its conversions are, and ends in their middle', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 3);
  convert.set('hold');
  const going = run(stack, w);
  let running;
  assert.ok(
    await soon(async () => {
      ({ running } = (
        await call(stack, 'GET', `/api/train/export?artistId=${w.artistId}`)
      ).body);
      return running?.conversionCount === 3;
    }),
    JSON.stringify(running),
  );
  assert.deepEqual([running.conversionsDone, running.itemsDone], [0, 0]);
  assert.equal(
    (
      await call(stack, 'POST', '/api/train/export/cancel', {
        json: { artistId: w.artistId },
      })
    ).status,
    202,
  );
  problem(await going, 409, 'export_canceled');
  assertWhole(stack, w);
  convert.set('as it is');
  const events = await run(stack, w, {}, { accept: 'text/event-stream' });
  assert.match(events.body, /"conversionsDone":3,"conversionCount":3/);
  assert.match(events.body, /event: done/);
});

test('an export takes over what is being made ahead', async () => {
  const w = await world(ahead);
  convert.set('hold');
  const had = convert.count();
  await saveWavs(ahead, w, 1);
  assert.ok(await soon(() => convert.count() === had + 1));
  // The one that holds goes on holding; the next one does not.
  convert.set('as it is');
  await unzip(ahead, await run(ahead, w));
  assert.ok(await soon(() => spool(ahead).length === 0), 'the other one ends');
  assertWhole(ahead, w);
});

test('a conversion goes with the last item that has its audio, and not before', async () => {
  const w = await world(ahead);
  const audio = wav(31, { hz: hz++ });
  const ids = [];
  for (let i = 0; i < 2; i++)
    ids.push((await save(ahead, w, audio)).body.trainingItemId);
  assert.ok(await soon(() => rows(ahead, w) === '1'));
  const item = (i) => `/api/train/items/${ids[i]}`;
  assert.equal((await call(ahead, 'DELETE', item(0))).status, 204);
  assert.equal((await call(ahead, 'DELETE', `${item(0)}?now=1`)).status, 204);
  assert.equal((await call(ahead, 'DELETE', item(1))).status, 204);
  assert.equal(rows(ahead, w), '1', 'it rests with its item');
  assert.equal((await call(ahead, 'POST', `${item(1)}/restore`)).status, 200);
  assert.equal(rows(ahead, w), '1');
  const put = await call(ahead, 'PUT', `${item(1)}/audio`, {
    body: wav(32, { hz: hz++ }),
    headers: { 'content-type': 'audio/wav' },
  });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  const old = kept(ahead, w)[0];
  assert.equal(
    ahead.psql(`SELECT why FROM store_intents WHERE '${old}' LIKE '%' || path`),
    'left',
  );
  assert.ok(
    await soon(() => rows(ahead, w) === '1'),
    'the new audio has its own',
  );
  ahead.psql('UPDATE store_intents SET due = now()');
  assert.ok(await soon(() => !fs.existsSync(old)));
  assertWhole(ahead, w);
  assert.equal((await call(ahead, 'DELETE', `${item(1)}?now=1`)).status, 204);
  assert.ok(
    await soon(() => kept(ahead, w).length === 0),
    'at once, as its audio',
  );
  assert.equal(rows(ahead, w, 'count(*)'), '0');
});

test('an encoder that fails or dies leaves nothing, and the next one works', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 2);
  for (const [how, status, code] of [
    ['fails', 500, 'internal'],
    ['dies', 422, 'audio_damaged'],
    ['full', 507, 'disk_full'],
  ]) {
    convert.set(how);
    problem(await run(stack, w), status, code);
    assert.equal(rows(stack, w), '0', how);
    assertWhole(stack, w);
  }
  convert.set('as it is');
  await unzip(stack, await run(stack, w));
  assertWhole(stack, w);
});

test('ahead, a file that breaks the encoder is not tried again; a fault of ours is', async () => {
  const w = await world(ahead);
  convert.set('dies');
  await saveWavs(ahead, w, 1);
  assert.ok(await soon(() => rows(ahead, w, 'max(error)').includes('signal')));
  assertWhole(ahead, w);
  convert.set('as it is');
  await unzip(ahead, await run(ahead, w));
  assert.equal(rows(ahead, w, 'count(path), count(error)'), '1|0');
  const other = await world(ahead);
  convert.set('fails');
  const had = convert.count();
  await saveWavs(ahead, other, 1);
  assert.ok(await soon(() => convert.count() > had));
  convert.set('as it is');
  assert.ok(await soon(() => rows(ahead, other) === '1'));
  assertWhole(ahead, other);
});

test('save.fcgi killed in the middle of a conversion: another one is begun', async () => {
  const w = await world(ahead);
  convert.set('hold');
  const had = convert.count();
  await saveWavs(ahead, w, 1);
  assert.ok(await soon(() => convert.count() > had));
  ahead.kill9('save');
  convert.set('as it is');
  convert.go();
  assert.ok(await soon(() => rows(ahead, w) === '1'));
  assert.equal(kept(ahead, w).length, 1);
  await unzip(ahead, await run(ahead, w));
});

test('what was kept and is lost or changed in the storage is made anew', async () => {
  const w = await world(stack);
  await save(stack, w, aiff(40));
  await saveWavs(stack, w, 2);
  const ways = [{}, { layout: 'replicate', segmentSec: 15 }];
  const first = [];
  for (const way of ways) first.push((await run(stack, w, way)).body.sha256);
  for (const damage of [
    (file) => fs.rmSync(file),
    (file) => fs.truncateSync(file, 1000),
    (file) => {
      const bytes = fs.readFileSync(file);
      bytes[bytes.length >> 1] ^= 1;
      fs.writeFileSync(file, bytes);
    },
  ]) {
    const had = convert.count();
    for (const file of kept(stack, w)) damage(file);
    for (const [i, way] of ways.entries())
      assert.equal((await run(stack, w, way)).body.sha256, first[i]);
    assert.equal(convert.count(), had + 4);
    assert.equal(rows(stack, w), '4');
  }
});

test('a storage that takes no conversion fails the export and nothing else', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 1);
  const folder = path.join(
    stack.objects,
    'artists',
    w.artist.slug,
    'converted',
  );
  if (stack.supabase)
    await stack.supabase.break({
      on: 'POST /object/.*converted',
      times: 20,
      status: 500,
    });
  else fs.writeFileSync(folder, 'a file in its place');
  problem(await run(stack, w), 502, 'storage_error');
  assert.equal(rows(stack, w), '0');
  assert.deepEqual(spool(stack), []);
  if (stack.supabase) await stack.supabase.mend();
  else fs.rmSync(folder);
  await unzip(stack, await run(stack, w));
  assertWhole(stack, w);
});

test('a database that goes away between the object and the row leaves neither', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 1);
  stack.psql(`CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END';
    CREATE TRIGGER fault BEFORE UPDATE ON audio_conversions FOR EACH ROW WHEN (NEW.path IS NOT NULL) EXECUTE FUNCTION fault()`);
  try {
    problem(await run(stack, w), 503, 'database_unavailable');
  } finally {
    stack.psql(
      'DROP TRIGGER fault ON audio_conversions; DROP FUNCTION fault()',
    );
  }
  assert.equal(rows(stack, w), '0');
  assertWhole(stack, w);
  await unzip(stack, await run(stack, w));
});

test('a conversion whose COMMIT was not heard of is there all the same', async () => {
  const w = await world(stack);
  await saveWavs(stack, w, 2);
  assert.ok(
    await soon(
      () =>
        stack.psql(
          "SELECT count(*) FROM training_items WHERE analysis_state = 'pending'",
        ) === '0',
      60,
    ),
  );
  const had = stack.wire.lost;
  stack.wire.swallow(7);
  await unzip(stack, await run(stack, w));
  assert.ok(
    stack.wire.lost >= had + 5,
    `${stack.wire.lost - had} answers were lost`,
  );
  stack.wire.swallow(0);
  assert.equal(rows(stack, w), '2');
  assertWhole(stack, w);
});

test('a full disk is said, and leaves nothing', async (t) => {
  const small = await smallStack(t, 96, {});
  if (!small) return;
  try {
    const w = await world(small);
    await saveWavs(small, w, 1);
    small.leave(1e6);
    problem(await run(small, w), 507, 'disk_full');
    assertWhole(small, w);
    small.leave(80e6);
    await unzip(small, await run(small, w));
  } finally {
    await small.end();
  }
});
