// Goal: exports of 10,000 items: whole and in order, in bounded memory, with
// the same bytes each time; one that breaks in the middle leaves nothing.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack } from '../lib/stack.js';
import { call, problem, world } from '../lib/client.js';
import { crc32 } from '../lib/crc32.js';

const COUNT = 10000;
const BROKEN = 5000;
// A few items are held whole, of the others only the ids.
const RESIDENT_MB = 16;
const CAPTION =
  'Deep house, warm pads over analog bass, 124 bpm, A minor, '.repeat(8);
const FIELDS = {
  description: CAPTION,
  genre: 'Deep House',
  moods: ['warm', 'nocturnal'],
  instruments: ['Operator', 'Drum Rack', 'Wavetable'],
  keywords: ['pads', 'club'],
  bpm: 124,
  key: 'A minor',
};

let stack;
let artist;

// Sanitizers take several times the memory; this test measures the programs as
// users run them.
before(async () => {
  stack = await startStack({
    env: {
      TRAINMODE_APP: '',
      TRAINMODE_BUILD: path.join(root, 'build'),
      CONFIGURE_FLAGS: '--enable-werror',
    },
  });
  const w = await world(stack);
  artist = w.artist;
  fill(w);
});
after(() => stack?.stop());

const idOf = (n) =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const object = (...parts) =>
  path.join(stack.objects, 'artists', artist.slug, ...parts);
const audio = (n) => object('training', idOf(n), 'audio.mp3');

// Items as saves would leave them, but written directly into the table and the
// store, where all are links to one file: 10,000 saves would take minutes.
function fill({ parseId }) {
  const bytes = Buffer.alloc(3000, 'audio');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

  for (let n = 1; n <= COUNT; n++) {
    fs.mkdirSync(path.dirname(audio(n)), { recursive: true });
    if (n === 1) fs.writeFileSync(audio(1), bytes);
    else fs.linkSync(audio(1), audio(n));
  }
  const { uid, gid } = fs.statSync(stack.objects);
  fs.chownSync(object(), uid, gid);
  stack.psql(`INSERT INTO training_items (id, artist_id, parse_id, als_filename, project_name, audio_path,
      prompt_path, prompt_text, status, system_prompt_version, model_name, generated_at, created_at,
      audio_format, audio_bytes, audio_sha256, audio_duration_sec, audio_sample_rate, audio_channels,
      audio_bitrate, audio_crc32, analysis_state, fields)
    SELECT id::uuid, '${artist.id}', '${parseId}', 'Night Drive.als', 'Night Drive',
      'artists/${artist.slug}/training/' || id || '/audio.mp3', 'artists/${artist.slug}/training/' || id || '/prompt.txt',
      ${quoted(CAPTION)} || n, 'ready', 'train-v1', 'gpt-4o-mini', now(), now() - (${COUNT} - n) * interval '1 second',
      'mp3', ${bytes.length}, '${sha256}', 60, 44100, 2, 320000, ${crc32(bytes)}, 'done', ${quoted(JSON.stringify(FIELDS))}
    FROM (SELECT n, '00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0') AS id
      FROM generate_series(1, ${COUNT}) n) AS items`);
}

const run = (more = {}) =>
  call(stack, 'POST', '/api/train/export', {
    json: { artistId: artist.id, layout: 'plan', ...more },
  });

async function leftNothing() {
  assert.deepEqual(
    fs.existsSync(object('datasets')) ? fs.readdirSync(object('datasets')) : [],
    [],
  );
  assert.deepEqual(fs.readdirSync(stack.spool), []);
  assert.equal(
    stack.psql(`SELECT count(*) FROM training_items WHERE status = 'ready'`),
    String(COUNT),
  );
  assert.deepEqual(
    (await call(stack, 'GET', `/api/train/datasets?artistId=${artist.id}`)).body
      .datasets,
    [],
  );
  assert.equal(stack.psql('SELECT count(*) FROM export_claims'), '0');
}

test('audio that is gone in the middle is told, leaves nothing and locks nothing', async () => {
  fs.renameSync(audio(BROKEN), `${audio(BROKEN)}.away`);
  const answer = await run();
  fs.renameSync(`${audio(BROKEN)}.away`, audio(BROKEN));
  problem(answer, 422, 'dataset_blocked');
  assert.deepEqual(
    answer.body.blocks.map((b) => [b.itemId, b.code]),
    [[idOf(BROKEN), 'audio_lost']],
  );
  await leftNothing();
});

test('a storage that breaks in the middle is told, leaves nothing and locks nothing', async () => {
  const folder = path.dirname(audio(BROKEN));
  const { mode } = fs.statSync(folder);
  fs.chmodSync(folder, 0);
  const answer = await run();
  fs.chmodSync(folder, mode & 0o777);
  problem(answer, 502, 'storage_error');
  await leftNothing();
});

test('10,000 items: all of them, in order, the same each time, in bounded memory', async (t) => {
  const { now: idle } = stack.resident('export');
  const first = await run({ includeExported: true });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.itemCount, COUNT);
  assert.equal(first.body.verified, true);
  const { peak } = stack.resident('export');

  const zip = path.join(stack.state, 'big.zip');
  const bytes = Buffer.from(
    await (await fetch(first.body.datasetUrl)).arrayBuffer(),
  );
  fs.writeFileSync(zip, bytes);
  assert.equal(bytes.length, first.body.bytes);
  assert.equal(
    createHash('sha256').update(bytes).digest('hex'),
    first.body.sha256,
  );
  execFileSync('unzip', ['-tqq', zip]);
  const names = execFileSync('unzip', ['-Z1', zip], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
    .trim()
    .split('\n');
  assert.deepEqual(
    names.filter((name) => name.endsWith('/audio.mp3')),
    Array.from({ length: COUNT }, (_, i) => `dataset/item-${i + 1}/audio.mp3`),
  );
  const manifest = JSON.parse(
    execFileSync('unzip', ['-p', zip, 'MANIFEST.json'], { maxBuffer: 1 << 26 }),
  );
  assert.deepEqual(
    manifest.items.map((item) => item.itemId),
    Array.from({ length: COUNT }, (_, i) => idOf(i + 1)),
  );

  const second = await run({ includeExported: true });
  assert.equal(second.body.sha256, first.body.sha256);
  const after = stack.resident('export').peak;
  t.diagnostic(
    `${idle.toFixed(1)} MB resident before, at most ${peak.toFixed(1)} MB, with a second one ${after.toFixed(1)} MB`,
  );
  assert.ok(after <= RESIDENT_MB, `${after} MB`);
});
