// Goal: through a transaction pooler all works, migrations too, and a database
// that goes and comes again is found again.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

const skip = fs.existsSync('/usr/sbin/pgbouncer')
  ? false
  : 'no PgBouncer is installed';
let stack;
before(async () => {
  if (!skip) stack = await startStack({ pooler: true });
});
after(() => stack?.stop());

test(
  'the programs come by the pooler, and share what is behind it',
  { skip },
  async () => {
    const w = await world(stack);
    const saves = await Promise.all(
      Array.from({ length: 8 }, () => save(stack, w, mp3(30))),
    );
    for (const answer of saves)
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const export_ = await call(stack, 'POST', '/api/train/export', {
      json: { artistId: w.artistId },
    });
    assert.equal(export_.status, 200, JSON.stringify(export_.body));
    const servers = Number(
      stack.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'trainmode' AND pid <> pg_backend_pid()",
      ),
    );
    assert.ok(servers >= 1 && servers <= 2, `${servers} server connections`);
  },
);

test(
  'migrations go through it, and leave nothing in the session',
  { skip },
  () => {
    const applied = Number(
      stack.psql('SELECT count(*) FROM schema_migrations'),
    );
    assert.equal(applied, fs.readdirSync(path.join(root, 'sql')).length);
    const again = spawnSync(path.join(root, 'deploy/migrate.sh'), {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: stack.pooler.url },
    });
    assert.equal(again.status, 0, again.stderr);
    for (let i = 0; i < 4; i++) {
      const level = spawnSync(
        'psql',
        ['-XAtq', '-d', stack.pooler.url, '-c', 'SHOW client_min_messages'],
        { encoding: 'utf8' },
      );
      assert.equal(level.stdout.trim(), 'notice');
    }
  },
);

test('the database goes away behind it and comes back', { skip }, async () => {
  const w = await world(stack);
  await stack.stopDatabase();
  problem(
    await call(stack, 'GET', '/api/artists'),
    503,
    'database_unavailable',
  );
  problem(await save(stack, w, mp3(30)), 503, 'database_unavailable');
  await stack.startDatabase();
  assert.ok(
    await soon(async () => (await save(stack, w, mp3(30))).status === 201),
    'saves do not work again',
  );
});
