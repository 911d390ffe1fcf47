// Goal: a list can be searched and sorted, deleted items can be restored for a
// day, a second version is asked about, audio without a set is welcome, and an
// export can be watched, chosen and canceled.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world, SUMMARY } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

const sha = (b) => createHash('sha256').update(b).digest('hex');
let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const names = async (w, query) => {
  const r = await call(
    stack,
    'GET',
    `/api/train/items?artistId=${w.artistId}&${query}`,
  );
  assert.equal(r.status, 200, JSON.stringify(r.body));
  return r.body.items.map((i) => i.projectName);
};
const holds = (id) => stack.files().some((f) => f.includes(id));

test('a long list is read in parts at once, whatever changes meanwhile', async () => {
  const w = await world(stack);
  const parseIds = Array.from({ length: 12 }, (_, i) => `${w.parseId}-${i}`);
  for (const parseId of parseIds)
    await call(stack, 'POST', `/api/library?artistId=${w.artistId}`, {
      json: {
        parseId,
        alsFilename: `${parseId}.als`,
        projectName: parseId,
        summary: SUMMARY,
      },
    });
  await call(stack, 'POST', '/api/train/items', {
    json: { artistId: w.artistId, parseIds },
  });
  const get = (path, query) =>
    call(stack, 'GET', `${path}?artistId=${w.artistId}&${query}`);
  const whole = async (path, member, first) => {
    const rows = [...first[member]];
    for (const of of first.cursors)
      for (let cursor = of; cursor;) {
        const { body } = await get(
          path,
          `limit=3&cursor=${encodeURIComponent(cursor)}`,
        );
        assert.ok(body[member].length <= 3);
        rows.push(...body[member]);
        cursor = body.nextCursor;
      }
    return rows;
  };
  const of = '/api/train/items';
  const all = (await get(of, 'limit=100')).body.items;
  assert.equal(all.length, 12);
  // One rests, and comes back amid the reading; one goes, one is new.
  const away = (i) => call(stack, 'DELETE', `${of}/${all[i].id}`);
  await away(8);
  const first = (await get(of, 'limit=3&cursors=1')).body;
  assert.equal(first.cursors.length, 3);
  await call(stack, 'POST', `${of}/${all[8].id}/restore`);
  await away(5);
  await save(stack, w, mp3(31));
  assert.deepEqual(
    (await whole(of, 'items', first)).map(({ id }) => id),
    all.filter((_, i) => i !== 5).map(({ id }) => id),
  );
  const start = (await get('/api/library', 'limit=3&cursors=1')).body;
  assert.ok(start.cursors.length > 2);
  assert.deepEqual(
    (await whole('/api/library', 'sets', start)).map((s) => s.parseId),
    (await get('/api/library', 'limit=100')).body.sets.map((s) => s.parseId),
  );
  // Not asked for, on the last page, in another order: there are none.
  for (const query of ['limit=3', 'cursors=1', 'limit=3&cursors=1&sort=name'])
    assert.equal((await get(of, query)).body.cursors, undefined);
  for (const [query, field] of [
    [`cursor=${first.nextCursor}~`, 'cursor'],
    [`cursor=${first.cursors[0]}~${first.nextCursor}`, 'cursor'],
    ['cursors=2', 'cursors'],
  ])
    problem(await get(of, query), 400, 'invalid_field', field);
});

test('a list is searched, sorted and held against problems', async () => {
  const w = await world(stack);
  for (const [i, projectName] of ['beta', 'Alpha', 'Über 100%'].entries())
    await save(stack, w, mp3(36 + i * 4), { projectName });
  assert.deepEqual(await names(w, 'sort=name'), ['Alpha', 'beta', 'Über 100%']);
  assert.deepEqual(await names(w, 'sort=durationSec&order=desc'), [
    'Über 100%',
    'Alpha',
    'beta',
  ]);
  assert.deepEqual(await names(w, 'sort=createdAt&order=asc'), [
    'beta',
    'Alpha',
    'Über 100%',
  ]);
  assert.deepEqual(await names(w, `q=${encodeURIComponent('ÜBER')}`), [
    'Über 100%',
  ]);
  assert.deepEqual(await names(w, `q=${encodeURIComponent('u\u0308ber')}`), [
    'Über 100%',
  ]);
  assert.deepEqual(await names(w, 'q=nothing+like+it'), []);
  assert.deepEqual(await names(w, 'problem=failed'), []);
  const page = (
    await call(
      stack,
      'GET',
      `/api/train/items?artistId=${w.artistId}&sort=name&limit=2`,
    )
  ).body;
  assert.equal(page.matches, 3);
  assert.deepEqual(
    await names(w, `sort=name&limit=2&cursor=${page.nextCursor}`),
    ['Über 100%'],
  );
  for (const [query, field] of [
    ['sort=odd', 'sort'],
    ['order=up', 'order'],
    ['problem=%27', 'problem'],
    [`sort=status&cursor=${page.nextCursor}`, 'cursor'],
  ])
    problem(
      await call(
        stack,
        'GET',
        `/api/train/items?artistId=${w.artistId}&${query}`,
      ),
      400,
      'invalid_field',
      field,
    );
});

test('what is deleted rests for a day', async () => {
  const w = await world(stack);
  const { trainingItemId: id, item } = (await save(stack, w, mp3(40))).body;
  const at = `/api/train/items/${id}`;
  assert.equal((await call(stack, 'DELETE', at)).status, 204);
  problem(await call(stack, 'GET', at), 404, 'item_not_found');
  problem(await call(stack, 'DELETE', at), 404, 'item_not_found');
  assert.ok(holds(id));
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    }),
    409,
    'nothing_ready',
  );
  const back = await call(stack, 'POST', `${at}/restore`);
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.deepEqual(
    {
      ...back.body,
      updatedAt: 0,
      analysis: 0,
      measured: 0,
      checks: 0,
      peaks: 0,
    },
    { ...item, updatedAt: 0, analysis: 0, measured: 0, checks: 0, peaks: 0 },
  );
  assert.equal((await call(stack, 'POST', `${at}/restore`)).status, 200); // a second click
  const audio = await call(stack, 'GET', `${at}/audio`, { raw: true });
  assert.equal(sha(Buffer.from(await audio.arrayBuffer())), item.audio.sha256);

  await call(stack, 'DELETE', at);
  assert.equal((await call(stack, 'DELETE', `${at}?now=1`)).status, 204);
  assert.ok(!holds(id));
  problem(await call(stack, 'POST', `${at}/restore`), 404, 'item_not_found');
  problem(
    await call(stack, 'DELETE', `${at}?now=maybe`),
    400,
    'invalid_field',
    'now',
  );
  const second = (await save(stack, w, mp3(41))).body.trainingItemId;
  assert.equal(
    (await call(stack, 'DELETE', `/api/train/items/${second}?now=1`)).status,
    204,
  );
  assert.ok(!holds(second));
});

test('a second save of a set is new, replaces, or is refused', async () => {
  const w = await world(stack);
  const first = (await save(stack, w, mp3(40))).body.trainingItemId;
  const refused = await save(stack, w, mp3(41), { ifExists: 'refuse' });
  problem(refused, 409, 'item_exists');
  assert.equal(refused.body.itemId, first);
  const second = await save(stack, w, mp3(41), { ifExists: 'new' });
  assert.equal(second.status, 201);
  const third = await save(stack, w, mp3(42), { ifExists: 'replace' });
  assert.equal(third.body.replaced, second.body.trainingItemId);
  const list = (
    await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)
  ).body;
  assert.deepEqual(
    list.items.map((i) => i.id),
    [third.body.trainingItemId, first],
  );
  assert.equal(
    (
      await call(
        stack,
        'POST',
        `/api/train/items/${second.body.trainingItemId}/restore`,
      )
    ).status,
    200,
  );
  problem(
    await save(stack, w, mp3(42), { ifExists: 'perhaps' }),
    400,
    'invalid_field',
    'ifExists',
  );
});

test('audio stands alone', async () => {
  const w = await world(stack);
  const audio = mp3(44);
  const parseId = `audio:${sha(audio)}`;
  const alone = { artistId: w.artistId };
  const saved = await save(stack, { ...w, parseId: undefined }, audio, {
    projectName: 'Field recording',
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const { item } = saved.body;
  assert.deepEqual(
    [item.parseId, item.alsSummaryId, item.projectName, item.status],
    [parseId, null, 'Field recording', 'ready'],
  );
  const written = await call(stack, 'POST', '/api/train', {
    json: { ...alone, itemId: item.id },
  });
  assert.equal(written.status, 200, JSON.stringify(written.body));
  assert.doesNotMatch(written.body.prompt, /BPM|major|minor/i);
  assert.match(written.body.prompt, /deep house/i);
  const again = await call(stack, 'POST', '/api/train', {
    json: { ...alone, parseId },
  });
  assert.equal(again.status, 200);
  const known = (
    await call(
      stack,
      'GET',
      `/api/train/generations?artistId=${w.artistId}&parseId=${parseId}`,
    )
  ).body.generations;
  assert.equal(known.length, 2);
  const edited = await call(stack, 'PATCH', `/api/train/items/${item.id}`, {
    json: {
      promptText: written.body.prompt,
      generationId: written.body.generationId,
    },
  });
  assert.equal(edited.body.promptEdited, false);
  assert.equal(
    (
      await call(stack, 'POST', '/api/train/check', {
        json: { ...alone, parseId, promptText: 'House at 99 BPM' },
      })
    ).status,
    200,
  );
  problem(
    await save(stack, { ...w, parseId }, mp3(45)),
    400,
    'invalid_field',
    'parseId',
  );
  // Measured, and in a list of its own accord; captions do not say it.
  const listed = async () =>
    (
      await call(stack, 'GET', `/api/train/items?artistId=${w.artistId}`)
    ).body.items.find((i) => i.id === item.id);
  assert.ok(await soon(async () => (await listed()).analysis === 'done'));
  assert.equal((await listed()).windows, 0);
  const whole = (await call(stack, 'GET', `/api/train/items/${item.id}`)).body;
  assert.deepEqual(
    (await listed()).measured,
    whole.measured.tempo && { tempo: whole.measured.tempo },
  );
  const other = mp3(46);
  const put = await call(stack, 'PUT', `/api/train/items/${item.id}/audio`, {
    body: other,
    headers: { 'content-type': 'audio/mpeg' },
  });
  assert.equal(put.body.parseId, `audio:${sha(other)}`);
  const made = await call(stack, 'POST', '/api/train/export', { json: alone });
  assert.equal(made.status, 200, JSON.stringify(made.body));
});

test('an export takes what was chosen, and says what it does not', async () => {
  const w = await world(stack);
  const artistId = w.artistId;
  const ids = [];
  for (let i = 0; i < 3; i++)
    ids.push((await save(stack, w, mp3(40 + i))).body.trainingItemId);
  await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
    json: { parseId: `${w.parseId}-w`, summary: SUMMARY },
  });
  const waits = (
    await call(stack, 'POST', '/api/train/items', {
      json: { artistId, parseIds: [`${w.parseId}-w`] },
    })
  ).body.items[0].id;
  const some = { artistId, itemIds: [ids[2], ids[0], ids[0]] };
  assert.equal(
    (await call(stack, 'POST', '/api/train/export/check', { json: some })).body
      .items,
    2,
  );
  for (let i = 0; i < 2; i++) {
    // exported already, and chosen anyway
    const made = await call(stack, 'POST', '/api/train/export', { json: some });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    assert.equal(made.body.itemCount, 2);
  }
  assert.equal(
    (await call(stack, 'GET', `/api/train/items/${ids[1]}`)).body.status,
    'ready',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId, itemIds: [waits] },
    }),
    400,
    'invalid_field',
    'itemIds',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId, itemIds: ['00000000-0000-4000-8000-000000000000'] },
    }),
    404,
    'item_not_found',
  );
  for (const itemIds of [[], ['x'], [7], 'x'])
    problem(
      await call(stack, 'POST', '/api/train/export', {
        json: { artistId, itemIds },
      }),
      400,
      'invalid_field',
      'itemIds',
    );
});

test('an export that runs is seen, and ends when it is told to', async () => {
  const w = await world(stack);
  const { artistId } = w;
  const look = async () =>
    (await call(stack, 'GET', `/api/train/export?artistId=${artistId}`)).body;
  assert.deepEqual(await look(), { running: null });
  problem(
    await call(stack, 'POST', '/api/train/export/cancel', {
      json: { artistId },
    }),
    404,
    'nothing_running',
  );
  // One that runs elsewhere: its row is all that others see of it.
  stack.psql(
    `INSERT INTO export_claims (artist_id, layout, items_done, item_count, bytes_done, bytes) VALUES ('${artistId}', 'plan', 1, 9, 10, 90)`,
  );
  const { running } = await look();
  assert.match(running.startedAt, /^\d{4}-.*Z$/);
  assert.deepEqual(
    { ...running, startedAt: 0 },
    {
      itemsDone: 1,
      itemCount: 9,
      bytesDone: 10,
      bytes: 90,
      conversionsDone: 0,
      conversionCount: 0,
      layout: 'plan',
      startedAt: 0,
    },
  );
  const told = await call(stack, 'POST', '/api/train/export/cancel', {
    json: { artistId },
  });
  assert.equal(told.status, 202);
  assert.equal(
    stack.psql(
      `SELECT cancel FROM export_claims WHERE artist_id = '${artistId}'`,
    ),
    't',
  );
  stack.psql(`DELETE FROM export_claims WHERE artist_id = '${artistId}'`);

  // One of ours, canceled as soon as it begins.
  for (let i = 0; i < 3; i++) await save(stack, w, mp3(40 + i));
  stack.psql(`CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.cancel := true; RETURN NEW; END';
    CREATE TRIGGER end_it BEFORE INSERT ON export_claims FOR EACH ROW EXECUTE FUNCTION end_it()`);
  problem(
    await call(stack, 'POST', '/api/train/export', { json: { artistId } }),
    409,
    'export_canceled',
  );
  stack.psql('DROP TRIGGER end_it ON export_claims; DROP FUNCTION end_it');
  assert.deepEqual(await look(), { running: null });
  assert.equal(
    (await call(stack, 'GET', `/api/train/items?artistId=${artistId}`)).body
      .counts.ready,
    3,
  );
  assert.deepEqual(
    (await call(stack, 'GET', `/api/train/datasets?artistId=${artistId}`)).body
      .datasets,
    [],
  );
  assert.ok(
    !stack.files().some((f) => f.includes(w.artist.slug) && f.endsWith('.zip')),
  );
});
