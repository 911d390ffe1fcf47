// Goal: the cost of captions is reported if prices are set, an estimate comes
// before the bill, and a day's limit holds however many requests come at once.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { acts, good, startDouble } from '../lib/model-double.js';
import { call, problem, world } from '../lib/client.js';

let double;
let stack;
before(async () => {
  double = await startDouble();
  stack = await startStack({
    env: {
      OPENAI_BASE_URL: double.url,
      CAPTION_DAILY_LIMIT: '5',
      OPENAI_PRICE_IN: '2.5',
      OPENAI_PRICE_OUT: '10',
      OPENAI_PRICE_AUDIO: '40',
      OPENAI_PRICE_CURRENCY: 'EUR',
    },
  });
});
after(async () => {
  await stack?.stop();
  await double?.stop();
});
const caption = (w) =>
  call(stack, 'POST', '/api/train', {
    json: { artistId: w.artistId, parseId: w.parseId },
  });
const costs = (w, more = '') =>
  call(stack, 'GET', `/api/train/costs?artistId=${w.artistId}${more}`);
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} ${b}`);

test('a caption says its price, a month its sum, an estimate what comes', async () => {
  const w = await world(stack);
  const none = (await costs(w, '&captions=10')).body;
  assert.deepEqual(
    [none.months, none.estimate, none.today.cost, none.limit],
    [[], null, null, { perDay: 5, left: 5 }],
  );
  double.play(acts.stream());
  const one = await caption(w);
  near(one.body.cost, (900 * 2.5 + 80 * 10) / 1e6);
  assert.deepEqual([one.body.tokensIn, one.body.tokensOut], [900, 80]);
  double.play(
    acts.stream(good, {
      usage: {
        prompt_tokens: 1000,
        prompt_tokens_details: { audio_tokens: 300 },
      },
    }),
  );
  const two = await caption(w);
  near(two.body.cost, (700 * 2.5 + 300 * 40 + 80 * 10) / 1e6);
  const { body } = await costs(w, '&captions=100');
  assert.equal(body.currency, 'EUR');
  assert.equal(body.months[0].month, new Date().toISOString().slice(0, 7));
  assert.deepEqual(
    [body.months[0].captions, body.today.captions, body.months[0].tokensIn],
    [2, 2, 1900],
  );
  near(body.months[0].cost, one.body.cost + two.body.cost);
  assert.deepEqual(
    [body.estimate.captions, body.estimate.tokensIn],
    [100, 95000],
  );
  near(body.estimate.cost, 50 * (one.body.cost + two.body.cost));
  assert.deepEqual(body.limit, { perDay: 5, left: 3 });
  const { body: list } = await call(
    stack,
    'GET',
    `/api/train/generations?artistId=${w.artistId}&parseId=${w.parseId}`,
  );
  near(list.generations[0].cost, two.body.cost);
});

test('the limit of a day is exact with many at once, and each artist has its own', async () => {
  const [w, other] = [await world(stack), await world(stack)];
  double.play(acts.stream());
  const all = await Promise.all(Array.from({ length: 20 }, () => caption(w)));
  assert.equal(all.filter((r) => r.status === 200).length, 5);
  const refused = all.find((r) => r.status !== 200);
  problem(refused, 429, 'rate_limited');
  const wait = Number(refused.headers.get('retry-after'));
  assert.ok(wait > 0 && wait <= 86400, `${wait}`);
  assert.equal(double.journal.length, 5);
  assert.equal((await caption(other)).status, 200);
  stack.psql(
    `UPDATE caption_days SET day = day - 1 WHERE artist_id = '${w.artistId}'`,
  );
  assert.equal((await caption(w)).status, 200);
});

test('invalid requests, and those of another user', async () => {
  const w = await world(stack);
  problem(await call(stack, 'GET', '/api/train/costs'), 400, 'invalid_field');
  problem(await costs(w, '&captions=-1'), 400, 'invalid_field');
  problem(
    await costs({ artistId: '00000000-0000-4000-8000-000000000000' }),
    404,
    'artist_not_found',
  );
});
