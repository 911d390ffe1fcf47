// Goal: with AUTH=token nobody gets anywhere without a token that counts, and
// nothing of a token is written down.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { stackEnv, startStack, tempDir, trainmode } from '../lib/stack.js';
import { call, problem, soon } from '../lib/client.js';
import {
  contract,
  estate,
  nothingSeenNothingChanged,
} from '../lib/stranger.js';

const STUDIO = 'https://studio.example.org';
let stack;
let routes; // of the contract: {method, path, open}
let studio; // a token that opens all

const bearer = (token, more = {}) => ({
  authorization: `Bearer ${token}`,
  ...more,
});

function cli(...args) {
  const r = spawnSync(trainmode, [...args, '--state', stack.state], {
    encoding: 'utf8',
    env: stackEnv(),
  });
  return { status: r.status, out: r.stdout.trim(), err: r.stderr };
}

before(async () => {
  stack = await startStack({
    env: {
      AUTH: 'token',
      PROXIES: '127.0.0.1',
      CORS_ORIGINS: `${STUDIO}, http://localhost:5173`,
    },
  });
  routes = (await contract(stack)).map((r) => ({
    ...r,
    path: r.path.replace(/\{\w+\}/g, crypto.randomUUID()),
  }));
  studio = stack.addToken('studio');
});
after(() => stack?.stop());

test('every route of the contract but the open ones asks for a token', async () => {
  assert.ok(routes.filter((r) => !r.open).length > 28);
  assert.deepEqual(
    routes.filter((r) => r.open).map((r) => `${r.method} ${r.path}`),
    [
      'POST /api/train/webhooks/replicate',
      'GET /api/session',
      'POST /api/session',
      'DELETE /api/session',
      'GET /api/health',
      'GET /api/openapi.json',
    ],
  );
  for (const { method, path: at } of routes.filter((r) => !r.open)) {
    const bare = await call(stack, method, at);
    problem(bare, 401, 'unauthenticated');
    assert.equal(
      bare.headers.get('www-authenticate'),
      'Bearer',
      `${method} ${at}`,
    );
    for (const authorization of [
      'Bearer',
      'Bearer tm_',
      `Bearer ${studio}x`,
      `Bearer ${studio.slice(0, -1)}`,
      `Basic ${studio}`,
      studio,
      `Bearer tm_${crypto.randomBytes(32).toString('base64url')}`,
    ]) {
      // Each from a different address, as a proxy on this machine would report
      // it: failures are counted by address.
      const headers = {
        authorization,
        'x-forwarded-for': `10.1.${crypto.randomInt(256)}.${crypto.randomInt(256)}`,
      };
      problem(
        await call(stack, method, at, { headers }),
        401,
        'unauthenticated',
      );
    }
    const known = await call(stack, method, at, { headers: bearer(studio) });
    assert.notEqual(known.status, 401, `${method} ${at}`);
  }
});

test('the page, health and the contract are open', async () => {
  for (const at of ['/', '/js/main.js', '/api/health', '/api/openapi.json'])
    assert.equal((await call(stack, 'GET', at)).status, 200, at);
  problem(
    await call(stack, 'GET', '/files/artists/a/datasets/b.zip'),
    403,
    'forbidden',
  );
});

test('a token opens, is listed without itself, and is void once revoked', async () => {
  const token = stack.addToken('Für Élise');
  assert.match(token, /^tm_[\w-]{43}$/);
  assert.equal(
    (await call(stack, 'GET', '/api/artists', { headers: bearer(token) }))
      .status,
    200,
  );
  const again = cli('token', 'add', 'Für Élise');
  assert.equal(again.status, 1);
  assert.match(again.err, /already/);
  const list = cli('token', 'list');
  assert.match(list.out, /^Für Élise: all artists, made \d{4}-.*last used/m);
  assert.ok(!list.out.includes(token.slice(3)));
  assert.equal(
    stack.psql(
      `SELECT encode(hash, 'hex') FROM trainmode_tokens WHERE name = 'Für Élise'`,
    ),
    crypto.createHash('sha256').update(token).digest('hex'),
  );
  const revoked = cli('token', 'revoke', 'Für Élise');
  assert.equal(revoked.status, 0, revoked.err);
  problem(
    await call(stack, 'GET', '/api/artists', { headers: bearer(token) }),
    401,
    'unauthenticated',
  );
  assert.equal(cli('token', 'revoke', 'Für Élise').status, 1);
  assert.match(cli('token', 'list').out, /^Für Élise: .*revoked \d{4}-/m);
});

test('two tokens of two artists: each other’s ids, on every route, nothing seen, nothing changed', async () => {
  const [one, two] = [
    await estate(stack, bearer(studio)),
    await estate(stack, bearer(studio)),
  ];
  const [mine, theirs] = [one, two].map((e) =>
    bearer(stack.addToken(e.artist.slug, '--artist', e.artist.slug)),
  );
  await nothingSeenNothingChanged(stack, one, theirs);
  await nothingSeenNothingChanged(stack, two, mine);
  assert.deepEqual(
    (
      await call(stack, 'GET', '/api/artists', { headers: mine })
    ).body.artists.map((a) => a.id),
    [one.artistId],
  );
  assert.equal(
    (
      await call(stack, 'GET', `/api/train/items/${one.itemId}`, {
        headers: mine,
      })
    ).status,
    200,
  );
  problem(
    await call(stack, 'POST', '/api/artists', {
      json: { name: 'Third' },
      headers: mine,
    }),
    403,
    'forbidden',
  );
});

test('the token command refuses in words', () => {
  for (const [args, words] of [
    [['token'], /token add NAME/],
    [['token', 'add'], /token add NAME/],
    [['token', 'add', 'a', 'b'], /token add NAME/],
    [['token', 'revoke', 'a', '--artist', 'b'], /token add NAME/],
    [['token', 'list', '--all'], /unknown argument/],
    [
      ['token', 'add', 'x', '--artist', 'nobody'],
      /no artist with the slug nobody/,
    ],
    [['token', 'revoke', 'nothing'], /no token nothing/],
  ]) {
    const r = cli(...args);
    assert.equal(r.status, 1, args.join(' '));
    assert.match(r.err, words);
    assert.equal(r.out, '');
  }
});

test('guessing is slowed, and a good token from the same address is not', async () => {
  const from = { 'x-forwarded-for': '203.0.113.9' };
  const guess = () =>
    call(stack, 'GET', '/api/artists', { headers: bearer('tm_guess', from) });
  let slowed;
  for (let i = 0; i < 200 && !slowed; i++) {
    const answer = await guess();
    if (answer.status === 429) slowed = answer;
  }
  problem(slowed, 429, 'rate_limited');
  assert.ok(Number(slowed.headers.get('retry-after')) >= 1);
  for (let i = 0; i < 5; i++)
    assert.equal(
      (
        await call(stack, 'GET', '/api/artists', {
          headers: bearer(studio, from),
        })
      ).status,
      200,
    );
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: bearer('tm_guess', { 'x-forwarded-for': '203.0.113.10' }),
    }),
    401,
    'unauthenticated',
  );
});

test('the page’s session: a cookie that no script reads, and that no other page can use', async () => {
  const own = new URL(stack.url).origin;
  assert.deepEqual((await call(stack, 'GET', '/api/session')).body, {
    auth: 'token',
    signedIn: false,
  });
  problem(
    await call(stack, 'POST', '/api/session', { json: { token: 'tm_guess' } }),
    401,
    'unauthenticated',
  );
  problem(
    await call(stack, 'POST', '/api/session', { json: {} }),
    400,
    'invalid_field',
    'token',
  );
  problem(
    await call(stack, 'POST', '/api/session', {
      json: { token: studio },
      headers: { origin: 'http://evil.example' },
    }),
    403,
    'forbidden',
  );
  const made = await call(stack, 'POST', '/api/session', {
    json: { token: studio },
    headers: { origin: own },
  });
  assert.equal(made.status, 204);
  const [set] = made.headers.getSetCookie();
  assert.match(
    set,
    /^trainmode_session=ts_[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  );
  const cookie = set.split(';')[0];
  const session = (
    await call(stack, 'GET', '/api/session', { headers: { cookie } })
  ).body;
  assert.deepEqual(session, {
    auth: 'token',
    signedIn: true,
    expiresAt: session.expiresAt,
  });
  assert.ok(
    Math.abs(Date.parse(session.expiresAt) - Date.now() - 7 * 864e5) < 60000,
  );
  // The cookie is not the token: neither works in place of the other.
  assert.ok(!set.includes(studio));
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { cookie: `trainmode_session=${studio}` },
    }),
    401,
    'unauthenticated',
  );
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: bearer(cookie.split('=')[1]),
    }),
    401,
    'unauthenticated',
  );
  assert.ok(
    !stack
      .psql("SELECT string_agg(hash::text, ' ') FROM page_sessions")
      .includes(cookie.split('=')[1]),
  );
  // A cookie that somebody plants next to it never takes it over.
  const planted = `trainmode_session=ts_${'A'.repeat(43)}`;
  for (const both of [`${planted}; ${cookie}`, `${cookie}; ${planted}`])
    problem(
      await call(stack, 'GET', '/api/artists', { headers: { cookie: both } }),
      401,
      'unauthenticated',
    );
  assert.equal(
    (
      await call(stack, 'GET', '/api/artists', {
        headers: { cookie: `a=b; ${cookie}; c` },
      })
    ).status,
    200,
  );
  const add = (headers) =>
    call(stack, 'POST', '/api/artists', {
      json: { name: 'By cookie' },
      headers: { cookie, ...headers },
    });
  assert.equal((await add({ origin: own })).status, 201);
  assert.equal((await add({ 'sec-fetch-site': 'same-origin' })).status, 201);
  // Every browser says where a request comes from.
  for (const headers of [
    {},
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site', origin: own },
  ])
    problem(await add(headers), 403, 'forbidden');
  // A program's own word wins over a cookie, and a stale cookie opens nothing.
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { cookie, ...bearer('tm_no') },
    }),
    401,
    'unauthenticated',
  );
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { cookie: 'trainmode_session=tm_old' },
    }),
    401,
    'unauthenticated',
  );
  const out = await call(stack, 'DELETE', '/api/session', {
    headers: { cookie, origin: own },
  });
  assert.equal(out.status, 204);
  assert.deepEqual(out.headers.getSetCookie(), [
    'trainmode_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
  ]);
  // Signed out wherever a copy of it is, and when its token is revoked.
  problem(
    await call(stack, 'GET', '/api/artists', { headers: { cookie } }),
    401,
    'unauthenticated',
  );
  const passing = stack.addToken('passing');
  const [next] = (
    await call(stack, 'POST', '/api/session', {
      json: { token: passing },
      headers: { origin: own },
    })
  ).headers.getSetCookie();
  const headers = { cookie: next.split(';')[0] };
  assert.equal(
    (await call(stack, 'GET', '/api/artists', { headers })).status,
    200,
  );
  stack.psql(
    "UPDATE trainmode_tokens SET revoked_at = now() WHERE name = 'passing'",
  );
  problem(
    await call(stack, 'GET', '/api/artists', { headers }),
    401,
    'unauthenticated',
  );
});

test('nothing of a stranger’s upload is kept, and it is refused before it is sent', async () => {
  const spool = path.join(stack.state, 'store/.spool');
  const calls = [
    '/api/train/save',
    `/api/train/items/${crypto.randomUUID()}/audio`,
    '/api/library',
  ];
  // The head alone, with a length that is never sent: no answer could come
  // if the body were waited for.
  const head = (method, at, headers) =>
    new Promise((resolve, reject) => {
      const req = http.request(new URL(at, stack.url), {
        method,
        headers: {
          'content-type': 'audio/mpeg',
          'content-length': 50e6,
          ...headers,
        },
      });
      req
        .on('response', (res) => {
          let text = '';
          res
            .on('data', (d) => {
              text += d;
            })
            .on('end', () => {
              resolve({
                status: res.statusCode,
                headers: new Headers(res.headers),
                type: res.headers['content-type'],
                body: JSON.parse(text),
              });
            });
        })
        .on('error', reject);
      req.setTimeout(20000, () =>
        req.destroy(new Error(`${at} waits for the body`)),
      );
      req.write('ID3');
    });
  for (const at of calls) {
    const method = at.endsWith('/audio') ? 'PUT' : 'POST';
    for (const headers of [
      {},
      bearer('tm_no', { 'x-forwarded-for': '198.51.100.1' }),
      { cookie: 'trainmode_session=tm_no', origin: new URL(stack.url).origin },
    ]) {
      const answer = await head(method, at, headers);
      problem(answer, 401, 'unauthenticated');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
  }
  // A client that was told to wait cannot get in this way.
  const from = { 'x-forwarded-for': '203.0.113.77' };
  for (let i = 0; i < 60; i++)
    await call(stack, 'GET', '/api/artists', {
      headers: bearer('tm_guess', from),
    });
  problem(
    await head('POST', '/api/train/save', bearer('tm_guess', from)),
    401,
    'unauthenticated',
  );
  assert.deepEqual(
    fs.readdirSync(spool).filter((n) => /^\d+$/.test(n)),
    [],
  );
  // With a token, errors are the program's to report, and so is an outage.
  problem(
    await call(stack, 'POST', '/api/train/save', {
      json: {},
      headers: bearer(studio),
    }),
    400,
    'invalid_field',
  );
  problem(
    await call(stack, 'GET', '/.may', { headers: bearer(studio) }),
    404,
    'not_found',
  );
  await stack.stopDatabase();
  problem(
    await call(stack, 'POST', '/api/train/save', {
      json: {},
      headers: bearer(studio),
    }),
    503,
    'database_unavailable',
  );
  await stack.startDatabase();
  assert.ok(
    await soon(
      async () =>
        (await call(stack, 'GET', '/api/artists', { headers: bearer(studio) }))
          .status === 200,
    ),
    'the database does not come back',
  );
});

test('another page may call with a token, where its origin is named', async () => {
  const ask = (origin, method = 'POST') =>
    call(stack, 'OPTIONS', '/api/artists', {
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const yes = await ask(STUDIO);
  assert.equal(yes.status, 204);
  assert.equal(yes.headers.get('access-control-allow-origin'), STUDIO);
  assert.match(yes.headers.get('access-control-allow-methods'), /POST.*DELETE/);
  assert.match(
    yes.headers.get('access-control-allow-headers'),
    /Authorization, Content-Type/,
  );
  assert.match(yes.headers.get('vary'), /Origin/);
  assert.equal(yes.headers.get('access-control-allow-credentials'), null);
  for (const origin of [
    'https://studio.example.org:444',
    'http://studio.example.org',
    'https://evil.example',
    'null',
  ]) {
    const no = await ask(origin);
    problem(no, 405, 'method_not_allowed');
    assert.equal(no.headers.get('access-control-allow-origin'), null);
    problem(
      await call(stack, 'POST', '/api/artists', {
        json: { name: 'x' },
        headers: bearer(studio, { origin }),
      }),
      403,
      'forbidden',
    );
  }
  const headers = { origin: STUDIO, 'sec-fetch-site': 'cross-site' };
  const made = await call(stack, 'POST', '/api/artists', {
    json: { name: 'From the studio' },
    headers: bearer(studio, headers),
  });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('access-control-allow-origin'), STUDIO);
  assert.match(made.headers.get('access-control-expose-headers'), /Location/);
  const failed = await call(stack, 'GET', '/api/artists', {
    headers: bearer('tm_no', headers),
  });
  problem(failed, 401, 'unauthenticated');
  assert.equal(failed.headers.get('access-control-allow-origin'), STUDIO);
  problem(
    await call(stack, 'GET', '/api/artists', {
      headers: { ...headers, cookie: `trainmode_session=${studio}` },
    }),
    401,
    'unauthenticated',
  );
});

test('every answer carries the headers that protect a page', async () => {
  for (const at of [
    '/',
    '/js/main.js',
    '/api/artists',
    '/api/health',
    '/api/none',
    '/files/artists/a/datasets/b.zip',
    '/none',
  ]) {
    const { headers } = await call(stack, 'GET', at);
    assert.match(
      headers.get('content-security-policy'),
      /default-src 'none'.*frame-ancestors 'none'/,
      at,
    );
    assert.doesNotMatch(headers.get('content-security-policy'), /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', at);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', at);
  }
});

test('nothing of a token is in any log', async () => {
  problem(
    await call(stack, 'GET', `/api/artists?token=${studio}`, {
      headers: { authorization: studio },
    }),
    401,
    'unauthenticated',
  );
  for (const name of fs.readdirSync(path.join(stack.state, 'log'))) {
    const text = fs.readFileSync(path.join(stack.state, 'log', name), 'utf8');
    assert.ok(!text.includes(studio.slice(3, 20)), name);
    assert.ok(!text.includes('tm_guess'), name);
  }
});

test('up refuses a server that is open to others and to all', () => {
  for (const [env, words] of [
    [{ LISTEN: '0.0.0.0' }, /LISTEN says that others.*AUTH=token.*token add/],
    [
      { PUBLIC_URL: 'https://music.example' },
      /PUBLIC_URL says that others.*AUTH=token/,
    ],
    [{ AUTH: 'open' }, /AUTH must be none/],
  ]) {
    const state = tempDir();
    const r = spawnSync(
      trainmode,
      ['up', '--detach', '--port', '1', '--state', state],
      { encoding: 'utf8', env: stackEnv(env) },
    );
    fs.rmSync(state, { recursive: true, force: true });
    assert.equal(r.status, 1, r.stdout);
    assert.match(r.stderr, words);
    assert.doesNotMatch(r.stdout, /starting/);
  }
});
