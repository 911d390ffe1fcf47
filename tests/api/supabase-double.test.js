// Goal: the double of Supabase Storage answers as the real server was observed
// to (release v1.70.6): every error with its HTTP status, its body's status,
// its code and its words; otherwise tests with the double are worth nothing.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { createHash } from 'node:crypto';
import { jwt, startSupabase } from '../lib/supabase-double.js';

let gate; // as a project is reached
let bare; // the server alone: no gateway, no prefix
before(async () => {
  gate = await startSupabase();
  bare = await startSupabase({ gateway: false });
  for (const [d, base] of [
    [gate, '/storage/v1'],
    [bare, ''],
  ]) {
    d.call = (method, path, { headers = {}, ...init } = {}) => {
      const all = Object.entries({
        authorization: `Bearer ${d.jwt}`,
        ...headers,
      }).filter(([, value]) => value !== undefined);
      return fetch(d.url + base + path, {
        method,
        headers: Object.fromEntries(all),
        ...init,
      });
    };
    d.json = async (method, path, body, init = {}) => {
      const res = await d.call(method, path, {
        ...init,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: {
          'content-type': body === undefined ? undefined : 'application/json',
          ...init.headers,
        },
      });
      return { http: res.status, body: await res.json() };
    };
  }
  for (const d of [gate, bare]) {
    await d.json('POST', '/bucket', {
      id: 'songs',
      name: 'songs',
      public: false,
    });
    await d.json('POST', '/bucket', {
      id: 'small',
      name: 'small',
      public: false,
      file_size_limit: 1024,
      allowed_mime_types: ['audio/*'],
    });
    await d.call('POST', '/object/songs/a/one.txt', {
      body: 'first one',
      headers: { 'content-type': 'text/plain' },
    });
  }
});
after(async () => {
  await gate?.stop();
  await bare?.stop();
});

async function refused(answer, httpStatus, statusCode, error, code, message) {
  const body = answer.http ? answer.body : await answer.json();
  assert.equal(answer.http ?? answer.status, httpStatus, JSON.stringify(body));
  assert.deepEqual(
    [body.statusCode, body.error, body.code],
    [statusCode, error, code],
  );
  if (message instanceof RegExp) assert.match(body.message, message);
  else if (message) assert.equal(body.message, message);
}
const put = (path, body, headers = {}) =>
  bare.call('POST', `/object/${path}`, { body, headers });

test('buckets', async () => {
  assert.deepEqual(await bare.json('POST', '/bucket', { name: 'more' }), {
    http: 200,
    body: { name: 'more' },
  });
  await refused(
    await bare.json('POST', '/bucket', { name: 'more' }),
    400,
    '409',
    'Duplicate',
    'BucketAlreadyExists',
    'The resource already exists',
  );
  await refused(
    await bare.json('POST', '/bucket', { name: 'a/b' }),
    400,
    '400',
    'Invalid Input',
    'InvalidBucketName',
    'Bucket name invalid',
  );
  assert.equal(
    (await bare.json('GET', '/bucket/more')).body.file_size_limit,
    null,
  );
  assert.ok(Array.isArray((await bare.json('GET', '/bucket')).body));
  await refused(
    await bare.json('GET', '/bucket/none'),
    400,
    '404',
    'Bucket not found',
    'NoSuchBucket',
    'Bucket not found',
  );
  await put('more/x', 'x');
  assert.equal(
    (await bare.json('DELETE', '/bucket/more')).body.code,
    'ResourceNotEmpty',
  );
  assert.equal((await bare.json('POST', '/bucket/more/empty')).http, 200);
  assert.equal((await bare.json('DELETE', '/bucket/more')).http, 200);
});

test('uploads', async () => {
  const made = await (await put('songs/up/one', 'abc')).json();
  assert.equal(made.Key, 'songs/up/one');
  await refused(
    await put('songs/up/one', 'abc'),
    400,
    '409',
    'Duplicate',
    'KeyAlreadyExists',
    'The resource already exists',
  );
  const again = await (
    await put('songs/up/one', 'abcd', { 'x-upsert': 'true' })
  ).json();
  assert.equal(again.Id, made.Id);
  assert.equal(
    (await bare.call('PUT', '/object/songs/up/new', { body: 'x' })).status,
    200,
  );
  await refused(
    await put('none/x', 'x'),
    400,
    '404',
    'Bucket not found',
    'NoSuchBucket',
    'Bucket not found',
  );
  await refused(
    await put('songs/%C3%BC', 'x'),
    400,
    '400',
    'InvalidKey',
    'InvalidKey',
    /^Invalid key: /,
  );
  await refused(
    await put('small/x.txt', 'x', { 'content-type': 'text/plain' }),
    400,
    '415',
    'invalid_mime_type',
    'InvalidMimeType',
    'mime type text/plain is not supported',
  );
  await refused(
    await put('small/x.mp3', Buffer.alloc(2000), {
      'content-type': 'audio/mpeg',
    }),
    400,
    '413',
    'Payload too large',
    'EntityTooLarge',
    'The object exceeded the maximum allowed size',
  );
  // Without a length nobody looks at the limit.
  const chunked = await bare.call('POST', '/object/small/chunked.mp3', {
    headers: { 'content-type': 'audio/mpeg' },
    duplex: 'half',
    body: new ReadableStream({
      start(c) {
        c.enqueue(Buffer.alloc(2000));
        c.close();
      },
    }),
  });
  assert.equal(chunked.status, 200);
  assert.equal((await put('songs/up/empty', '')).status, 200);
});

test('an upload that is broken off leaves nothing, and what was there stays', async () => {
  const broken = (key, headers) =>
    new Promise((resolve) => {
      const req = http.request(`${bare.url}/object/songs/${key}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bare.jwt}`,
          'content-length': 1e6,
          ...headers,
        },
      });
      req.on('error', resolve);
      req.write(Buffer.alloc(300000));
      setTimeout(() => req.destroy(new Error('gone')), 100);
    });
  await broken('cut/new', {});
  await refused(
    await bare.call('GET', '/object/authenticated/songs/cut/new'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
  );
  await put('songs/cut/old', 'old');
  await broken('cut/old', { 'x-upsert': 'true' });
  assert.equal(
    await (
      await bare.call('GET', '/object/authenticated/songs/cut/old')
    ).text(),
    'old',
  );
});

test('downloads, ranges and conditions', async () => {
  const get = (headers, path = 'authenticated/songs/a/one.txt') =>
    bare.call('GET', `/object/${path}`, { headers });
  const whole = await get({});
  assert.equal(await whole.text(), 'first one');
  assert.equal(whole.headers.get('accept-ranges'), 'bytes');
  assert.equal(whole.headers.get('content-type'), 'text/plain');
  assert.equal(whole.headers.get('x-robots-tag'), 'none');
  const etag = `"${createHash('md5').update('first one').digest('hex')}"`;
  assert.equal(whole.headers.get('etag'), etag);
  for (const [range, text, said] of [
    ['bytes=0-4', 'first', 'bytes 0-4/9'],
    ['bytes=-3', 'one', 'bytes 6-8/9'],
    ['bytes=6-', 'one', 'bytes 6-8/9'],
    ['bytes=6-99', 'one', 'bytes 6-8/9'],
  ]) {
    const part = await get({ range, 'if-range': '"other"' });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), said);
    assert.equal(await part.text(), text);
  }
  for (const range of ['bytes=9-', 'bytes=0-1,3-4'])
    await refused(
      await get({ range }),
      416,
      '416',
      'invalid_range',
      'InvalidRange',
      'invalid range provided',
    );
  assert.equal((await get({ 'if-none-match': etag })).status, 304);
  assert.equal(
    (
      await get({
        'if-modified-since': new Date(Date.now() + 1000).toUTCString(),
      })
    ).status,
    304,
  );
  assert.match(
    (await get({}, 'authenticated/songs/a/one.txt?download=x.txt')).headers.get(
      'content-disposition',
    ),
    /x\.txt/,
  );
  await refused(
    await get({}, 'authenticated/songs/none'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
    'Object not found',
  );
  await refused(
    await get({}, 'public/songs/a/one.txt'),
    400,
    '404',
    'Bucket not found',
    'NoSuchBucket',
  );
  const head = await bare.call('HEAD', '/object/songs/a/one.txt');
  assert.equal(head.headers.get('content-length'), '9');
  assert.equal((await bare.call('HEAD', '/object/songs/none')).status, 400);
});

test('info and its metadata', async () => {
  const metadata = Buffer.from('{"upload":"7"}').toString('base64');
  await put('songs/info', 'abc', {
    'x-metadata': metadata,
    'cache-control': 'max-age=0',
    'content-type': 'audio/mpeg',
  });
  const { body } = await bare.json('GET', '/object/info/songs/info');
  for (const name of ['id', 'version', 'etag', 'last_modified', 'created_at'])
    assert.ok(body[name], name);
  assert.deepEqual(
    [body.size, body.content_type, body.cache_control, body.metadata],
    [3, 'audio/mpeg', 'max-age=0', { upload: '7' }],
  );
});

test('deletes', async () => {
  await put('songs/gone/1', '1');
  await put('songs/gone/2', '2');
  assert.equal(
    (await bare.json('DELETE', '/object/songs/gone/1')).body.message,
    'Successfully deleted',
  );
  await refused(
    await bare.call('DELETE', '/object/songs/gone/1'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
  );
  await refused(
    await bare.call('DELETE', '/object/songs/gone/2', {
      headers: { 'content-type': 'application/json' },
    }),
    400,
    '400',
    'Error',
    'InvalidRequest',
    "Body cannot be empty when content-type is set to 'application/json'",
  );
  const many = await bare.json('DELETE', '/object/songs', {
    prefixes: ['gone/2', 'gone/never'],
  });
  assert.deepEqual(
    many.body.map((o) => o.name),
    ['gone/2'],
  );
  assert.equal(
    (await bare.json('DELETE', '/object/songs', { prefixes: [] })).http,
    400,
  );
});

test('lists: a level with folders, and a flat one by cursor', async () => {
  for (const key of ['l/x/1', 'l/x/2', 'l/y/3', 'l/4'])
    await put(`songs/${key}`, key);
  const level = (
    await bare.json('POST', '/object/list/songs', {
      prefix: 'l',
      limit: 10,
      offset: 0,
      sortBy: { column: 'name', order: 'asc' },
    })
  ).body;
  assert.deepEqual(
    level.map((o) => [o.name, o.id === null]),
    [
      ['4', false],
      ['x', true],
      ['y', true],
    ],
  );
  assert.equal((await bare.json('POST', '/object/list/songs', {})).http, 400);
  assert.deepEqual(
    (await bare.json('POST', '/object/list/none', { prefix: '' })).body,
    [],
  );
  const names = [];
  let cursor;
  for (let more = true; more;) {
    const page = (
      await bare.json('POST', '/object/list-v2/songs', {
        prefix: 'l/',
        limit: 3,
        with_delimiter: false,
        cursor,
      })
    ).body;
    names.push(...page.objects.map((o) => o.name));
    more = page.hasNext;
    cursor = page.nextCursor;
  }
  assert.deepEqual(names, ['l/4', 'l/x/1', 'l/x/2', 'l/y/3']);
});

test('signed URLs: relative, raw, and refused word by word', async () => {
  await put('songs/two%20words.txt', 'spaced');
  const sign = async (key, expiresIn) =>
    bare.json('POST', `/object/sign/songs/${key}`, { expiresIn });
  const { body } = await sign('two%20words.txt', 60);
  assert.ok(
    body.signedURL.startsWith('/object/sign/songs/two words.txt?token=ey'),
  );
  const get = (url) => fetch(bare.url + url.replaceAll(' ', '%20'));
  const answer = await get(body.signedURL);
  assert.equal(await answer.text(), 'spaced');
  assert.ok(
    Math.abs(Date.parse(answer.headers.get('expires')) - Date.now() - 60000) <
      10000,
  );
  await refused(await sign('never', 60), 400, '404', 'not_found', 'NoSuchKey');
  for (const n of [0, -1]) assert.equal((await sign('a/one.txt', n)).http, 400);
  assert.equal((await sign('a/one.txt', '60')).http, 200);
  const token = body.signedURL.split('token=')[1];
  await refused(
    await get('/object/sign/songs/a/one.txt'),
    400,
    '400',
    'Error',
    'InvalidRequest',
    "querystring must have required property 'token'",
  );
  await refused(
    await get(`/object/sign/songs/a/one.txt?token=${token}`),
    400,
    '400',
    'InvalidSignature',
    'InvalidSignature',
    'Invalid signature',
  );
  await refused(
    await get(`/object/sign/songs/a/one.txt?token=${token.slice(0, -4)}AAAA`),
    400,
    '400',
    'InvalidJWT',
    'InvalidJWT',
    'signature verification failed',
  );
  const short = (await sign('a/one.txt', 1)).body.signedURL;
  await new Promise((resolve) => {
    setTimeout(resolve, 2100);
  });
  await refused(
    await get(short),
    400,
    '400',
    'InvalidJWT',
    'InvalidJWT',
    '"exp" claim timestamp check failed',
  );
  const many = (
    await bare.json('POST', '/object/sign/songs', {
      expiresIn: 60,
      paths: ['a/one.txt', 'never'],
    })
  ).body;
  assert.deepEqual(
    many.map((o) => [o.error === null, o.signedURL === null]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('keys of a bare server', async () => {
  const as = (headers, method = 'POST', path = '/object/songs/who') =>
    bare.call(method, path, {
      body: method === 'POST' ? 'x' : undefined,
      headers: { authorization: undefined, 'x-upsert': 'true', ...headers },
    });
  const auth = (token) => ({ authorization: `Bearer ${token}` });
  assert.equal((await as({ authorization: `bearer ${bare.jwt}` })).status, 200);
  assert.equal((await as({ authorization: bare.jwt })).status, 200);
  const req = (headers, path = '/object/songs/who', method = 'POST') =>
    new Promise((resolve, reject) => {
      http
        .request(bare.url + path, { method, headers }, async (res) => {
          let text = '';
          for await (const d of res) text += d;
          resolve({ http: res.statusCode, body: JSON.parse(text) });
        })
        .on('error', reject)
        .end(method === 'POST' ? 'x' : undefined);
    });
  await refused(
    await req({ apikey: bare.jwt }),
    400,
    '400',
    'Error',
    'InvalidRequest',
    "headers must have required property 'authorization'",
  );
  await refused(
    await req({ apikey: bare.jwt }, '/object/songs/a/one.txt', 'GET'),
    400,
    '404',
    'Bucket not found',
    'NoSuchBucket',
  );
  await refused(
    await as(auth(bare.secret)),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'Invalid Compact JWS',
  );
  await refused(
    await as(auth(jwt({ role: 'service_role' }, 'not the secret'))),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'signature verification failed',
  );
  await refused(
    await as(auth(bare.expired)),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    '"exp" claim timestamp check failed',
  );
  await refused(
    await as(auth(bare.anon)),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'new row violates row-level security policy',
  );
  await refused(
    await as(auth(bare.anon), 'DELETE', '/object/songs/a/one.txt'),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'Access denied',
  );
  await refused(
    await as(auth(bare.anon), 'GET', '/object/authenticated/songs/a/one.txt'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
  );
  await refused(
    await as(auth('x.y.z'), 'GET', '/object/authenticated/songs/a/one.txt'),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'Invalid Compact JWS',
  );
  await refused(
    await as(auth('x.y.z'), 'GET', '/object/songs/a/one.txt'),
    400,
    '404',
    'Bucket not found',
    'NoSuchBucket',
  );
});

test('keys at the gateway', async () => {
  const as = async (headers) =>
    (
      await fetch(`${gate.url}/storage/v1/object/songs/who`, {
        method: 'POST',
        body: 'x',
        headers: { 'x-upsert': 'true', ...headers },
      })
    ).status;
  assert.equal(await as({ apikey: gate.secret }), 200);
  assert.equal(await as({ apikey: gate.jwt }), 200);
  assert.equal(
    await as({ apikey: gate.jwt, authorization: `Bearer ${gate.jwt}` }),
    200,
  );
  assert.equal(
    await as({ apikey: gate.secret, authorization: `Bearer ${gate.secret}` }),
    200,
  );
  assert.equal(await as({ authorization: `Bearer ${gate.secret}` }), 400);
  assert.equal(await as({ apikey: 'sb_secret_of_nobody' }), 400);
});

test('resumable uploads: real statuses and plain text', async () => {
  const b64 = (text) => Buffer.from(text).toString('base64');
  const meta = (bucket, key) =>
    `bucketName ${b64(bucket)},objectName ${b64(key)},contentType ${b64('audio/mpeg')},cacheControl ${b64('60')},metadata ${b64('{"upload":"9"}')}`;
  const create = (bucket, key, length, headers = {}) =>
    bare.call('POST', '/upload/resumable', {
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(length),
        'upload-metadata': meta(bucket, key),
        ...headers,
      },
    });
  const made = await create('songs', 'tus/1', 10);
  assert.equal(made.status, 201);
  const location = new URL(made.headers.get('location'));
  assert.equal(location.protocol, 'https:'); // whatever it was asked by
  const at = `/upload/resumable/${location.pathname.split('/').at(-1)}`;
  const patch = (offset, body, headers = {}) =>
    bare.call('PATCH', at, {
      body,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
        ...headers,
      },
    });
  const first = await patch(0, '0123');
  assert.deepEqual(
    [first.status, first.headers.get('upload-offset')],
    [204, '4'],
  );
  const conflict = await patch(0, '0123');
  assert.deepEqual(
    [conflict.status, (await conflict.text()).trim()],
    [409, 'Upload-Offset conflict'],
  );
  const head = await bare.call('HEAD', at, {
    headers: { 'tus-resumable': '1.0.0' },
  });
  assert.equal(head.headers.get('upload-offset'), '4');
  await refused(
    await bare.call('GET', '/object/authenticated/songs/tus/1'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
  );
  const last = await patch(4, '456789');
  assert.deepEqual(
    [
      last.status,
      last.headers.get('upload-offset'),
      last.headers.get('tus-complete'),
    ],
    [204, '10', '1'],
  );
  assert.equal(
    await (await bare.call('GET', '/object/authenticated/songs/tus/1')).text(),
    '0123456789',
  );
  const { body } = await bare.json('GET', '/object/info/songs/tus/1');
  assert.deepEqual(
    [body.cache_control, body.metadata, body.content_type],
    ['max-age=60', { upload: '9' }, 'audio/mpeg'],
  );

  const said = async (answer) => [answer.status, (await answer.text()).trim()];
  assert.deepEqual(await said(await create('songs', 'tus/1', 10)), [
    409,
    'The resource already exists',
  ]);
  assert.equal(
    (await create('songs', 'tus/1', 10, { 'x-upsert': 'true' })).status,
    201,
  );
  assert.deepEqual(await said(await create('small', 'tus/1', 2000)), [
    413,
    'Maximum size exceeded',
  ]);
  assert.deepEqual(await said(await create('none', 'tus/1', 10)), [
    404,
    'Bucket not found',
  ]);
  assert.deepEqual(
    await said(
      await bare.call('POST', '/upload/resumable', {
        headers: { 'upload-length': '1' },
      }),
    ),
    [412, 'Tus-Resumable Required'],
  );
  await refused(
    await create('songs', 'tus/2', 10, { authorization: 'Bearer x.y.z' }),
    400,
    '403',
    'Unauthorized',
    'AccessDenied',
    'Invalid Compact JWS',
  );
  const other = new URL(
    (await create('songs', 'tus/3', 10)).headers.get('location'),
  ).pathname;
  assert.equal(
    (
      await bare.call('DELETE', other, {
        headers: { 'tus-resumable': '1.0.0' },
      })
    ).status,
    204,
  );
  assert.equal(
    (await bare.call('HEAD', other, { headers: { 'tus-resumable': '1.0.0' } }))
      .status,
    404,
  );
});

// Answers that the double once gave otherwise than the real server does.
test('the eleven answers in which it once was wrong', async () => {
  const b64 = (text) => Buffer.from(text).toString('base64');
  const tus = (method, at, headers = {}, body = undefined) =>
    bare.call(method, `/upload/resumable${at}`, {
      body,
      duplex: 'half',
      headers: { 'tus-resumable': '1.0.0', ...headers },
    });
  const create = (bucket, key, length, type) =>
    tus('POST', '', {
      'upload-length': String(length),
      'upload-metadata': `bucketName ${b64(bucket)},objectName ${b64(key)},contentType ${b64(type)}`,
    });
  const place = (made) =>
    `/${new URL(made.headers.get('location')).pathname.split('/').at(-1)}`;
  const typed = (type) =>
    put('typed/x.txt', 'x', { 'content-type': type, 'x-upsert': 'true' });
  await bare.json('POST', '/bucket', {
    name: 'typed',
    public: false,
    allowed_mime_types: ['audio/*', 'text/plain'],
  });

  assert.equal((await typed('text/plain')).status, 200);
  await refused(
    await typed('text/plain; charset=utf-8'),
    400,
    '415',
    'invalid_mime_type',
    'InvalidMimeType',
  );
  const forbidden = await create('typed', 'a', 3, 'image/png');
  assert.deepEqual(
    [forbidden.status, await forbidden.text()],
    [415, 'mime type image/png is not supported'],
  );

  for (const authorization of [
    undefined,
    `Bearer ${bare.expired}`,
    `Bearer ${jwt({ role: 'service_role' }, 'no')}`,
  ])
    await refused(
      await bare.call('GET', '/object/info/songs/a/one.txt', {
        headers: { authorization },
      }),
      400,
      '404',
      'Bucket not found',
      'NoSuchBucket',
    );
  const flat = (
    await bare.json('POST', '/object/list-v2/songs', {
      prefix: 'a/',
      limit: 1,
      with_delimiter: false,
    })
  ).body.objects[0];
  assert.deepEqual([flat.name, flat.key], ['a/one.txt', undefined]);
  await refused(
    await bare.call('DELETE', '/object/none/x'),
    400,
    '404',
    'not_found',
    'NoSuchKey',
  );
  await refused(
    await bare.call('DELETE', '/bucket/typed'),
    400,
    '409',
    'InvalidRequest',
    'ResourceNotEmpty',
  );
  const link = (
    await bare.json('POST', '/object/sign/songs/a/one.txt', { expiresIn: 60 })
  ).body.signedURL;
  assert.equal((await fetch(bare.url + link, { method: 'HEAD' })).status, 200);

  const at = place(await create('songs', 'eleven', 8, 'text/plain'));
  assert.equal(
    (await tus('HEAD', at, { authorization: undefined })).status,
    400,
  );
  const slow = tus(
    'PATCH',
    at,
    {
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': '8',
    },
    new ReadableStream({
      async start(c) {
        c.enqueue(Buffer.from('0123'));
        await new Promise((resolve) => {
          setTimeout(resolve, 1200);
        });
        c.enqueue(Buffer.from('4567'));
        c.close();
      },
    }),
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  const began = Date.now();
  const head = await tus('HEAD', at);
  assert.ok(
    Date.now() - began > 700,
    `it answers after ${Date.now() - began} ms`,
  );
  assert.equal(head.headers.get('upload-offset'), '8');
  assert.equal((await slow).status, 204);
  assert.equal((await tus('DELETE', at)).status, 400);

  assert.equal((await create('songs', 'nothing', 0, 'text/plain')).status, 201);
  assert.equal(
    await (
      await bare.call('GET', '/object/authenticated/songs/nothing')
    ).text(),
    '',
  );
});

test('an unknown route, and a body that is not JSON', async () => {
  const none = await bare.json('GET', '/x');
  assert.deepEqual(none, {
    http: 404,
    body: {
      statusCode: 404,
      error: 'Not Found',
      message: 'Route GET:/x not found',
    },
  });
  await refused(
    await bare.call('POST', '/object/list/songs', {
      body: '{',
      headers: { 'content-type': 'application/json' },
    }),
    400,
    '400',
    'FastifyError',
    'InvalidRequest',
    "Body is not valid JSON but content-type is set to 'application/json'",
  );
  assert.equal(await (await bare.call('GET', '/status')).text(), '');
  assert.deepEqual((await bare.json('GET', '/health')).body, { healthy: true });
});

test('what can be broken breaks', async () => {
  const get = () => bare.call('GET', '/object/authenticated/songs/a/one.txt');
  await bare.break({ on: 'GET /object/', status: 429, retryAfter: 3 });
  const slow = await get();
  assert.equal(slow.headers.get('retry-after'), '3');
  await refused(slow, 429, '429', 'SlowDown', 'SlowDown');
  await bare.break({ on: 'GET /object/', status: 544 });
  await refused(await get(), 544, '544', 'DatabaseTimeout', 'DatabaseTimeout');
  await bare.break({ on: 'GET /object/', status: 500 });
  assert.equal((await get()).status, 500);
  await bare.break({ on: 'GET /object/', cut: 4 });
  await assert.rejects(async () => (await get()).text());
  await bare.break({ on: 'POST /object/', lose: true });
  await assert.rejects(() => put('songs/lost', 'kept'));
  assert.equal(
    await (await bare.call('GET', '/object/authenticated/songs/lost')).text(),
    'kept',
  );
  await bare.break({ on: 'POST /object/', cutBody: 5 });
  await assert.rejects(() => put('songs/half', Buffer.alloc(1000)));
  assert.equal(
    (await bare.call('GET', '/object/authenticated/songs/half')).status,
    400,
  );
  assert.equal(await (await get()).text(), 'first one');
  await bare.pause();
  await assert.rejects(get);
  await bare.resume();
  assert.equal((await get()).status, 200);
});
