// Goal: the whole main job over HTTP: artist, schema, set, caption, item,
// dataset; and the bytes in the zip are the bytes that went in.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

async function download(url) {
  const res = await fetch(url);
  assert.equal(res.status, 200);
  const file = path.join(stack.state, `dataset-${Date.now()}.zip`);
  fs.writeFileSync(file, Buffer.from(await res.arrayBuffer()));
  return file;
}
const unzip = (file, name) =>
  execFileSync('unzip', ['-p', file, name], { maxBuffer: 1e9 });
const names = (file) =>
  execFileSync('unzip', ['-Z1', file], { encoding: 'utf8' }).trim().split('\n');

test('set + audio → caption → item → dataset URL', async () => {
  const w = await world(stack);
  const caption = await call(stack, 'POST', '/api/train', {
    json: { artistId: w.artistId, parseId: w.parseId },
  });
  assert.equal(caption.status, 200, JSON.stringify(caption.body));
  assert.equal(caption.body.model, 'template');
  assert.equal(caption.body.version, 'train-v1');
  assert.match(caption.body.prompt, /house/i);
  assert.match(caption.body.prompt, /124 ?bpm/i);
  assert.match(caption.body.prompt, /A minor/i);
  assert.deepEqual(caption.body.warnings, []);

  const audio = mp3(45);
  const saved = await save(stack, w, audio, {
    promptText: caption.body.prompt,
    generationId: caption.body.generationId,
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  assert.equal(saved.body.item.modelName, 'template');
  assert.equal(saved.body.item.systemPromptVersion, 'train-v1');
  assert.ok(saved.body.item.generatedAt);
  assert.equal(saved.body.item.promptEdited, false);

  const edited = await save(stack, w, mp3(46), {
    promptText: `${caption.body.prompt} Really.`,
  });
  assert.equal(edited.body.item.promptEdited, true);
  assert.equal(edited.body.item.generationId, caption.body.generationId);

  const done = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
  });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(done.body.itemCount, 2);
  assert.equal(done.body.layout, 'plan');
  assert.equal(done.body.verified, true);
  const url = new URL(done.body.datasetUrl);
  assert.match(
    url.pathname,
    /\/artists\/[a-z0-9-]+\/datasets\/dataset-[0-9A-Za-z-]+\.zip$/,
  );

  const zip = await download(url);
  assert.ok(names(zip).includes('dataset/item-1/audio.mp3'));
  assert.deepEqual(unzip(zip, 'dataset/item-1/audio.mp3'), audio);
  assert.equal(
    unzip(zip, 'dataset/item-1/prompt.txt').toString().trim(),
    caption.body.prompt,
  );
  execFileSync('unzip', ['-tq', zip]);
  assert.equal(fs.statSync(zip).size, done.body.bytes);

  const items = (
    await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)
  ).body;
  assert.equal(items.counts.exported, 2);
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    }),
    409,
    'nothing_ready',
  );
  const list = (
    await call(stack, 'GET', `/api/train/datasets?artistId=${w.artistId}`)
  ).body.datasets;
  assert.equal(list.length, 1);
  assert.equal(list[0].sha256, done.body.sha256);
});

test('every generation is a row that says where it comes from', async () => {
  const w = await world(stack);
  const json = { artistId: w.artistId, parseId: w.parseId };
  const first = (await call(stack, 'POST', '/api/train', { json })).body;
  const second = (
    await call(stack, 'POST', '/api/train', {
      json: { ...json, instructions: 'shorter' },
    })
  ).body;
  assert.notEqual(first.generationId, second.generationId);
  const row = (id, columns) =>
    stack.psql(`SELECT ${columns} FROM prompt_generations WHERE id = '${id}'`);
  assert.match(row(first.generationId, 'schema_hash'), /^[0-9a-f]{64}$/);
  assert.match(row(first.generationId, 'summary_hash'), /^[0-9a-f]{64}$/);
  assert.equal(
    row(first.generationId, 'model_name, system_prompt_version, prompt'),
    `template|train-v1|${first.prompt}`,
  );
  assert.equal(row(second.generationId, 'instructions'), 'shorter');
  assert.equal(row(first.generationId, 'ms >= 0 AND fields IS NOT NULL'), 't');
  assert.equal(
    row(first.generationId, 'schema_hash'),
    row(second.generationId, 'schema_hash'),
  );

  await call(stack, 'PUT', `/api/artists/${w.artistId}/schema`, {
    json: { genre: 'techno' },
  });
  const third = (await call(stack, 'POST', '/api/train', { json })).body;
  assert.notEqual(
    row(third.generationId, 'schema_hash'),
    row(first.generationId, 'schema_hash'),
  );
  assert.equal(
    row(third.generationId, 'summary_hash'),
    row(first.generationId, 'summary_hash'),
  );
  const listed = (
    await call(
      stack,
      'GET',
      `/api/train/generations?artistId=${w.artistId}&parseId=${w.parseId}`,
    )
  ).body.generations;
  assert.deepEqual(
    listed.map((g) => g.id),
    [third, second, first].map((g) => g.generationId),
  );
});

test('the URL: ranges, tampering, expiry', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(31));
  const { datasetUrl, datasetId } = (
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    })
  ).body;
  const part = await fetch(datasetUrl, { headers: { range: 'bytes=0-3' } });
  assert.equal(part.status, 206);
  assert.equal(
    Buffer.from(await part.arrayBuffer()).toString('latin1'),
    'PK\x03\x04',
  );

  // Supabase refuses in its own words.
  const refused = async (url) => {
    if (stack.supabase) assert.equal((await fetch(url)).status, 400);
    else problem(await call(stack, 'GET', url.href), 403, 'forbidden');
  };
  const tampered = new URL(datasetUrl);
  if (stack.supabase)
    tampered.searchParams.set(
      'token',
      `${tampered.searchParams.get('token').slice(0, -4)}AAAA`,
    );
  else
    tampered.searchParams.set(
      'expires',
      String(Number(tampered.searchParams.get('expires')) + 60),
    );
  await refused(tampered);
  const other = new URL(datasetUrl);
  other.pathname = other.pathname.replace(
    /dataset-[^/]+\.zip$/,
    'dataset-0.zip',
  );
  await refused(other);
  const bare = new URL(datasetUrl);
  bare.search = '';
  await refused(bare);

  const fresh = await call(
    stack,
    'POST',
    `/api/train/datasets/${datasetId}/url`,
  );
  assert.equal(fresh.status, 200, JSON.stringify(fresh.body));
  assert.equal((await fetch(fresh.body.datasetUrl)).status, 200);
});

test('two exports of one artist at once: one works, the other is told', async () => {
  const w = await world(stack);
  await save(stack, w, wav(120)); // encoding it takes seconds
  const go = () =>
    call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    });
  const at = `/api/train/export?artistId=${w.artistId}`;
  const isRunning = async () => (await call(stack, 'GET', at)).body.running;
  const first = go();
  assert.ok(await soon(isRunning));
  for (const second of [await go(), await go()]) {
    assert.equal(second.status, 409);
    assert.equal(second.body.code, 'export_running');
  }
  assert.equal((await first).status, 200);
  assert.equal((await go()).body.code, 'nothing_ready');
});

test('an export as events tells its progress', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(31));
  await save(stack, w, mp3(32));
  const res = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
    headers: { accept: 'text/event-stream' },
    raw: true,
  });
  assert.match(res.headers.get('content-type'), /^text\/event-stream/);
  const text = await res.text();
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map((m) => [
    m[1],
    JSON.parse(m[2]),
  ]);
  assert.ok(
    events.some(([name, p]) => name === 'progress' && p.itemCount === 2),
    text,
  );
  assert.equal(events.at(-1)[0], 'done');
  assert.equal(events.at(-1)[1].itemCount, 2);
});

test('nobody’s artist, nothing ready, no such layout', async () => {
  const w = await world(stack);
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    }),
    409,
    'nothing_ready',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: '00000000-0000-4000-8000-000000000000' },
    }),
    404,
    'artist_not_found',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', { json: {} }),
    400,
    'invalid_field',
    'artistId',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId, layout: 'odd' },
    }),
    400,
    'invalid_field',
    'layout',
  );
  problem(
    await call(
      stack,
      'POST',
      '/api/train/datasets/00000000-0000-4000-8000-000000000000/url',
    ),
    404,
    'dataset_not_found',
  );
});

test('a file that is lost from storage fails the export and changes nothing', async () => {
  const w = await world(stack);
  const saved = await save(stack, w, mp3(33));
  await save(stack, w, mp3(34));
  fs.rmSync(path.join(stack.objects, saved.body.item.audioPath));
  const answer = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
  });
  assert.ok([422, 502].includes(answer.status), JSON.stringify(answer.body));
  const items = (
    await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)
  ).body;
  assert.equal(items.counts.ready, 2);
  const dir = path.join(stack.objects, 'artists', w.artist.slug, 'datasets');
  assert.deepEqual(fs.existsSync(dir) ? fs.readdirSync(dir) : [], []);
  await call(stack, 'DELETE', `/api/train/items/${saved.body.item.id}`);
  const again = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
  });
  assert.equal(again.status, 200, JSON.stringify(again.body));
});
