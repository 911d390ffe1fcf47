// Goal: a store belongs to one database. Another one's is refused with a
// reason, whatever it contains; only what this database wrote is ever removed,
// never more than a tenth unasked; a released slug gives access to nobody's
// leftovers.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  freePort,
  stackEnv,
  startStack,
  tempDir,
  trainmode,
} from '../lib/stack.js';
import { call, logged, save, soon, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

let stack, w, item;
// The same store for another database.
let shared;
before(async () => {
  stack = await startStack();
  shared = stack.supabase
    ? { STORAGE: 'supabase', ...stack.supabase.env }
    : { STORE_DIR: path.join(stack.state, 'store') };
  w = await world(stack);
  ({ item } = (await save(stack, w, mp3(31))).body);
});
after(() => stack?.stop());

const nobody = '00000000-0000-4000-8000-000000000000';
const old = new Date(Date.now() - 900 * 3600 * 1000);
const owned = () =>
  fs.readFileSync(path.join(stack.objects, 'artists/.trainmode-owner'), 'utf8');
const us = () => stack.psql('SELECT id FROM store_owner');

// An object that somebody put there, with the owner of their objects.
function plant(name, when = old) {
  const file = path.join(stack.objects, name);
  const { uid, gid } = fs.statSync(stack.objects);
  const folder = (dir) => {
    if (fs.existsSync(dir)) return;
    folder(path.dirname(dir));
    fs.mkdirSync(dir);
    fs.chownSync(dir, uid, gid);
  };
  folder(path.dirname(file));
  fs.writeFileSync(file, 'x');
  fs.chownSync(file, uid, gid);
  fs.utimesSync(file, when, when);
  return file;
}

const intend = (name, why, due = '-1 hour') =>
  stack.psql(
    `INSERT INTO store_intents (path, why, due) VALUES ('${name}', '${why}', now() + interval '${due}')`,
  );
// Not one that stops this process: the connections that it keeps would break.
const admin = (state, env, ...args) =>
  new Promise((resolve) => {
    execFile(
      trainmode,
      [...args, '--state', state],
      { env: stackEnv(env) },
      (error, stdout, stderr) => {
        resolve({ status: error ? error.code : 0, stdout, stderr });
      },
    );
  });

test("the store is this database's, and rows leave nothing put down", () => {
  assert.equal(owned(), us());
  assert.equal(stack.psql('SELECT count(*) FROM store_intents'), '0');
});

test('what no row knows stays, however old, unless this database wrote it', async () => {
  const stays = [
    plant(`artists/${w.artist.slug}/training/${nobody}/audio.mp3`),
    plant('artists/another-app/stems/bass.wav'),
  ];
  const goes = plant(`artists/${w.artist.slug}/training/${nobody}/prompt.txt`);
  const waits = plant(`artists/${w.artist.slug}/training/${nobody}/audio.wav`);
  intend(`artists/${w.artist.slug}/training/${nobody}/prompt.txt`, 'written');
  intend(
    `artists/${w.artist.slug}/training/${nobody}/audio.wav`,
    'written',
    '1 hour',
  );
  intend(item.audioPath, 'left'); // a row refers to it
  const dry = await admin(stack.state, {}, 'sweep', '--dry-run');
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /prompt\.txt\n1 of \d+ objects would go\n/);
  assert.doesNotMatch(dry.stdout, /audio|bass/);
  assert.ok(fs.existsSync(goes));

  await stack.restart('save');
  assert.ok(await soon(() => !fs.existsSync(goes)), stack.log('save'));
  for (const f of [...stays, waits, path.join(stack.objects, item.audioPath)])
    assert.ok(fs.existsSync(f), f);
  assert.ok(
    await soon(() =>
      stack
        .psql("SELECT string_agg(path, ',') FROM store_intents")
        .endsWith('audio.wav'),
    ),
  );
  stack.psql('DELETE FROM store_intents');
  for (const f of [...stays, waits]) fs.rmSync(f);
});

test('a row that somebody else deletes has its objects looked at a day later', () => {
  stack.psql(`INSERT INTO training_uploads (id, artist_id, path, sha256, analysis)
    VALUES ('${nobody}', '${w.artistId}', 'artists/${w.artist.slug}/incoming/${nobody}', 'x', '{}')`);
  stack.psql(`DELETE FROM training_uploads WHERE id = '${nobody}'`);
  assert.equal(
    stack.psql(
      "SELECT why, due > now() + interval '23 hours' FROM store_intents",
    ),
    'lost|t',
  );
  stack.psql('DELETE FROM store_intents');
});

test('more than a tenth at once stays and is said, until somebody asks for it', async () => {
  const names = Array.from(
    { length: 12 },
    (_, i) => `artists/${w.artist.slug}/training/${nobody}/audio-${i}.mp3`,
  );
  const files = names.map((name) => plant(name));
  for (const name of names) intend(name, 'written');
  await stack.restart('save');
  await logged(stack, 'save', /more than a tenth/);
  assert.ok(files.every((f) => fs.existsSync(f)));
  const asked = await admin(stack.state, {}, 'sweep');
  assert.match(asked.stdout, /^0 objects are gone/m);
  assert.match(
    (await admin(stack.state, {}, 'sweep', '--dry-run')).stdout,
    /12 of \d+ objects would go; that is more than a tenth/,
  );
  assert.match(
    (await admin(stack.state, {}, 'sweep', '--all')).stdout,
    /^12 objects are gone/m,
  );
  assert.ok(!files.some((f) => fs.existsSync(f)));
});

test('a deleted artist answers at once; the slug comes back when nothing lies there', async () => {
  const gone = await world(stack, { name: 'Passing' });
  const saved = (await save(stack, gone, mp3(32))).body.item;
  const left = plant('artists/passing/leftover.mp3');
  assert.equal(
    (await call(stack, 'DELETE', `/api/artists/${gone.artistId}`)).status,
    204,
  );
  const next = (
    await call(stack, 'POST', '/api/artists', { json: { name: 'Passing' } })
  ).body;
  assert.equal(next.slug, 'passing-2');
  assert.equal(
    (
      await call(stack, 'POST', '/api/artists', {
        json: { name: 'P', slug: 'passing' },
      })
    ).status,
    409,
  );
  assert.ok(
    await soon(() => !fs.existsSync(path.join(stack.objects, saved.audioPath))),
  );
  assert.ok(
    await soon(() => stack.psql('SELECT count(*) FROM store_intents') === '0'),
  );
  assert.ok(fs.existsSync(left)); // nobody here wrote that
  fs.rmSync(left);
  await stack.restart('save');
  assert.ok(
    await soon(() => stack.psql('SELECT count(*) FROM store_slugs') === '0'),
  );
  assert.equal(
    (await call(stack, 'POST', '/api/artists', { json: { name: 'Passing' } }))
      .body.slug,
    'passing',
  );
  // Of one under which nothing lay, it is free at once.
  assert.equal(
    (await call(stack, 'DELETE', `/api/artists/${next.id}`)).status,
    204,
  );
  assert.equal(
    (
      await call(stack, 'POST', '/api/artists', {
        json: { name: 'P', slug: 'passing-2' },
      })
    ).status,
    201,
  );
});

test('another database is refused at up and sweeps nothing; adopt takes over', async () => {
  const state = tempDir();
  const up = async () =>
    admin(state, shared, 'up', '--detach', '--port', String(await freePort()));
  const before = stack.files();
  try {
    const refused = await up();
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      new RegExp(
        `belongs to another Trainmode database \\(${us()}\\).*\\./trainmode adopt`,
      ),
    );
    assert.deepEqual(stack.files(), before);
    assert.equal(owned(), us());

    const adopted = await admin(state, shared, 'adopt');
    assert.equal(adopted.status, 0, adopted.stderr);
    assert.match(
      adopted.stdout,
      /now belongs to this database; \d+ objects that it does not know stay/,
    );
    assert.notEqual(owned(), us());
    const ready = await up();
    assert.equal(ready.status, 0, ready.stderr);
    assert.deepEqual(stack.files(), before);

    // The one before notices, and removes nothing any more.
    const name = `artists/${w.artist.slug}/training/${nobody}/prompt.txt`;
    const file = plant(name);
    intend(name, 'left');
    await logged(stack, 'save', /belongs to another Trainmode database/);
    assert.ok(fs.existsSync(file));
  } finally {
    await admin(state, shared, 'down');
    fs.rmSync(state, { recursive: true, force: true });
    assert.equal(
      (await admin(stack.state, stack.supabase?.env, 'adopt')).status,
      0,
    );
  }
  assert.equal(owned(), us());
});

test("a store without an owner is this database's if each object has a row", async () => {
  const owner = path.join(stack.objects, 'artists/.trainmode-owner');
  stack.psql('DELETE FROM store_intents');
  fs.rmSync(owner);
  for (const f of stack
    .files()
    .filter((name) => name.endsWith(`${nobody}/prompt.txt`)))
    fs.rmSync(f);
  const stranger = plant('artists/elsewhere/stems/bass.wav');
  await stack.restart('save');
  await logged(
    stack,
    'save',
    /has no owner, and 1 of its objects are not known.*elsewhere\/stems\/bass\.wav/,
  );
  assert.ok(!fs.existsSync(owner));
  fs.rmSync(stranger);
  await stack.restart('save');
  assert.ok(await soon(() => fs.existsSync(owner)));
  assert.equal(owned(), us());
});
