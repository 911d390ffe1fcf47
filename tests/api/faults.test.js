// Goal: the database, the storage and the clock fail, and nothing is lost.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

test('the database goes away in the middle of work and comes back', async () => {
  const w = await world(stack);
  const had = stack.files().length;
  await stack.stopDatabase();
  problem(await save(stack, w, mp3(30)), 503, 'database_unavailable');
  problem(
    await call(stack, 'GET', '/api/artists'),
    503,
    'database_unavailable',
  );
  problem(
    await call(stack, 'POST', '/api/train', {
      json: { artistId: w.artistId, parseId: w.parseId },
    }),
    503,
    'database_unavailable',
  );
  problem(
    await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    }),
    503,
    'database_unavailable',
  );
  const health = await call(stack, 'GET', '/api/health');
  assert.equal(health.status, 503);
  assert.equal(health.body.database, 'unavailable');
  assert.equal(stack.files().length, had);
  await stack.startDatabase();
  assert.ok(
    await soon(async () => (await save(stack, w, mp3(30))).status === 201),
    'saves do not work again',
  );
});

test('a database that goes away between the objects and the row leaves neither', async () => {
  const w = await world(stack);
  const had = stack.files().length;
  stack.psql(`CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END';
    CREATE TRIGGER fault BEFORE INSERT ON training_items FOR EACH ROW EXECUTE FUNCTION fault()`);
  try {
    problem(await save(stack, w, mp3(30)), 503, 'database_unavailable');
  } finally {
    stack.psql('DROP TRIGGER fault ON training_items; DROP FUNCTION fault()');
  }
  assert.equal(stack.files().length, had);
  assert.equal(
    stack.psql(
      `SELECT count(*) FROM training_items WHERE artist_id = '${w.artistId}'`,
    ),
    '0',
  );
  assert.equal((await save(stack, w, mp3(30))).status, 201);
});

test('a row that cannot be written takes its objects along', async () => {
  const w = await world(stack);
  const had = stack.files().length;
  stack.psql(
    "ALTER TABLE training_items ADD CONSTRAINT fault CHECK (prompt_text IS DISTINCT FROM 'break')",
  );
  try {
    const answer = await save(stack, w, mp3(30), { promptText: 'break' });
    problem(answer, 500, 'internal');
  } finally {
    stack.psql('ALTER TABLE training_items DROP CONSTRAINT fault');
  }
  assert.equal(stack.files().length, had);
  assert.equal((await save(stack, w, mp3(30))).status, 201);
});
