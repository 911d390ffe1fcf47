// Goal: layouts, the check and the options of an export over the whole stack;
// blocks, conversions and cuts, and a client that goes away.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { SUMMARY, call, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';
import { crc32 } from '../lib/crc32.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const run = (w, more = {}) =>
  call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, ...more },
  });
const check = (w, more = {}) =>
  call(stack, 'POST', '/api/train/export/check', {
    json: { artistId: w.artistId, ...more },
  });

async function namesIn(answer) {
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.verified, true);
  const bytes = Buffer.from(
    await (await fetch(answer.body.datasetUrl)).arrayBuffer(),
  );
  assert.equal(bytes.length, answer.body.bytes);
  const file = path.join(stack.state, 'export-test.zip');
  fs.writeFileSync(file, bytes);
  return execFileSync('unzip', ['-Z1', file], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

test('the layouts say what they are for and which options they know', async () => {
  const { body } = await call(stack, 'GET', '/api/train/layouts');
  const by = Object.fromEntries(body.layouts.map((l) => [l.name, l]));
  for (const name of [
    'plan',
    'replicate',
    'audiocraft',
    'audiofolder',
    'ace-step',
    'stable-audio',
    'ai-toolkit',
    'simpletuner',
    'stable-audio-3',
  ]) {
    assert.ok(by[name].title && by[name].use, name);
    assert.ok(by[name].audioFormats.includes('mp3'), name);
    assert.ok(by[name].options.includes('includeExported'), name);
  }
  assert.ok(by.audiocraft.options.includes('split'));
  assert.ok(!by.replicate.options.includes('split'));
  assert.equal(by.replicate.segmentSecMax, 600);
  assert.equal(by.audiofolder.segmentSecMax, 29);
});

test('the check tells items, minutes, pieces and warnings with their source', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(70));
  await save(stack, w, mp3(20), { promptText: 'pads' });
  const { status, body } = await check(w, { layout: 'replicate' });
  assert.equal(status, 200);
  assert.equal(body.items, 2);
  assert.equal(body.minutes, 1.5);
  assert.deepEqual(body.blocks, []);
  assert.deepEqual(body.trainer, { pieces: 4, samplesWithText: 4 });
  const short = body.warns.find((x) => x.code === 'short');
  assert.match(short.itemId, /^[0-9a-f-]{36}$/);
  assert.ok(short.detail && short.source);
  assert.ok(body.warns.some((x) => x.code === 'no_bpm'));
});

test('what would not train is refused with its list, and changes nothing', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(3));
  const answer = await run(w);
  problem(answer, 422, 'dataset_blocked');
  assert.equal(answer.body.blocks[0].code, 'too_short');
  const { counts } = (
    await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)
  ).body;
  assert.equal(counts.ready, 1);
  // And the claim is free again.
  problem(await run(w), 422, 'dataset_blocked');
});

test('nothing that is ready makes no dataset', async () => {
  const w = await world(stack);
  problem(await run(w), 409, 'nothing_ready');
  assert.equal((await check(w)).body.items, 0);
  assert.deepEqual(
    (await call(stack, 'GET', `/api/train/datasets?artistId=${w.artistId}`))
      .body.datasets,
    [],
  );
});

test('umlauts and emoji in every name stay what they are', async () => {
  const name = 'Für Élise 桜 🎹';
  const w = await world(stack, { name: `DJ Özone 🎧 ${Date.now()}` });
  const promptText = 'Wärme, schöne Flächen 🎹, 124 bpm, A minor';
  await save(stack, w, mp3(30), {
    promptText,
    projectName: name,
    alsFilename: `${name}.als`,
  });
  for (const layout of [
    'plan',
    'replicate',
    'audiocraft',
    'audiofolder',
    'ace-step',
    'ai-toolkit',
    'simpletuner',
    'stable-audio-3',
  ]) {
    const names = await namesIn(
      await run(w, { layout, trigger: 'özn 🎛️', includeExported: true }),
    );
    const zip = path.join(stack.state, 'export-test.zip');
    const text = (entry) =>
      execFileSync('unzip', ['-p', zip, entry], { encoding: 'utf8' });
    assert.ok(
      names.every((n) => /^[\x21-\x7e]+$/.test(n)),
      names.join(' '),
    );
    const { items } = JSON.parse(text('MANIFEST.json'));
    assert.equal(items[0].projectName, name);
    assert.equal(items[0].alsFilename, `${name}.als`);
    const said = names
      .filter((n) => n !== 'MANIFEST.json' && /\.(txt|json|jsonl|csv)$/.test(n))
      .map(text)
      .join('\n');
    const caption = `özn 🎛️, ${promptText}`; // this trainer puts the blanks in
    assert.ok(
      said.includes(
        layout === 'ai-toolkit' ? caption.replaceAll(', ', ',') : caption,
      ),
      `${layout}: ${said}`,
    );
    if (layout === 'audiocraft')
      assert.equal(
        JSON.parse(text('dataset/trainmode/item-001.json')).title,
        name,
      );
  }
});

test('audio is converted and cut as the layout says', async () => {
  const w = await world(stack);
  await save(stack, w, wav(40));
  assert.ok((await namesIn(await run(w))).includes('dataset/item-1/audio.mp3'));
  const cut = await namesIn(
    await run(w, {
      layout: 'replicate',
      segmentSec: 30,
      includeExported: true,
    }),
  );
  assert.ok(
    cut.includes('item-001-01.wav') && cut.includes('item-001-02.txt'),
    cut.join(' '),
  );
});

test("an option that is wrong, or not the layout's, is named", async () => {
  const w = await world(stack);
  for (const [field, value] of [
    ['segmentSec', 'x'],
    ['segmentSec', 2],
    ['segmentSec', 7.5],
    ['split', 0.9],
    ['trigger', 7],
    ['includeExported', 1],
  ])
    problem(
      await run(w, { layout: 'audiocraft', [field]: value }),
      400,
      'invalid_field',
      field,
    );
  problem(
    await run(w, { layout: 'plan', split: 0.1 }),
    400,
    'invalid_field',
    'split',
  );
  problem(
    await run(w, { layout: 'audiofolder', segmentSec: 30 }),
    400,
    'invalid_field',
    'segmentSec',
  );
  problem(
    await check({ artistId: '00000000-0000-4000-8000-000000000000' }),
    404,
    'artist_not_found',
  );
});

test('a client that goes away does not stop the export', async () => {
  const w = await world(stack);
  for (let i = 0; i < 5; i++) await save(stack, w, mp3(60));
  const gone = new AbortController();
  const going = fetch(new URL('/api/train/export', stack.url), {
    method: 'POST',
    signal: gone.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ artistId: w.artistId }),
  });
  await going;
  gone.abort();
  let datasets = [];
  await soon(async () => {
    ({ datasets } = (
      await call(stack, 'GET', `/api/train/datasets?artistId=${w.artistId}`)
    ).body);
    return datasets.length > 0;
  });
  assert.equal(datasets[0]?.itemCount, 5);
});

const item = async (id) =>
  (await call(stack, 'GET', `/api/train/items/${id}`)).body;
const fileOf = async (id) =>
  path.join(stack.objects, (await item(id)).audioPath);

test('audio overwritten or lost behind our back is named, all of it, and nothing is made', async () => {
  const w = await world(stack);
  const ids = [];
  for (let i = 0; i < 5; i++)
    ids.push((await save(stack, w, mp3(30 + i))).body.trainingItemId);
  const other = fs.readFileSync(await fileOf(ids[1]));
  other[5000] ^= 1;
  fs.writeFileSync(await fileOf(ids[1]), other); // by as many bytes
  const answer = await run(w);
  problem(answer, 422, 'dataset_blocked');
  assert.deepEqual(
    answer.body.blocks.map((b) => [b.itemId, b.code]),
    [[ids[1], 'audio_changed']],
  );
  // A stream reports the same as a whole answer.
  const { body: text } = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
    headers: { accept: 'text/event-stream' },
  });
  assert.match(text, /event: error\ndata: .*"blocks":\[.*audio_changed/);

  fs.appendFileSync(await fileOf(ids[2]), 'more');
  fs.rmSync(await fileOf(ids[3]));
  const blocks = (await check(w)).body.blocks.map((b) => [b.itemId, b.code]);
  assert.deepEqual(blocks, [
    [ids[2], 'audio_changed'],
    [ids[3], 'audio_lost'],
  ]);
  problem(await run(w), 422, 'dataset_blocked');
  assert.deepEqual(
    (await call(stack, 'GET', `/api/train/datasets?artistId=${w.artistId}`))
      .body.datasets,
    [],
  );
});

test('an item from before sums were kept is exported, and has one afterwards', async () => {
  const w = await world(stack);
  const id = (await save(stack, w, mp3(30))).body.trainingItemId;
  const sum = () =>
    stack.psql(`SELECT audio_crc32 FROM training_items WHERE id = '${id}'`);
  const right = sum();
  assert.equal(right, String(crc32(fs.readFileSync(await fileOf(id)))));
  stack.psql(`UPDATE training_items SET audio_crc32 = NULL WHERE id = '${id}'`);
  assert.equal((await run(w)).status, 200);
  assert.equal(sum(), right);
});

// Trainers' readers forgive neither; the object stays as it came.
test('a file whose head lies, or that stands behind a tag, goes into a dataset with a right one', async () => {
  const w = await world(stack);
  const right = wav(31);
  const piped = Buffer.from(right);
  piped.writeUInt32LE(0x7ffff024, 4);
  piped.writeUInt32LE(0x7ffff000, 40);
  const tagged = Buffer.concat([mp3(1).subarray(0, 40), wav(31, { hz: 330 })]);
  const ids = [];
  for (const audio of [piped, tagged]) {
    const saved = await save(stack, w, audio);
    assert.equal(saved.status, 201, JSON.stringify(saved.body));
    ids.push(saved.body.trainingItemId);
  }
  for (const [i, audio] of [piped, tagged].entries())
    assert.deepEqual(fs.readFileSync(await fileOf(ids[i])), audio);
  const names = (await namesIn(await run(w, { layout: 'audiofolder' }))).filter(
    (name) => name.endsWith('.wav'),
  );
  assert.equal(names.length, 2, names.join());
  const bytes = names.map((name) =>
    execFileSync(
      'unzip',
      ['-p', path.join(stack.state, 'export-test.zip'), name],
      { maxBuffer: 1e8 },
    ),
  );
  assert.deepEqual(bytes[0], right);
  assert.deepEqual(bytes[1], tagged.subarray(40));
  assert.equal(
    (await check(w, { layout: 'audiofolder', includeExported: true })).body
      .items,
    2,
  );
});

// The set says 124 BPM and A minor; the caption was written by hand.
test('a caption by hand has the tempo, key and meter of its set beside it', async () => {
  const w = await world(stack, {
    summary: {
      ...SUMMARY,
      tempo: { bpm: 174 },
      meter: { main: '3/4' },
      key: { text: 'F# minor', source: 'declared' },
    },
  });
  await save(stack, w, mp3(30));
  await namesIn(await run(w, { layout: 'ace-step' }));
  const fields = JSON.parse(
    execFileSync(
      'unzip',
      ['-p', path.join(stack.state, 'export-test.zip'), 'item-001.json'],
      { encoding: 'utf8' },
    ),
  );
  assert.deepEqual(
    [fields.bpm, fields.keyscale, fields.timesignature],
    [174, 'F# minor', '3'],
  );
});
