// Goal: an operator connects a model without a restart; nobody else can, the
// key never comes back and goes to no other address.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { acts, good } from '../lib/model-double.js';
import { startModelServer } from '../lib/model-server.js';
import { call, problem, world } from '../lib/client.js';

const KEY = 'sk-page-0123456789abcdef';
const PATH = '/api/settings/model';

describe('with nothing set', () => {
  let stack;
  let server;
  let other;
  let w;
  before(async () => {
    stack = await startStack();
    server = await startModelServer();
    other = await startModelServer();
    w = await world(stack);
  });
  after(async () => {
    const said = stack?.log('train');
    await stack?.stop();
    await server?.stop();
    await other?.stop();
    assert.ok(!said?.includes(KEY));
  });
  const put = (json) => call(stack, 'PUT', PATH, { json });
  const attempt = (json = {}) => call(stack, 'POST', `${PATH}/try`, { json });
  const caption = () =>
    call(stack, 'POST', '/api/train', {
      json: { artistId: w.artistId, parseId: w.parseId },
    });

  test('nothing is connected, and nothing can be tried', async () => {
    const r = await call(stack, 'GET', PATH);
    assert.equal(r.status, 200, JSON.stringify(r.body));
    assert.deepEqual(r.body, {
      url: null,
      model: null,
      hasKey: false,
      connected: false,
      source: 'none',
      audio: 'off',
    });
    problem(await attempt(), 400, 'invalid_field', 'url');
    assert.equal((await caption()).body.model, 'template');
  });

  test('an address gives its models, a model one caption, and nothing is kept', async () => {
    const list = await attempt({ url: server.url, key: KEY });
    assert.deepEqual(list.body, { ok: true, models: ['small', 'large'] });
    const tried = await attempt({ url: server.url, model: 'small', key: KEY });
    assert.equal(tried.status, 200, JSON.stringify(tried.body));
    assert.equal(tried.body.prompt, good.description);
    assert.deepEqual([tried.body.tokensIn, tried.body.tokensOut], [900, 80]);
    assert.equal(server.double.journal.at(-1).body.model, 'small');
    assert.equal(stack.psql('SELECT count(*) FROM model_settings'), '0');
    assert.equal(
      stack.psql(
        "SELECT count(*) FROM prompt_generations WHERE model_name <> 'template'",
      ),
      '0',
    );
  });

  test('it is connected without a restart, and the key never comes back', async () => {
    const r = await put({ url: server.url, model: 'large', key: KEY });
    assert.equal(r.status, 200, JSON.stringify(r.body));
    assert.deepEqual(r.body, {
      url: server.url,
      model: 'large',
      hasKey: true,
      connected: true,
      source: 'page',
      audio: 'off',
    });
    const made = await caption();
    assert.equal(made.body.prompt, good.description, JSON.stringify(made.body));
    assert.deepEqual(
      [
        server.double.journal.at(-1).body.model,
        server.double.journal.at(-1).headers.authorization,
      ],
      ['large', `Bearer ${KEY}`],
    );
    assert.ok(
      !JSON.stringify((await call(stack, 'GET', PATH)).body).includes(KEY),
    );
    await new Promise((resolve) => {
      setTimeout(resolve, 1100);
    });
    assert.equal(
      (await call(stack, 'GET', '/api/health')).body.model,
      'connected',
    );
  });

  test('the key stays with its address', async () => {
    assert.equal(
      (await put({ url: server.url, model: 'small' })).body.hasKey,
      true,
    );
    other.seen.length = 0;
    await attempt({ url: other.url, model: 'small' });
    assert.deepEqual(
      other.seen.map((s) => s.key),
      [undefined, undefined],
    );
    assert.equal(
      (await put({ url: other.url, model: 'small' })).body.hasKey,
      false,
    );
    assert.equal(
      (await put({ url: server.url, model: 'small' })).body.hasKey,
      false,
    );
    await put({ url: server.url, model: 'small', key: KEY });
    assert.equal(
      (await put({ url: server.url, model: 'small', key: null })).body.hasKey,
      false,
    );
  });

  test('only this machine or https is asked', async () => {
    for (const url of [
      'http://10.0.0.1/v1',
      'http://127.0.0.1@evil.example/v1',
      'http://localhost.evil.example/v1',
      'ftp://127.0.0.1/',
      'file:///etc/passwd',
      'http://169.254.169.254/latest',
      'http://127.0.0.1\\@evil.example/',
      'https://',
      'https://user:key@api.example/v1',
      'http://[::ffff:10.0.0.1]/',
      'http://2130706433/',
      'x'.repeat(600),
    ]) {
      problem(await put({ url, model: 'm' }), 400, 'invalid_field', 'url');
      problem(await attempt({ url, model: 'm' }), 400, 'invalid_field', 'url');
    }
    problem(await put({ url: server.url }), 400, 'invalid_field', 'model');
    problem(
      await put({ url: server.url, model: ' ' }),
      400,
      'invalid_field',
      'model',
    );
    problem(
      await put({ url: server.url, model: 'm', key: 'a\r\nb: c' }),
      400,
      'invalid_field',
      'key',
    );
    problem(await put({ model: 'm' }), 400, 'invalid_field', 'url');
    for (const url of [
      'https://api.example.org/v1',
      'http://localhost:1/v1',
      'http://[::1]:1/v1',
    ])
      assert.equal((await put({ url, model: 'm' })).status, 200);
  });

  test('what fails is said', async () => {
    const r = await attempt({ url: 'http://127.0.0.1:1/v1', model: 'm' });
    problem(r, 502, 'model_error');
    server.double.refuse = true;
    problem(
      await attempt({ url: server.url, model: 'm', key: KEY }),
      502,
      'model_auth',
    );
    server.double.refuse = false;
    server.double.play(acts.error(404, { message: 'no such model' }));
    problem(await attempt({ url: server.url, model: 'm' }), 502, 'model_error');
    server.double.play(acts.stream());
  });

  test('null disconnects', async () => {
    assert.equal((await put({ url: null })).body.connected, false);
    assert.equal((await caption()).body.model, 'template');
  });
});

test('the settings win, and are told without their key', async () => {
  const server = await startModelServer();
  const stack = await startStack({
    env: {
      OPENAI_BASE_URL: server.url,
      OPENAI_API_KEY: KEY,
      OPENAI_MODEL: 'small',
    },
  });
  try {
    stack.psql(
      `INSERT INTO model_settings (url, model) VALUES ('http://127.0.0.1:1/v1', 'page')`,
    );
    const { body } = await call(stack, 'GET', PATH);
    assert.deepEqual(body, {
      url: server.url,
      model: 'small',
      hasKey: true,
      connected: true,
      source: 'settings',
      audio: 'off',
    });
    problem(
      await call(stack, 'PUT', PATH, { json: { url: server.url, model: 'm' } }),
      409,
      'conflict',
    );
    assert.equal(
      (await call(stack, 'POST', `${PATH}/try`, { json: {} })).body.prompt,
      good.description,
    );
    const w = await world(stack);
    assert.equal(
      (
        await call(stack, 'POST', '/api/train', {
          json: { artistId: w.artistId, parseId: w.parseId },
        })
      ).body.prompt,
      good.description,
    );
  } finally {
    await stack.stop();
    await server.stop();
  }
});

test('a token of one artist may not, one of all may, and none may not', async () => {
  const stack = await startStack({ env: { AUTH: 'token' } });
  try {
    const all = stack.addToken('all');
    stack.headers = { authorization: `Bearer ${all}` };
    const { artist } = await world(stack);
    const one = stack.addToken('one', '--artist', artist.slug);
    assert.equal((await call(stack, 'GET', PATH)).status, 200);
    assert.equal(
      (await call(stack, 'PUT', PATH, { json: { url: null } })).status,
      200,
    );
    stack.headers = { authorization: `Bearer ${one}` };
    for (const [method, path, json] of [
      ['GET', PATH],
      ['PUT', PATH, { url: null }],
      ['POST', `${PATH}/try`, {}],
    ])
      problem(await call(stack, method, path, { json }), 403, 'forbidden');
    stack.headers = {};
    problem(await call(stack, 'GET', PATH), 401, 'unauthenticated');
  } finally {
    await stack.stop();
  }
});
