// Goal: with AUTH=supabase, only tokens that the project's Auth signed for a
// user, for now and for us, are accepted, and each user sees only their own
// artists.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../lib/stack.js';
import { makeToken, newKey, startAuth } from '../lib/auth-double.js';
import { call, problem } from '../lib/client.js';
import {
  contract,
  estate,
  nothingSeenNothingChanged,
} from '../lib/stranger.js';

const SECRET = 'a shared secret of the project, long enough';
const ANNA = 'anna@example.org';
const BERT = 'bert@example.org';
let auth;
let stack;

// Each from a different address: failures are counted by address.
const elsewhere = () => ({
  'x-forwarded-for': `10.${[1, 2, 3].map(() => crypto.randomInt(256)).join('.')}`,
});
const bearer = (token) => ({
  authorization: `Bearer ${token}`,
  ...elsewhere(),
});
const list = (token) =>
  call(stack, 'GET', '/api/artists', { headers: bearer(token) });

// Keys are fetched once in some seconds at most.
async function soon(what) {
  for (let i = 0; ; i++) {
    try {
      return await what();
    } catch (error) {
      if (i === 40) throw error;
      await sleep(500);
    }
  }
}

before(async () => {
  auth = await startAuth();
  auth.keys.push(newKey('RS256'));
  auth.addUser(ANNA);
  auth.addUser(BERT);
  stack = await startStack({
    env: {
      AUTH: 'supabase',
      PROXIES: '127.0.0.1',
      SUPABASE_URL: auth.url,
      SUPABASE_PUBLISHABLE_KEY: auth.apikey,
      SUPABASE_JWT_SECRET: SECRET,
    },
  });
  stack.beSupabase();
});
after(async () => {
  await stack?.stop();
  await auth?.stop();
});

test('every route but the open ones asks for an access token', async () => {
  for (const { method, path: at } of (await contract(stack)).filter(
    (r) => !r.open,
  )) {
    const answer = await call(
      stack,
      method,
      at.replace(/\{\w+\}/g, crypto.randomUUID()),
    );
    problem(answer, 401, 'unauthenticated');
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }
});

test('what the project signed for a user is let in: ES256, RS256, and HS256 by its secret', async () => {
  const [ec, rsa] = auth.keys;
  assert.equal((await list(auth.token(ANNA))).status, 200);
  assert.equal(
    (
      await list(
        makeToken({ alg: 'RS256', kid: rsa.kid }, auth.claims(ANNA), rsa),
      )
    ).status,
    200,
  );
  assert.equal(
    (
      await list(
        makeToken(
          { alg: 'ES256', kid: ec.kid },
          auth.claims(ANNA, { aud: ['x', 'authenticated'] }),
          ec,
        ),
      )
    ).status,
    200,
  );
  assert.equal(
    (await list(makeToken({ alg: 'HS256' }, auth.claims(ANNA), SECRET))).status,
    200,
  );
});

test('a user without an account only where SUPABASE_ANONYMOUS says so', async () => {
  const token = auth.token(ANNA, { is_anonymous: true });
  problem(await list(token), 401, 'unauthenticated');
  assert.equal(
    (await list(auth.token(ANNA, { is_anonymous: false }))).status,
    200,
  );
  fs.appendFileSync(stack.conf, 'SUPABASE_ANONYMOUS=on\n');
  await stack.restart('library');
  assert.equal((await list(token)).status, 200);
});

test('nothing else is', async () => {
  const [ec, rsa] = auth.keys;
  const now = Math.floor(Date.now() / 1000);
  const claims = auth.claims(ANNA);
  const other = newKey('ES256', ec.kid); // another project's, under our key's name
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const good = auth.token(ANNA);
  const [head, body, sig] = good.split('.');
  const forged = {
    'another key': makeToken({ alg: 'ES256', kid: ec.kid }, claims, other),
    'another project': makeToken(
      { alg: 'ES256', kid: ec.kid },
      { ...claims, iss: 'https://other.supabase.co/auth/v1' },
      ec,
    ),
    'another project, its own key': makeToken(
      { alg: 'ES256', kid: 'theirs' },
      { ...claims, iss: 'https://other.supabase.co/auth/v1' },
      newKey('ES256', 'theirs'),
    ),
    expired: auth.token(ANNA, { exp: now - 60 }),
    'not good yet': auth.token(ANNA, { nbf: now + 600 }),
    'no end': auth.token(ANNA, { exp: undefined }),
    'wrong audience': auth.token(ANNA, { aud: 'anon' }),
    'no audience': auth.token(ANNA, { aud: undefined }),
    'a service key': makeToken(
      { alg: 'HS256' },
      { iss: 'supabase', ref: 'x', role: 'service_role', exp: now + 3600 },
      SECRET,
    ),
    'service role': auth.token(ANNA, { role: 'service_role' }),
    'no user': auth.token(ANNA, { sub: '' }),
    'alg none': makeToken({ alg: 'none', kid: ec.kid }, claims, null),
    'alg none, signed': makeToken({ alg: 'none', kid: ec.kid }, claims, ec),
    'alg None': makeToken({ alg: 'None' }, claims, null),
    'HS256 by the public key': makeToken(
      { alg: 'HS256', kid: rsa.kid },
      claims,
      pem,
    ),
    'HS256 by the public key, without kid': makeToken(
      { alg: 'HS256' },
      claims,
      pem,
    ),
    'HS256 by the JWK': makeToken(
      { alg: 'HS256', kid: ec.kid },
      claims,
      JSON.stringify(ec.jwk),
    ),
    'HS256 by no secret': makeToken({ alg: 'HS256' }, claims, ''),
    'HS256 under a public key’s name': makeToken(
      { alg: 'HS256', kid: ec.kid },
      claims,
      SECRET,
    ),
    'ES256 under the RSA key’s name': makeToken(
      { alg: 'ES256', kid: rsa.kid },
      claims,
      ec,
    ),
    'RS256 under the EC key’s name': makeToken(
      { alg: 'RS256', kid: ec.kid },
      claims,
      rsa,
    ),
    'RS256 said of ES256': makeToken({ alg: 'RS256', kid: ec.kid }, claims, ec),
    'no kid': makeToken({ alg: 'ES256' }, claims, ec),
    'unknown kid': makeToken({ alg: 'ES256', kid: 'nobody' }, claims, ec),
    crit: makeToken({ alg: 'ES256', kid: ec.kid, crit: ['b64'] }, claims, ec),
    'its own key': makeToken(
      { alg: 'ES256', kid: ec.kid, jwk: other.jwk },
      claims,
      other,
    ),
    'other claims': `${head}.${Buffer.from(JSON.stringify(auth.claims(BERT))).toString('base64url')}.${sig}`,
    'no signature': `${head}.${body}.`,
    'two parts': `${head}.${body}`,
    padded: `${good}=`,
    'an API token': 'tm_'.padEnd(46, 'A'),
    'the publishable key': auth.apikey,
    'JSON null': 'bnVsbA.bnVsbA.AA',
  };
  for (const [name, token] of Object.entries(forged)) {
    const answer = await list(token);
    assert.equal(answer.status, 401, `${name}: ${JSON.stringify(answer.body)}`);
    problem(answer, 401, 'unauthenticated');
  }
  assert.equal((await list(good)).status, 200);
});

test('two users: each other’s ids, on every route, nothing seen, nothing changed', async () => {
  const anna = await estate(stack, bearer(auth.token(ANNA)));
  const bert = await estate(stack, bearer(auth.token(BERT)));
  assert.equal(
    stack.psql(`SELECT user_id FROM artists WHERE id = '${anna.artistId}'`),
    auth.users[ANNA].id,
  );
  await nothingSeenNothingChanged(stack, anna, bearer(auth.token(BERT)));
  await nothingSeenNothingChanged(stack, bert, bearer(auth.token(ANNA)));
  // Nor what belongs to nobody.
  const id = stack.psql(
    "INSERT INTO artists (name, slug) VALUES ('Old', 'old') RETURNING id",
  );
  problem(
    await call(stack, 'GET', `/api/artists/${id}`, {
      headers: bearer(auth.token(ANNA)),
    }),
    404,
    'artist_not_found',
  );
});

test('a new key is taken, and one that was taken back is not', async () => {
  const old = auth.keys[0];
  auth.keys.unshift(newKey('ES256'));
  await soon(async () =>
    assert.equal((await list(auth.token(ANNA))).status, 200),
  );
  assert.equal(
    (
      await list(
        makeToken({ alg: 'ES256', kid: old.kid }, auth.claims(ANNA), old),
      )
    ).status,
    200,
  );
  auth.keys = auth.keys.filter((k) => k !== old);
  // Anything unknown has the keys fetched again.
  await soon(async () => {
    await list(
      makeToken(
        { alg: 'ES256', kid: 'nobody' },
        auth.claims(ANNA),
        auth.keys[0],
      ),
    );
    assert.equal(
      (
        await list(
          makeToken({ alg: 'ES256', kid: old.kid }, auth.claims(ANNA), old),
        )
      ).status,
      401,
    );
  });
});

test('unknown keys do not make us ask again and again', async () => {
  const asked = () =>
    auth.journal.filter((j) => j.path.includes('jwks')).length;
  const before = asked();
  const started = Date.now();
  for (let i = 0; i < 50; i++)
    assert.equal(
      (
        await list(
          makeToken(
            { alg: 'ES256', kid: `n${i}` },
            auth.claims(ANNA),
            auth.keys[0],
          ),
        )
      ).status,
      401,
    );
  assert.ok(
    asked() - before <= 1 + (Date.now() - started) / 5000,
    `${asked() - before} times`,
  );
});

test('while Auth is away known keys stay good; unknown ones are 503, not 401', async () => {
  const known = auth.token(ANNA);
  assert.equal((await list(known)).status, 200);
  const fresh = makeToken(
    { alg: 'ES256', kid: 'fresh' },
    auth.claims(ANNA),
    newKey('ES256', 'fresh'),
  );
  for (const how of ['reset', 500, 429]) {
    auth.fail(how);
    await soon(async () => {
      const answer = await list(fresh);
      problem(answer, 503, 'sign_in_unavailable');
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    });
    assert.equal((await list(known)).status, 200);
  }
  auth.fail(null);
  await soon(async () => problem(await list(fresh), 401, 'unauthenticated'));
  // A program that starts during this does not know any key yet.
  auth.fail(500);
  await stack.restart('library');
  problem(await list(known), 503, 'sign_in_unavailable');
  auth.fail(null);
  await soon(async () => assert.equal((await list(known)).status, 200));
});

test('the page signs in by e-mail and password, is renewed, and signs out', async () => {
  const origin = new URL(stack.url).origin;
  const post = (json, cookie) =>
    call(stack, 'POST', '/api/session', {
      json,
      headers: { origin, ...elsewhere(), ...(cookie && { cookie }) },
    });
  problem(
    await post({ email: ANNA, password: 'wrong' }),
    401,
    'unauthenticated',
  );
  problem(
    await post({ email: 'nobody@example.org', password: 'correct horse' }),
    401,
    'unauthenticated',
  );
  problem(await post({ email: ANNA }), 400, 'invalid_field', 'password');
  problem(await post({}), 401, 'unauthenticated');
  // The id only, and nothing that Auth issued.
  const cookieOf = (answer) => {
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
    const [session, ...more] = answer.headers.getSetCookie();
    assert.deepEqual(more, []);
    assert.match(
      session,
      /^trainmode_session=ts_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
    return session.split(';')[0];
  };
  const opens = async (cookie) =>
    (await call(stack, 'GET', '/api/artists', { headers: { cookie } })).status;
  const first = cookieOf(
    await post({ email: ANNA, password: 'correct horse' }),
  );
  const asked = auth.journal.at(-1);
  assert.deepEqual(
    [asked.path, asked.body, asked.headers.apikey, asked.headers.authorization],
    [
      '/auth/v1/token?grant_type=password',
      { email: ANNA, password: 'correct horse' },
      auth.apikey,
      undefined,
    ],
  );
  const session = (
    await call(stack, 'GET', '/api/session', { headers: { cookie: first } })
  ).body;
  assert.ok(
    session.signedIn &&
      session.auth === 'supabase' &&
      Date.parse(session.expiresAt) > Date.now(),
  );
  assert.ok(
    (await call(stack, 'GET', '/api/artists', { headers: { cookie: first } }))
      .body.artists.length > 0,
  );
  // Neither the id nor a token is in the database for anybody to read.
  const kept = stack.psql(
    'SELECT encode(hash, $$hex$$), sealed FROM user_sessions',
  );
  assert.doesNotMatch(kept, /eyJ|ts_/);

  // Renewed: the same session, of new tokens; a used refresh token is refused.
  const second = cookieOf(await post({}, first));
  assert.equal(second, first);
  const spent = () =>
    auth.journal.filter((j) => j.path.includes('refresh_token'));
  assert.equal(spent().length, 1);
  assert.equal(cookieOf(await post({}, first)), first);
  assert.notEqual(spent()[1].body.refresh_token, spent()[0].body.refresh_token);
  assert.equal(await opens(second), 200);
  // Two tabs at once: whichever is later waits until it is done.
  auth.slow = 500;
  const both = await Promise.all([post({}, first), post({}, first)]);
  auth.slow = 0;
  assert.deepEqual(
    both.map((a) => a.status),
    [204, 204],
  );
  assert.equal(await opens(first), 200);

  // Another browser's goes on; a copy of this one opens nothing any more.
  const other = cookieOf(
    await post({ email: ANNA, password: 'correct horse' }),
  );
  const out = await call(stack, 'DELETE', '/api/session', {
    headers: { cookie: second, origin },
  });
  assert.equal(out.status, 204);
  assert.equal(auth.journal.at(-1).path, '/auth/v1/logout?scope=local');
  assert.match(auth.journal.at(-1).headers.authorization, /^Bearer eyJ/);
  assert.equal(await opens(second), 401);
  problem(await post({}, second), 401, 'unauthenticated');
  assert.equal(await opens(other), 200);
});

test('no access token is a cookie, and a planted session is none', async () => {
  const opens = (cookie) =>
    call(stack, 'GET', '/api/artists', { headers: { cookie, ...elsewhere() } });
  problem(
    await opens(`trainmode_session=${auth.token(ANNA)}`),
    401,
    'unauthenticated',
  );
  const mine = (
    await call(stack, 'POST', '/api/session', {
      json: { token: auth.token(ANNA) },
      headers: elsewhere(),
    })
  ).headers.getSetCookie()[0];
  assert.match(
    mine,
    /^trainmode_session=ts_[\w-]{43}; Path=\/; Max-Age=3[56]\d\d;/,
  );
  assert.equal((await opens(mine.split(';')[0])).status, 200);
  problem(
    await opens(`trainmode_session=ts_${'A'.repeat(43)}`),
    401,
    'unauthenticated',
  );
  problem(
    await opens(
      `trainmode_session=ts_${'A'.repeat(43)}; ${mine.split(';')[0]}`,
    ),
    401,
    'unauthenticated',
  );
  // It is of a token that nobody can renew.
  problem(
    await call(stack, 'POST', '/api/session', {
      json: {},
      headers: { cookie: mine.split(';')[0], ...elsewhere() },
    }),
    401,
    'unauthenticated',
  );
});

test('when Auth refuses, has too many, or is away, the page hears which', async () => {
  const json = { email: ANNA, password: 'correct horse' };
  const post = () =>
    call(stack, 'POST', '/api/session', { json, headers: elsewhere() });
  for (const [how, status, code] of [
    ['reset', 503, 'sign_in_unavailable'],
    [500, 503, 'sign_in_unavailable'],
    [401, 503, 'sign_in_unavailable'],
    [429, 429, 'rate_limited'],
    [422, 401, 'unauthenticated'],
  ]) {
    auth.fail(how);
    const answer = await post();
    problem(answer, status, code);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    if (status === 429) assert.equal(answer.headers.get('retry-after'), '30');
  }
  auth.fail(null);
  const [set] = (await post()).headers.getSetCookie();
  const cookie = set.split(';')[0];
  auth.fail('reset'); // signed out here anyway
  assert.equal(
    (await call(stack, 'DELETE', '/api/session', { headers: { cookie } }))
      .status,
    204,
  );
  assert.equal(
    (
      await call(stack, 'GET', '/api/artists', {
        headers: { cookie, ...elsewhere() },
      })
    ).status,
    401,
  );
  auth.fail(null);
});

test('guessing a password is stopped before Auth hears of it, and nobody else waits', async () => {
  const from = elsewhere();
  const post = (email, password, headers = from) =>
    call(stack, 'POST', '/api/session', { json: { email, password }, headers });
  let stopped;
  for (let i = 0; i < 40 && !stopped; i++) {
    const answer = await post(BERT, `guess ${i}`);
    if (answer.status === 429) stopped = answer;
    else problem(answer, 401, 'unauthenticated');
  }
  problem(stopped, 429, 'rate_limited');
  assert.ok(Number(stopped.headers.get('retry-after')) > 0);
  const asked = auth.journal.length;
  problem(await post(BERT, 'correct horse'), 429, 'rate_limited');
  assert.equal(auth.journal.length, asked);
  assert.equal((await post(ANNA, 'correct horse')).status, 204);
  assert.equal((await post(BERT, 'correct horse', elsewhere())).status, 204);
});

test('Auth does not hear of sessions that are made up, and who makes them up waits', async () => {
  const headers = {
    ...elsewhere(),
    cookie: `trainmode_session=ts_${'B'.repeat(42)}A`,
  };
  const asked = auth.journal.length;
  for (let i = 0; i < 80; i++)
    await call(stack, 'POST', '/api/session', { json: {}, headers });
  problem(
    await call(stack, 'POST', '/api/session', { json: {}, headers }),
    429,
    'rate_limited',
  );
  assert.equal(auth.journal.length, asked);
});

test('nothing of a token or a key is in any log', () => {
  const token = auth.token(ANNA);
  for (const name of fs.readdirSync(path.join(stack.state, 'log'))) {
    const text = fs.readFileSync(path.join(stack.state, 'log', name), 'utf8');
    for (const secret of [
      SECRET,
      auth.apikey,
      token.split('.')[0],
      'correct horse',
    ])
      assert.ok(!text.includes(secret), name);
  }
});
