// Goal: a dataset of windows: each a separate file, cut where it says, with its
// own caption in every layout; what is impossible is reported in advance.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';
import { bounceOf, song, summaryOf } from '../lib/song.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const windows = { captions: 'windows' };
const run = (w, more) =>
  call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, includeExported: true, ...windows, ...more },
  });
const check = async (w, more) =>
  (
    await call(stack, 'POST', '/api/train/export/check', {
      json: {
        artistId: w.artistId,
        includeExported: true,
        ...windows,
        ...more,
      },
    })
  ).body;
const cut = (id, json = {}) =>
  call(stack, 'POST', `/api/train/items/${id}/windows/generate`, { json });
const put = (id, list) =>
  call(stack, 'PUT', `/api/train/items/${id}/windows`, {
    json: { windows: list },
  });

// The zip's entries, {name: bytes}.
async function unzip(answer) {
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const dir = fs.mkdtempSync(path.join(stack.state, 'zip-'));
  const file = path.join(dir, 'x.zip');
  fs.writeFileSync(
    file,
    Buffer.from(await (await fetch(answer.body.datasetUrl)).arrayBuffer()),
  );
  execFileSync('unzip', ['-q', file, '-d', path.join(dir, 'x')]);
  const list = execFileSync('unzip', ['-Z1', file], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return Object.fromEntries(
    list.map((n) => [n, fs.readFileSync(path.join(dir, 'x', n))]),
  );
}

const RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128];

// For an MP3 at 44.1 kHz: frames, the first of which is the Info frame.
function frames(bytes) {
  assert.ok(bytes.subarray(0, 300).includes('Info'), 'an Info frame');
  const said = bytes.readUInt32BE(bytes.indexOf('Info') + 8);
  let n = 0;
  for (let at = 0; at + 4 <= bytes.length; n++) {
    assert.equal(bytes[at], 0xff);
    at +=
      Math.floor((144000 * RATES[bytes[at + 2] >> 4]) / 44100) +
      ((bytes[at + 2] >> 1) & 1);
  }
  assert.equal(n - 1, said, 'the Info frame counts the others');
  return said;
}

// The samples of a stereo WAV of 16 bits as an AIFF.
function aiff(pcm, rate) {
  const head = Buffer.alloc(54);
  head.write('FORM', 0);
  head.writeUInt32BE(46 + pcm.length, 4);
  head.write('AIFFCOMM', 8);
  head.writeUInt32BE(18, 16);
  head.writeUInt16BE(2, 20);
  head.writeUInt32BE(pcm.length / 4, 22);
  head.writeUInt16BE(16, 26);
  head.writeUInt16BE(0x400d, 28); // 2^14 and more
  head.writeUInt32BE(rate * 2 ** 17, 30);
  head.write('SSND', 38);
  head.writeUInt32BE(8 + pcm.length, 42);
  return Buffer.concat([head, Buffer.from(pcm).swap16()]);
}

const three = [
  { startSec: 0, endSec: 25, promptText: 'Pads at 124 BPM' },
  { startSec: 25, endSec: 50.5, promptText: 'Drums at 124 BPM' },
  { startSec: 50.5, endSec: 70, promptText: 'Silence', excluded: true },
];

// What each layout has for the second window: its audio, its caption, and a
// JSON file that gives its place.
const files = {
  plan: ['dataset/item-1-02/audio.mp3', 'dataset/item-1-02/prompt.txt'],
  replicate: ['item-001-02.mp3', 'item-001-02.txt'],
  audiocraft: [
    'dataset/trainmode/item-001-02.mp3',
    'dataset/trainmode/item-001-02.json',
  ],
  audiofolder: ['train/item-001-02.mp3', 'train/metadata.jsonl'],
  'ace-step': ['item-001-02.mp3', 'item-001-02.json', 'dataset.json'],
  'ai-toolkit': ['item-001-02.mp3', 'item-001-02.txt'],
  simpletuner: ['item-001-02.mp3', 'item-001-02.txt'],
  'stable-audio': ['item-001-02.mp3', 'item-001-02.txt'],
  'stable-audio-3': ['item-001-02.mp3', 'item-001-02.txt', 'item-001-02.json'],
};

function placed(text, name) {
  if (name.endsWith('.jsonl')) return JSON.parse(text.split('\n')[1]);
  const o = JSON.parse(text);
  return o.samples?.[1] ?? o;
}

test('each window is a file with its own caption, in every layout', async () => {
  const w = await world(stack);
  const {
    body: { trainingItemId: id },
  } = await save(stack, w, mp3(70));
  const {
    body: { trainingItemId: other },
  } = await save(stack, w, mp3(40), { parseId: w.parseId });
  assert.ok(
    await soon(
      async () =>
        (await call(stack, 'GET', `/api/train/items/${other}`)).body
          .analysis !== 'pending',
      60,
    ),
  );
  assert.equal((await put(id, three)).status, 200);
  assert.equal(
    (
      await put(other, [
        { startSec: 10, endSec: 25, promptText: 'Bass at 124 BPM' },
        { startSec: 25, endSec: 40, promptText: 'Bass and pads at 124 BPM' },
      ])
    ).status,
    200,
  );
  const { layouts } = (await call(stack, 'GET', '/api/train/layouts')).body;
  assert.deepEqual(
    layouts.map((l) => l.name).sort(),
    Object.keys(files).sort(),
  );
  for (const [layout, [audio, text, table]] of Object.entries(files)) {
    const zip = await unzip(await run(w, { layout, trigger: 'tmz' }));
    const names = Object.keys(zip).filter((n) => n.endsWith('.mp3'));
    assert.equal(names.length, 4, `${layout}: ${names}`);
    assert.deepEqual(
      [...names].sort(),
      names,
      'the pieces of a track sort together',
    );
    assert.ok(zip[audio], `${layout}: ${Object.keys(zip)}`);
    assert.match(zip[text].toString(), /tmz, ?Drums at 124 BPM/, layout);
    const n = names.map((name) => frames(zip[name]));
    assert.ok(
      Math.abs((n[0] * 1152) / 44100 - 25) < 0.03 &&
        Math.abs((n[1] * 1152) / 44100 - 25.5) < 0.03,
      `${n}`,
    );
    for (const name of [text, table].filter((x) => /json/.test(x))) {
      const o = placed(zip[name].toString(), name);
      assert.deepEqual(
        [o.start, o.end, o.parent],
        [25, 50.5, 'item-001'],
        `${layout}: ${name}`,
      );
    }
    if (layout !== 'stable-audio') {
      // the trainer may take every file for a sample
      const { items, options } = JSON.parse(zip['MANIFEST.json']);
      assert.equal(options.captions, 'windows');
      assert.deepEqual(
        items[0].windows.map((x) => [x.file, x.start, x.end, x.position]),
        [
          [names[0], 0, 25, 0],
          [names[1], 25, 50.5, 1],
        ],
      );
    }
    assert.ok(
      !Object.values(zip).some((b) =>
        b.includes('Deep house, warm, analog bass'),
      ),
      `${layout}: the track's own caption is not a window's`,
    );
  }
  const report = await check(w, { layout: 'replicate' });
  assert.deepEqual(report.blocks, []);
  assert.deepEqual(report.windows, {
    count: 4,
    seconds: 80.5,
    withKnownParts: 0,
  });
  assert.deepEqual(report.trainer, { pieces: 4, samplesWithText: 4 });
  assert.ok(!report.warns.some((x) => x.code === 'short'));
});

test('a WAV is cut at the sample and not touched; what is decoded fades', async () => {
  const w = await world(stack);
  const audio = wav(30, { rate: 32000 });
  const {
    body: { trainingItemId: id },
  } = await save(stack, w, audio);
  assert.ok(
    await soon(
      async () =>
        (await call(stack, 'GET', `/api/train/items/${id}`)).body.analysis !==
        'pending',
      60,
    ),
  );
  await put(id, [
    { startSec: 0, endSec: 10.001, promptText: 'a' },
    { startSec: 10.001, endSec: 30, promptText: 'b' },
  ]);
  const zip = await unzip(await run(w, { layout: 'replicate' }));
  const at = Math.round(10.001 * 32000) * 4;
  assert.deepEqual(
    zip['item-001-01.wav'].subarray(44),
    audio.subarray(44, 44 + at),
  );
  assert.deepEqual(
    zip['item-001-02.wav'].subarray(44),
    audio.subarray(44 + at),
  );

  const put2 = await call(stack, 'PUT', `/api/train/items/${id}/audio`, {
    body: aiff(audio.subarray(44), 32000),
    headers: { 'content-type': 'audio/aiff' },
  });
  assert.equal(put2.status, 200, JSON.stringify(put2.body));
  assert.ok(
    await soon(
      async () =>
        (await call(stack, 'GET', `/api/train/items/${id}`)).body.analysis !==
        'pending',
      60,
    ),
  );
  await put(id, [
    { startSec: 0, endSec: 10.001, promptText: 'a' },
    { startSec: 10.001, endSec: 30, promptText: 'b' },
  ]);
  const made = await unzip(await run(w, { layout: 'replicate' }));
  const head = 44;
  for (const [name, from, to] of [
    ['item-001-01.wav', 0, at],
    ['item-001-02.wav', at, audio.length - 44],
  ]) {
    const piece = made[name].subarray(head);
    const whole = audio.subarray(44 + from, 44 + to);
    assert.equal(piece.length, whole.length);
    const fade = 160 * 4; // 5 ms
    assert.deepEqual(
      piece.subarray(fade, piece.length - fade),
      whole.subarray(fade, whole.length - fade),
    );
    assert.equal(piece.readInt16LE(0), 0);
    assert.equal(piece.readInt16LE(piece.length - 2), 0);
    for (let i = 0; i < 160; i++) {
      assert.ok(
        Math.abs(
          piece.readInt16LE(i * 4) - (whole.readInt16LE(i * 4) * i) / 160,
        ) <= 1,
        `${i}`,
      );
      const back = piece.length - 4 - i * 4;
      assert.ok(
        Math.abs(
          piece.readInt16LE(back) - (whole.readInt16LE(back) * i) / 160,
        ) <= 1,
        `-${i}`,
      );
    }
  }
});

test('what cannot be is said before', async () => {
  const w = await world(stack);
  const {
    body: { trainingItemId: id },
  } = await save(stack, w, mp3(70));
  for (const layout of ['plan', 'replicate', 'stable-audio-3'])
    assert.deepEqual(
      (await check(w, { layout })).blocks.map((b) => [b.code, b.itemId]),
      [['no_windows', id]],
    );
  const answer = await run(w);
  problem(answer, 422, 'dataset_blocked');
  assert.equal(answer.body.blocks[0].code, 'no_windows');
  problem(
    await run(w, { layout: 'replicate', segmentSec: 20 }),
    400,
    'invalid_field',
    'segmentSec',
  );
  problem(await run(w, { captions: 'bars' }), 400, 'invalid_field', 'captions');
  assert.equal((await check(w, { captions: 'track' })).windows, undefined);
  await cut(id); // waits for the analysis
  await put(id, [
    { startSec: 0, endSec: 25 },
    { startSec: 25, endSec: 29, promptText: 'Drums' },
  ]);
  assert.deepEqual(
    (await check(w, { layout: 'replicate' })).blocks.map((b) => b.code).sort(),
    ['no_caption', 'too_short'],
  );
  const { layouts } = (await call(stack, 'GET', '/api/train/layouts')).body;
  assert.ok(layouts.every((l) => l.options.includes('captions')));
  await put(id, [{ startSec: 0, endSec: 30, promptText: 'House' }]);
  assert.match(
    (await check(w, { layout: 'audiofolder' })).warns.find(
      (x) => x.code === 'dropped',
    ).detail,
    /maxSec 29/,
  );
});

test('a split puts no two windows of one track on both sides; what sounds is counted', async () => {
  const bars = 32;
  const music = song(3, { bars });
  const w = await world(stack, { summary: summaryOf(music, 'Split') });
  const ids = [];
  for (let i = 0; i < 4; i++) {
    const saved = await save(stack, w, bounceOf(music, i * 0.5), {
      promptText: 'the whole',
    });
    ids.push(saved.body.trainingItemId);
  }
  for (const id of ids)
    assert.ok((await cut(id, { maxSec: 16 })).body.windows.length >= 4);
  const report = await check(w, { layout: 'audiofolder', split: 0.25 });
  assert.equal(report.windows.count, report.windows.withKnownParts);
  const zip = await unzip(await run(w, { layout: 'audiofolder', split: 0.25 }));
  const side = (dir) =>
    new Set(
      Object.keys(zip)
        .filter((n) => n.startsWith(dir) && n.endsWith('.wav'))
        .map((n) => n.match(/item-(\d+)-/)[1]),
    );
  const [train, valid] = [side('train/'), side('validation/')];
  assert.deepEqual([...valid], ['004']);
  assert.deepEqual([...train], ['001', '002', '003']);
  const rows = zip['validation/metadata.jsonl']
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(
    rows.every(
      (r) =>
        /124 BPM/.test(r.text) && r.parent === 'item-004' && r.end > r.start,
    ),
  );
});
