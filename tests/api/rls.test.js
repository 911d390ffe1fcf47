// Goal: if our own ownership check is removed from the programs, the database's
// row level security alone still separates two users, on every route.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack, tempDir } from '../lib/stack.js';
import { startAuth } from '../lib/auth-double.js';
import { call } from '../lib/client.js';
import { estate, nothingSeenNothingChanged } from '../lib/stranger.js';

const ANNA = 'anna@example.org';
const BERT = 'bert@example.org';
const programs = ['train', 'save', 'export', 'library'].map(
  (p) => `tests/api/unguarded/${p}.fcgi`,
);
const bearer = (email) => ({ authorization: `Bearer ${auth.token(email)}` });
let auth;
let app;
let stack;

// The installed tree, with the unguarded programs instead of its own.
function install() {
  const build = process.env.TRAINMODE_TEST_BUILD ?? path.join(root, 'build');
  const dir = tempDir('trainmode-unguarded-');
  execFileSync('make', ['-C', build, '-j2', ...programs], { stdio: 'pipe' });
  if (process.env.TRAINMODE_APP)
    execFileSync('cp', ['-a', `${process.env.TRAINMODE_APP}/.`, dir]);
  else
    execFileSync('make', ['-C', build, 'install', `prefix=${dir}`], {
      stdio: 'pipe',
    });
  for (const program of programs)
    fs.copyFileSync(
      path.join(build, program),
      path.join(dir, 'libexec', path.basename(program)),
    );
  fs.chmodSync(dir, 0o755);
  return dir;
}

before(async () => {
  app = install();
  auth = await startAuth();
  auth.addUser(ANNA);
  auth.addUser(BERT);
  stack = await startStack({
    env: {
      TRAINMODE_APP: app,
      AUTH: 'supabase',
      SUPABASE_URL: auth.url,
      SUPABASE_PUBLISHABLE_KEY: auth.apikey,
    },
  });
  stack.beSupabase();
});
after(async () => {
  await stack?.stop();
  await auth?.stop();
  if (app) fs.rmSync(app, { recursive: true, force: true });
});

test('two users: each other’s ids, on every route, nothing seen, nothing changed', async () => {
  const anna = await estate(stack, bearer(ANNA));
  const bert = await estate(stack, bearer(BERT));
  await nothingSeenNothingChanged(stack, anna, bearer(BERT));
  await nothingSeenNothingChanged(stack, bert, bearer(ANNA));
  const mine = (
    await call(stack, 'GET', '/api/artists', { headers: bearer(ANNA) })
  ).body.artists;
  assert.deepEqual(
    mine.map((a) => a.id),
    [anna.artistId],
  );
});

// Last, since it takes the wall away.
test('it is the policies that did it', async () => {
  const anna = await estate(stack, bearer(ANNA));
  stack.psql('ALTER TABLE artists DISABLE ROW LEVEL SECURITY');
  const seen = await call(stack, 'GET', `/api/artists/${anna.artistId}`, {
    headers: bearer(BERT),
  });
  assert.equal(seen.status, 200, JSON.stringify(seen.body));
});
