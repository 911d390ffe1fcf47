// Goal: a zip or tar of sets and bounces is imported like a folder, and errors
// or attacks in it are reported and do no harm.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { call, problem, soon } from '../lib/client.js';
import { als } from '../lib/als.js';
import { mp3, wav } from '../lib/audio.js';
import { tar, tgz, zip } from '../lib/archives.js';

let stack;
before(async () => {
  stack = await startStack({
    env: { MAX_ALS_MB: '1', MAX_AUDIO_MB: '290', MAX_ARCHIVE_MB: '290' },
  });
});
after(() => stack?.stop());

let serial = 0;
const artist = async () =>
  (
    await call(stack, 'POST', '/api/artists', {
      json: { name: `Packer ${serial++}` },
    })
  ).body.id;

const send = (artistId, body, type = 'application/zip', query = '') =>
  call(stack, 'POST', `/api/library?artistId=${artistId}${query}`, {
    body,
    headers: { 'content-type': type },
  });

async function taken(artistId, ...rest) {
  const answer = await send(artistId, ...rest);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual(Object.keys(answer.body).sort(), [
    'bounces',
    'refused',
    'sets',
  ]);
  return answer.body;
}

const library = async (artistId) =>
  (await call(stack, 'GET', `/api/library?artistId=${artistId}`)).body.sets;
const items = async (artistId) =>
  (await call(stack, 'GET', `/api/train/items?artistId=${artistId}`)).body
    .items;
const names = (list) => list.map(({ name }) => name).sort();

const track = mp3(40);
const folder = () => [
  { name: 'Songs/Night Drive.als', data: als({ bpm: 124 }) },
  { name: 'Songs/Für Élise 夜.als', data: als({ bpm: 90 }) },
  { name: 'Songs/Backup/Night Drive [2025].als', data: als({ bpm: 121 }) },
  { name: 'Songs/Samples/Recorded/kick.wav', data: 'no matter' },
  { name: 'Songs/Ableton Project Info/x.cfg', data: 'no matter' },
  { name: 'Songs/readme.txt', data: 'no matter' },
  { name: 'Bounces/Night Drive (Master) v3.mp3', data: track },
  {
    name: 'Bounces/Night Drive (Master) v3.txt',
    data: '\ufeffDeep house,\r\n  four on the floor\n',
  },
  { name: 'Bounces/Für Élise 夜.wav', data: wav(6) },
  { name: 'Bounces/Für Élise 夜.lyrics.txt', data: 'la la' },
  { name: '__MACOSX/Songs/._Night Drive.als', data: '\0\x05\x16\x07' },
  { name: '__MACOSX/Bounces/._Für Élise 夜.wav', data: '\0\x05\x16\x07' },
  { name: 'Songs/._Night Drive.als', data: '\0\x05\x16\x07' },
  { name: 'Songs/.DS_Store', data: 'x' },
];

for (const [kind, type, pack] of [
  ['zip, stored', 'application/zip', zip],
  [
    'zip, packed',
    'application/x-zip-compressed',
    (all) => zip(all.map((e) => ({ ...e, packed: true }))),
  ],
  ['tar', 'application/x-tar', tar],
  ['tar.gz', 'application/x-tar', tgz],
]) {
  test(`sets and bounces of a ${kind} are taken as a folder is`, async () => {
    const id = await artist();
    const got = await taken(id, pack(folder()), type);
    assert.deepEqual(names(got.sets), [
      'Songs/Für Élise 夜.als',
      'Songs/Night Drive.als',
    ]);
    assert.deepEqual(got.refused, []);
    assert.deepEqual(names(got.bounces), [
      'Bounces/Für Élise 夜.wav',
      'Bounces/Night Drive (Master) v3.mp3',
    ]);
    assert.deepEqual((await library(id)).map((s) => s.projectName).sort(), [
      'Für Élise 夜',
      'Night Drive',
    ]);
    const set = got.sets.find((s) => /Night/.test(s.name));
    assert.equal(
      (await call(stack, 'GET', `/api/library/${set.parseId}`)).body.tempo,
      124,
    );
    const bounce = got.bounces.find((b) => /Night/.test(b.name));
    assert.equal(bounce.parseId, set.parseId);
    const item = (await call(stack, 'GET', `/api/train/items/${bounce.itemId}`))
      .body;
    assert.deepEqual(
      [item.status, item.promptText],
      ['ready', 'Deep house, four on the floor'],
    ); // as in the file next to it
    const other = got.bounces.find((b) => b !== bounce);
    assert.equal(
      (await call(stack, 'GET', `/api/train/items/${other.itemId}`)).body
        .status,
      'needs_prompt',
    );
    assert.equal(item.alsFilename, 'Night Drive.als');
    assert.equal(item.audio.bytes, track.length);
    const audio = await fetch(
      new URL(`/api/train/items/${bounce.itemId}/audio`, stack.url),
    );
    assert.deepEqual(Buffer.from(await audio.arrayBuffer()), track);
    // It is looked at as audio that was sent by itself.
    const looked = async () =>
      (await call(stack, 'GET', `/api/train/items/${bounce.itemId}`)).body
        .analysis === 'done';
    assert.ok(await soon(looked, 60));
    // Once more: nothing new.
    const again = await taken(id, pack(folder()), type);
    assert.deepEqual(
      again.bounces.map((b) => b.itemId).sort(),
      got.bounces.map((b) => b.itemId).sort(),
    );
    assert.deepEqual(again.sets, got.sets);
    assert.equal((await library(id)).length, 2);
    assert.equal((await items(id)).length, 2);
  });
}

// A Mac’s tar, or its zip, which does not say that its names are UTF-8.
for (const [kind, type, pack] of [
  ['tar', 'application/x-tar', tar],
  [
    'zip',
    'application/zip',
    (all) => zip(all.map((e) => ({ ...e, utf8: false }))),
  ],
]) {
  test(`a set, its bounce and its caption are one track however their names compose É: ${kind}`, async () => {
    const whole = 'Für Élise'.normalize('NFC');
    const parts = whole.normalize('NFD');
    assert.notEqual(whole, parts);
    const { sets, bounces, refused } = await taken(
      await artist(),
      pack([
        { name: `${whole}.als`, data: als({ bpm: 90 }) },
        { name: `${parts}.mp3`, data: mp3(7) },
        { name: `${whole}.txt`, data: 'a bagatelle' },
      ]),
      type,
    );
    assert.deepEqual(refused, []);
    assert.equal(bounces[0].parseId, sets[0].parseId);
    const { body } = await call(
      stack,
      'GET',
      `/api/train/items/${bounces[0].itemId}`,
    );
    assert.equal(body.promptText, 'a bagatelle');
  });
}

test('an archive is known by its type, its name or its first bytes', async () => {
  const one = [{ name: 'A.als', data: als() }];
  const octets = 'application/octet-stream';
  assert.equal((await taken(await artist(), zip(one), octets)).sets.length, 1);
  assert.equal(
    (await taken(await artist(), tar(one), octets, '&filename=My%20Sets.TAR'))
      .sets.length,
    1,
  );
  assert.equal(
    (
      await taken(
        await artist(),
        tgz(one),
        'application/gzip',
        '&filename=sets.tar.gz',
      )
    ).sets.length,
    1,
  );
  const id = await artist();
  const form = new FormData();
  form.append('file', new Blob([zip(one)]), 'sets.zip');
  const answer = await fetch(
    new URL(`/api/library?artistId=${id}`, stack.url),
    { method: 'POST', body: form },
  );
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).sets.length, 1);
  // A set is a set, and as large as one may be.
  assert.equal((await send(id, als({ bpm: 77 }), octets)).status, 201);
  problem(await send(id, Buffer.alloc(2 << 20), octets), 413, 'too_large');
  const large = new FormData();
  large.append('file', new Blob([Buffer.alloc(2 << 20)]), 'x.als');
  const refused = await fetch(
    new URL(`/api/library?artistId=${id}`, stack.url),
    { method: 'POST', body: large },
  );
  assert.equal(refused.status, 413);
});

test('what cannot be used is told of one by one, and the rest is taken', async () => {
  const id = await artist();
  const got = await taken(
    id,
    zip([
      { name: 'Good.als', data: als({ bpm: 99 }) },
      { name: 'Broken.als', data: 'no set' },
      { name: 'Huge.als', data: Buffer.alloc((1 << 20) + 1) },
      { name: 'Good.wav', data: 'no audio' },
      { name: 'Lonely.mp3', data: mp3(40) },
      { name: 'inner.zip', data: zip([{ name: 'B.als', data: als() }]) },
      { name: '../../etc/Outside.als', data: als() },
      { name: '/abs/Absolute.als', data: als() },
      { name: 'C:/Windows/Drive.als', data: als() },
      { name: 'Linked.als', data: '/etc/passwd', link: true },
    ]),
  );
  assert.deepEqual(names(got.sets), ['Good.als']);
  assert.deepEqual(got.bounces, []);
  const why = Object.fromEntries(
    got.refused.map((r) => [r.name, `${r.code}: ${r.detail}`]),
  );
  assert.match(why['Broken.als'], /^not_als: /);
  assert.match(why['Huge.als'], /^too_large: .*MAX_ALS_MB/);
  assert.match(why['Good.wav'], /^not_audio: /);
  assert.match(why['Lonely.mp3'], /^set_not_found: no matching set found/);
  assert.match(why['inner.zip'], /^not_als: .*archive within/);
  for (const name of [
    '../../etc/Outside.als',
    '/abs/Absolute.als',
    'C:/Windows/Drive.als',
  ])
    assert.match(why[name], /leads out/);
  assert.match(why['Linked.als'], /link/);
  assert.equal(got.refused.length, 9);
  assert.equal((await library(id)).length, 1);
  const links = await taken(
    await artist(),
    tar([
      { name: 'A.als', data: als() },
      { name: 'L.als', data: '/etc/passwd', link: true },
    ]),
    'application/x-tar',
  );
  assert.equal(links.sets.length, 1);
  assert.match(links.refused[0].detail, /link/);
});

test('a bounce pairs by its name with one set alone, of the library too', async () => {
  const id = await artist();
  await taken(
    id,
    zip([
      { name: 'One.als', data: als({ bpm: 101 }) },
      { name: 'Two.als', data: als({ bpm: 102 }) },
      { name: 'Two v2.als', data: als({ bpm: 103 }) },
      { name: 'a/Same.als', data: als({ bpm: 104 }) },
      { name: 'b/Same.als', data: als({ bpm: 105 }) },
    ]),
  );
  const got = await taken(
    id,
    zip([
      { name: 'one - mixdown.wav', data: wav(6, 1) },
      { name: 'Two v2.wav', data: wav(7) },
      { name: 'Two.wav', data: wav(8) },
      { name: 'Same.wav', data: wav(9) },
    ]),
  );
  const of = Object.fromEntries(
    (await library(id)).map((s) => [s.parseId, s.alsFilename]),
  );
  assert.deepEqual(
    Object.fromEntries(got.bounces.map((b) => [b.name, of[b.parseId]])),
    {
      'one - mixdown.wav': 'One.als',
      'Two v2.wav': 'Two v2.als',
      'Two.wav': 'Two.als',
    },
  );
  assert.deepEqual(names(got.refused), ['Same.wav']);
  // Existing audio is not replaced by a bulk import.
  const other = await taken(id, zip([{ name: 'One.wav', data: wav(10) }]));
  assert.equal(other.refused[0].code, 'item_exists');
  assert.deepEqual(other.bounces, []);
});

test('names of Windows and of old tools are read as people wrote them', async () => {
  const id = await artist();
  const dos = Buffer.from('Gr\x81\xe1e.als', 'latin1'); // Grüße in code page 437
  const got = await taken(
    id,
    zip([
      { name: dos, data: als({ bpm: 91 }) },
      { name: Buffer.from('Grün.als'), utf8: false, data: als({ bpm: 92 }) },
      { name: 'Sets\\Deep\\Über.als', data: als({ bpm: 93 }) },
    ]),
  );
  assert.deepEqual((await library(id)).map((s) => s.alsFilename).sort(), [
    'Grün.als',
    'Grüße.als',
    'Über.als',
  ]);
  assert.deepEqual(got.refused, []);
});

test('what is cut, locked, or no archive at all is refused whole', async () => {
  const id = await artist();
  const whole = zip(folder());
  for (const n of [whole.length >> 1, 1000, 40]) {
    const answer = await send(id, whole.subarray(0, n));
    problem(answer, 422, 'not_archive');
  }
  const packed = tgz(folder());
  problem(
    await send(
      id,
      packed.subarray(0, packed.length - 2000),
      'application/x-tar',
    ),
    422,
    'not_archive',
  );
  problem(
    await send(id, tar(folder()).subarray(0, 3000), 'application/x-tar'),
    422,
    'not_archive',
  );
  const wrong = zip([{ name: 'A.als', data: als(), packed: true }]);
  wrong[60] ^= 0xff;
  problem(await send(id, wrong), 422, 'not_archive');
  const locked = await send(
    id,
    zip([{ name: 'A.als', data: als(), encrypted: true }]),
  );
  problem(locked, 422, 'not_archive');
  assert.match(locked.body.detail, /encrypted/);
  for (const body of [
    'no archive',
    als(),
    'PK\x03\x04',
    Buffer.from('Rar!\x1a\x07\x01\0'),
  ])
    problem(await send(id, body), 422, 'not_archive');
  problem(await send(id, ''), 422, 'not_als');
  const empty = await send(id, zip([{ name: 'readme.txt', data: 'x' }]));
  problem(empty, 422, 'not_als');
  assert.match(empty.body.detail, /no Live set/);
  assert.deepEqual(await library(id), []);
});

test('a bomb costs little and leaves nothing', async () => {
  const id = await artist();
  const zeros = Buffer.alloc(270 << 20);
  const ratio = await send(
    id,
    zip([
      { name: 'A.als', data: als() },
      { name: 'bomb.wav', data: zeros, packed: true, crc: 0 },
    ]),
  );
  problem(ratio, 413, 'too_large');
  assert.match(ratio.body.detail, /times its size/);
  const many = zip(
    Array.from({ length: 20001 }, (_, i) => ({ name: `${i}.txt` })),
  );
  problem(await send(id, many), 413, 'too_large');
  const files = zip(
    Array.from({ length: 2001 }, (_, i) => ({ name: `${i}.als` })),
  );
  problem(await send(id, files), 413, 'too_large');
  problem(await send(id, Buffer.alloc(291 << 20)), 413, 'too_large');
  assert.deepEqual(await library(id), []);
  assert.deepEqual(
    stack.files().filter((f) => /spool/.test(f)),
    [],
  );
});

test('an artist that is not there, and no archive, are told apart', async () => {
  problem(
    await send('00000000-0000-4000-8000-000000000000', zip(folder())),
    404,
    'artist_not_found',
  );
  problem(
    await send(await artist(), zip(folder()), 'application/x-7z-compressed'),
    415,
    'unsupported_media_type',
  );
});
