// Goal: a caller that asks for many artists at once gets no more of the
// programs than one that asks for a single artist: callers with other tokens
// find room.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { call, problem, soon, world } from '../lib/client.js';
import { acts, startDouble } from '../lib/model-double.js';

let double, stack;
before(async () => {
  double = await startDouble();
  stack = await startStack({
    env: {
      AUTH: 'token',
      TRAIN_THREADS: '2',
      OPENAI_BASE_URL: double.url,
      MODEL_STALL_SEC: '100',
    },
  });
});
after(async () => {
  await stack?.stop();
  await double?.stop();
});

// PROXIES is not set: a caller on this machine cannot claim another address.
test('a caller does not choose the address by which its failures are counted', async () => {
  const statuses = [];
  for (let i = 0; i < 40; i++) {
    const headers = {
      authorization: `Bearer tm_${'A'.repeat(43)}`,
      'x-forwarded-for': `10.0.0.${i}`,
      'x-real-ip': `10.0.0.${i}`,
    };
    statuses.push(
      (await call(stack, 'GET', '/api/artists', { headers })).status,
    );
  }
  assert.deepEqual([...new Set(statuses)], [401, 429]);
});

const as = (token, fn) => {
  stack.headers = { authorization: `Bearer ${token}` };
  return fn();
};

test('one token with six artists has one share, and another token its own', async () => {
  const label = stack.addToken('label');
  const studio = stack.addToken('studio');
  const worlds = [];
  for (let i = 0; i < 7; i++) worlds.push(await as(label, () => world(stack)));
  let open;
  double.play(
    acts.late(
      new Promise((resolve) => {
        open = resolve;
      }),
    ),
  );
  // Two run, and two may wait; one caller takes at most half of each.
  const all = worlds.slice(0, 6).map((w) =>
    as(label, () =>
      call(stack, 'POST', '/api/train', {
        json: { artistId: w.artistId, parseId: w.parseId },
      }),
    ),
  );
  assert.ok(
    await soon(() => double.journal.length === 2),
    `${double.journal.length} asked`,
  );
  const refused = await Promise.race(all);
  problem(refused, 429, 'rate_limited');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal(double.journal.length, 2, 'the share of one');
  const other = as(studio, () =>
    call(stack, 'POST', '/api/train', {
      json: { artistId: worlds[6].artistId, parseId: worlds[6].parseId },
    }),
  );
  assert.ok(
    await soon(() => double.journal.length === 3),
    'the other token is served at once',
  );
  open();
  assert.equal((await other).status, 200);
  const statuses = (await Promise.all(all)).map((a) => a.status).sort();
  assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
});
