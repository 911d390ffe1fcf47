// Goal: an .als in the library, however it is sent, is read, listed and used
// for captions; the same bytes are the same set; a file that is not a set is
// refused with a reason; and every summary matches docs/summary.schema.json.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import Ajv from 'ajv/dist/2020.js';
import { root, startStack, tempDir } from '../lib/stack.js';
import { call, problem, SCHEMA } from '../lib/client.js';
import { als, alsXml } from '../lib/als.js';

const run = promisify(execFile);
const fixtures = path.join(root, '../shared/fixtures/als');
const schema = JSON.parse(
  fs.readFileSync(path.join(root, 'docs/summary.schema.json'), 'utf8'),
);
const valid = new Ajv({
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
}).compile(schema);
const assertSummary = (summary, name) =>
  assert.ok(valid(summary), `${name}: ${JSON.stringify(valid.errors)}`);

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

let serial = 0;
async function artist() {
  const made = (
    await call(stack, 'POST', '/api/artists', {
      json: { name: `Maker ${serial++}` },
    })
  ).body;
  await call(stack, 'PUT', `/api/artists/${made.id}/schema`, { json: SCHEMA });
  return made.id;
}

const send = (artistId, body, { query = '', headers = {} } = {}) =>
  call(stack, 'POST', `/api/library?artistId=${artistId}${query}`, {
    body,
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });

test('a set is read, listed, and taken once', async () => {
  const artistId = await artist();
  const bytes = als({ bpm: 128 });
  const first = await send(artistId, bytes, {
    query: `&filename=${encodeURIComponent('Ночь 夜.als')}`,
  });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.deepEqual(Object.keys(first.body).sort(), ['parseId', 'summary']);
  const { parseId, summary } = first.body;
  assertSummary(summary, 'the answer');
  assert.equal(summary.projectName, 'Ночь 夜');
  assert.equal(summary.tempo.bpm, 128);
  assert.equal(summary.key.text, 'E minor');
  assert.equal(summary.length.beats, 16);
  assert.equal(summary.length.sec, 7.5);
  assert.equal(summary.tracks[0].role, 'bass');
  assert.equal(summary.tracks[0].midi.notes, 16);

  const again = await send(artistId, bytes, { query: '&filename=other.als' });
  assert.equal(again.status, 200);
  assert.equal(again.body.parseId, parseId);
  const others = await send(await artist(), bytes);
  assert.equal(others.status, 201);
  assert.notEqual(others.body.parseId, parseId);

  const { sets } = (
    await call(stack, 'GET', `/api/library?artistId=${artistId}`)
  ).body;
  assert.equal(sets.length, 1);
  assert.equal(sets[0].alsFilename, 'Ночь 夜.als');
  assert.equal(sets[0].tempo, 128);
  assert.equal(sets[0].key, 'E minor');
  assert.equal(sets[0].durationSec, 7.5);
  assert.equal(sets[0].liveVersion, '11.3.2');
  assert.deepEqual(
    (await call(stack, 'GET', `/api/library/${parseId}`)).body.summary,
    summary,
  );
});

test('the name comes from the disposition, from a form, or from nowhere', async () => {
  const artistId = await artist();
  const names = new Map();
  const remember = (answer) => {
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    names.set(answer.body.parseId, answer.body.summary.file.name);
    return answer.body.summary;
  };
  remember(
    await send(artistId, als({ bpm: 100 }), {
      headers: { 'content-disposition': 'attachment; filename="My Song.als"' },
    }),
  );
  remember(
    await send(artistId, als({ bpm: 101 }), {
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': "attachment; filename*=UTF-8''%E5%A4%9C.als",
      },
    }),
  );
  remember(
    await send(artistId, als({ bpm: 102 }), {
      query: `&filename=${encodeURIComponent('C:\\Users\\me\\Sets\\deep.als')}`,
    }),
  );
  const form = new FormData();
  form.append('file', new Blob([als({ bpm: 103 })]), 'Form & Co.als');
  remember(
    await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
      body: form,
    }),
  );
  remember(await send(artistId, als({ bpm: 104 })));
  const plain = remember(
    await send(artistId, alsXml({ bpm: 105 }), {
      query: '&filename=plain.als',
    }),
  );
  assert.deepEqual(
    [...names.values()],
    [
      'My Song.als',
      '夜.als',
      'deep.als',
      'Form & Co.als',
      'Untitled.als',
      'plain.als',
    ],
  );
  assert.deepEqual(plain.warnings, ['plain_xml']);
});

test('curl as people type it', async () => {
  const artistId = await artist();
  const dir = tempDir('trainmode-als-');
  const file = path.join(dir, 'My Song.als');
  const url = new URL(`/api/library?artistId=${artistId}`, stack.url).href;
  try {
    fs.writeFileSync(file, als());
    const raw = JSON.parse(
      (await run('curl', ['-sS', '--data-binary', `@${file}`, url])).stdout,
    );
    assert.ok(raw.parseId, JSON.stringify(raw));
    assertSummary(raw.summary, 'by curl');
    const form = JSON.parse(
      (await run('curl', ['-sS', '-F', `file=@${file}`, url])).stdout,
    );
    assert.equal(form.parseId, raw.parseId);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});

test('a caption is written from the set', async () => {
  const artistId = await artist();
  const { parseId } = (await send(artistId, als({ bpm: 87, root: 6 }))).body;
  const caption = await call(stack, 'POST', '/api/train', {
    json: { artistId, parseId },
  });
  assert.equal(caption.status, 200, JSON.stringify(caption.body));
  assert.match(caption.body.prompt, /87 BPM/i);
  assert.match(caption.body.prompt, /F# minor/);
  assert.match(caption.body.prompt, /bass/i);
});

test('a file that is not a set is refused in words, and nothing is kept', async () => {
  const artistId = await artist();
  const whole = als({ track: 'x'.repeat(200) });
  for (const [body, words] of [
    ['not a set', /neither gzip nor XML/],
    ['PK\x03\x04zip', /zip/],
    ['{"json":true}', /JSON/],
    [whole.subarray(0, whole.length - 40), /cut off/],
    [gzipSync('<html></html>'), /<html>/],
    [
      gzipSync(
        '<!DOCTYPE x [<!ENTITY a "b">]><Ableton><LiveSet>&a;</LiveSet></Ableton>',
      ),
      /DOCTYPE/,
    ],
    [
      gzipSync(
        `<Ableton MinorVersion="11.0_1"><LiveSet>${'<a>'.repeat(100000)}`,
      ),
      /nested/,
    ],
    [
      gzipSync(
        `<Ableton MinorVersion="11.0_1"><LiveSet>${' '.repeat(32 << 20)}`,
      ),
      /times its size/,
    ],
    [als({ bpm: 'NaN' }), /number/],
    [als({ bpm: 1e9 }), /tempo/],
  ]) {
    const answer = await send(artistId, body, { query: '&filename=x.als' });
    problem(answer, 422, 'not_als');
    assert.match(answer.body.detail, words);
  }
  problem(await send(artistId, ''), 422, 'not_als');
  problem(
    await send('00000000-0000-4000-8000-000000000000', als()),
    404,
    'artist_not_found',
  );
  assert.deepEqual(
    (await call(stack, 'GET', `/api/library?artistId=${artistId}`)).body.sets,
    [],
  );
});

test(
  'real sets have summaries as the schema says',
  { skip: !fs.existsSync(fixtures) && `${fixtures} is not there` },
  async () => {
    const artistId = await artist();
    const files = fs
      .readdirSync(fixtures)
      .filter((name) => name.endsWith('.als'));
    assert.ok(files.length >= 24);
    for (const name of files) {
      const answer = await send(
        artistId,
        fs.readFileSync(path.join(fixtures, name)),
        { query: `&filename=${name}` },
      );
      assert.equal(
        answer.status,
        201,
        `${name}: ${JSON.stringify(answer.body)}`,
      );
      assertSummary(answer.body.summary, name);
      assert.doesNotMatch(
        JSON.stringify(answer.body),
        /\/Users\/|\/home\/|[A-Z]:\\\\/,
        name,
      );
    }
  },
);
