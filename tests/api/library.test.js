// Goal: the library serves what the train routes need: artists, master schemas,
// sets, health; and refuses what it should, with a reason.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { startStack } from '../lib/stack.js';
import { call, problem, world, SUMMARY } from '../lib/client.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const nobody = '00000000-0000-4000-8000-000000000000';

test('an artist is made, found, renamed and deleted', async () => {
  const made = await call(stack, 'POST', '/api/artists', {
    json: { name: 'Für Élise' },
  });
  assert.equal(made.status, 201);
  assert.equal(made.body.slug, 'fur-elise');
  assert.equal(made.headers.get('location'), `/api/artists/${made.body.id}`);
  assert.match(
    made.body.createdAt,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  );

  const again = await call(stack, 'POST', '/api/artists', {
    json: { name: 'Für Élise' },
  });
  assert.equal(again.status, 201);
  assert.notEqual(again.body.slug, 'fur-elise');

  const list = await call(stack, 'GET', '/api/artists');
  assert.ok(
    list.body.artists.some(
      (a) => a.id === made.body.id && a.name === 'Für Élise',
    ),
  );

  const renamed = await call(stack, 'PATCH', `/api/artists/${made.body.id}`, {
    json: { name: 'Ludwig' },
  });
  assert.equal(renamed.body.name, 'Ludwig');
  assert.equal(renamed.body.slug, 'fur-elise');

  assert.equal(
    (await call(stack, 'DELETE', `/api/artists/${made.body.id}`)).status,
    204,
  );
  problem(
    await call(stack, 'GET', `/api/artists/${made.body.id}`),
    404,
    'artist_not_found',
  );
});

test('a name in any script gets a slug', async () => {
  const made = await call(stack, 'POST', '/api/artists', {
    json: { name: '桜' },
  });
  assert.equal(made.status, 201);
  assert.match(made.body.slug, /^[a-z0-9][a-z0-9-]*$/);
  problem(
    await call(stack, 'POST', '/api/artists', { json: { name: '  ' } }),
    400,
    'invalid_field',
    'name',
  );
  problem(
    await call(stack, 'POST', '/api/artists', {
      json: { name: 'x', slug: '../x' },
    }),
    400,
    'invalid_field',
    'slug',
  );
  problem(
    await call(stack, 'POST', '/api/artists', {
      json: { name: 'x', slug: made.body.slug },
    }),
    409,
    'artist_exists',
  );
});

test('what is no JSON is refused before anything else', async () => {
  const headers = { 'content-type': 'application/json' };
  problem(
    await call(stack, 'POST', '/api/artists', { body: '{"name":', headers }),
    400,
    'invalid_json',
  );
  problem(
    await call(stack, 'POST', '/api/artists', { body: '[]', headers }),
    400,
    'invalid_json',
  );
  problem(
    await call(stack, 'POST', '/api/artists', {
      body: 'name=x',
      headers: { 'content-type': 'text/plain' },
    }),
    415,
    'unsupported_media_type',
  );
  for (const coding of ['gzip', 'br', 'x-unheard'])
    problem(
      await call(stack, 'POST', '/api/artists', {
        body: gzipSync('{"name":"x"}'),
        headers: { ...headers, 'content-encoding': coding },
      }),
      415,
      'unsupported_media_type',
    );
  const plain = { ...headers, 'content-encoding': 'identity' };
  problem(
    await call(stack, 'POST', '/api/artists', {
      body: '{"name":7}',
      headers: plain,
    }),
    400,
    'invalid_field',
    'name',
  );
  problem(
    await call(stack, 'POST', '/api/artists', { json: { name: 7 } }),
    400,
    'invalid_field',
    'name',
  );
  problem(
    await call(stack, 'POST', '/api/artists', {
      json: { name: 'x'.repeat(20000) },
    }),
    413,
    'too_large',
  );
  const put = await call(stack, 'PUT', '/api/artists', { json: {} });
  problem(put, 405, 'method_not_allowed');
  assert.match(put.headers.get('allow'), /GET.*POST|POST.*GET/);
  problem(await call(stack, 'GET', '/api/nothing'), 404, 'not_found');
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { accept: 'application/xml' },
    }),
    406,
    'not_acceptable',
  );
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { accept: 'application/json;q=0' },
    }),
    406,
    'not_acceptable',
  );
  for (const accept of [
    '*/*',
    'text/html, */*;q=0.1',
    'application/json',
    'application/*',
  ])
    assert.equal(
      (await call(stack, 'GET', '/api/artists', { headers: { accept } }))
        .status,
      200,
      accept,
    );
});

test('a master schema is any object and comes back as it was', async () => {
  const w = await world(stack);
  const schema = {
    genre: 'techno',
    nested: { list: [1, 2.5, null, true, 'ü'] },
  };
  assert.deepEqual(
    (
      await call(stack, 'PUT', `/api/artists/${w.artistId}/schema`, {
        json: schema,
      })
    ).body,
    schema,
  );
  assert.deepEqual(
    (await call(stack, 'GET', `/api/artists/${w.artistId}/schema`)).body,
    schema,
  );
  problem(
    await call(stack, 'PUT', `/api/artists/${nobody}/schema`, { json: {} }),
    404,
    'artist_not_found',
  );
  problem(
    await call(stack, 'PUT', `/api/artists/${w.artistId}/schema`, {
      json: { x: 'y'.repeat(300000) },
    }),
    413,
    'too_large',
  );
  const bare = (
    await call(stack, 'POST', '/api/artists', {
      json: { name: 'No schema yet' },
    })
  ).body;
  problem(
    await call(stack, 'GET', `/api/artists/${bare.id}/schema`),
    404,
    'schema_not_found',
  );
});

test('a ready summary is taken once, listed, found and deleted', async () => {
  const w = await world(stack);
  const json = {
    parseId: 'again-1',
    alsFilename: 'Ünïted.als',
    projectName: 'Ünïted',
    summary: SUMMARY,
  };
  const path = `/api/library?artistId=${w.artistId}`;
  assert.equal((await call(stack, 'POST', path, { json })).status, 201);
  assert.equal((await call(stack, 'POST', path, { json })).status, 200);

  const list = await call(stack, 'GET', `${path}&q=ünï`);
  assert.equal(list.body.sets.length, 1);
  const row = list.body.sets[0];
  assert.equal(row.parseId, 'again-1');
  assert.equal(row.tempo, 124);
  assert.equal(row.key, 'A minor');
  assert.equal(row.liveVersion, '12.2');

  const one = await call(stack, 'GET', '/api/library/again-1');
  assert.deepEqual(one.body.summary, SUMMARY);
  assert.equal(one.body.facts.tempo.bpm, 124);
  assert.deepEqual(one.body.facts.key, { text: 'A minor', evidence: 'stated' });
  assert.equal(one.body.facts.vocals, 'no'); // each source is known, and none is a voice
  problem(
    await call(stack, 'POST', path, { json: { ...json, parseId: 'a/b' } }),
    400,
    'invalid_field',
    'parseId',
  );
  problem(
    await call(stack, 'POST', path, { json: { ...json, summary: 'x' } }),
    400,
    'invalid_field',
    'summary',
  );
  problem(
    await call(stack, 'GET', `/api/library?artistId=${nobody}`),
    404,
    'artist_not_found',
  );
  problem(
    await call(stack, 'GET', '/api/library?artistId=x'),
    400,
    'invalid_field',
    'artistId',
  );
  problem(
    await call(stack, 'GET', '/api/library'),
    400,
    'invalid_field',
    'artistId',
  );

  assert.equal(
    (await call(stack, 'DELETE', '/api/library/again-1')).status,
    204,
  );
  problem(
    await call(stack, 'GET', '/api/library/again-1'),
    404,
    'set_not_found',
  );
});

test('a set sent again gives an older summary the new one, and nothing else', async () => {
  const w = await world(stack);
  const path = `/api/library?artistId=${w.artistId}`;
  const send = (summary, name = 'Old.als') =>
    call(stack, 'POST', path, {
      json: {
        parseId: `older-${w.artistId}`,
        alsFilename: name,
        projectName: 'Old',
        summary,
      },
    });
  const version = (summaryVersion) => ({ ...SUMMARY, summaryVersion });
  assert.equal((await send(version(2))).status, 201);
  const again = await send(version(3), 'Renamed.als');
  assert.equal(again.status, 200);
  assert.equal(again.body.summary.summaryVersion, 3);
  assert.equal((await send(version(1))).body.summary.summaryVersion, 3);
  assert.equal((await send({ tempo: 99 })).body.summary.summaryVersion, 3);
  assert.equal((await send(version('9'))).body.summary.summaryVersion, 3);
  const row = (await call(stack, 'GET', `${path}&q=old`)).body.sets[0];
  assert.equal(row.alsFilename, 'Old.als');
});

test('pages follow each other without a gap', async () => {
  const w = await world(stack);
  for (let i = 0; i < 7; i++)
    await call(stack, 'POST', `/api/library?artistId=${w.artistId}`, {
      json: {
        parseId: `${w.parseId}-${i}`,
        alsFilename: `${i}.als`,
        projectName: `${i}`,
        summary: {},
      },
    });
  const seen = [];
  let cursor = '';
  do {
    const page = await call(
      stack,
      'GET',
      `/api/library?artistId=${w.artistId}&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    assert.equal(page.status, 200);
    assert.ok(page.body.sets.length <= 3);
    seen.push(...page.body.sets.map((s) => s.parseId));
    cursor = page.body.nextCursor ?? '';
  } while (cursor);
  assert.equal(seen.length, 8);
  assert.equal(new Set(seen).size, 8);
  problem(
    await call(
      stack,
      'GET',
      `/api/library?artistId=${w.artistId}&cursor=nonsense`,
    ),
    400,
    'invalid_field',
    'cursor',
  );
});

test('health says what works and keeps its secrets', async () => {
  const health = await call(stack, 'GET', '/api/health');
  assert.equal(health.status, 200);
  assert.deepEqual(Object.keys(health.body).sort(), [
    'database',
    'model',
    'status',
    'storage',
  ]);
  assert.equal(health.body.status, 'ok');
  assert.equal(health.body.model, 'template');
});

test('the contract is served', async () => {
  const doc = await call(stack, 'GET', '/api/openapi.json');
  assert.equal(doc.body.openapi, '3.1.0');
  for (const path of [
    '/api/train',
    '/api/train/save',
    '/api/train/export',
    '/api/library',
    '/api/health',
  ])
    assert.ok(doc.body.paths[path], path);
});
