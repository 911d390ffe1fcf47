// A double of Supabase Storage, as it was observed to answer (release v1.70,
// behind a gateway that takes /storage/v1 away and swaps keys): errors as HTTP
// 400 with the status inside, sizes checked from Content-Length alone,
// relative signed URLs, resumable uploads with plain text errors.
// supabase-double.test.js holds it against those facts.
//
// It is a process of its own, since tests block theirs, and keeps an object as
// the file {dir}/{bucket}/{key}, so that a test can look at it, take it away
// or make it old as it does with the local store's. What a file cannot hold
// lies in {dir}/.meta, what is on its way in {dir}/.tus and {dir}/.tmp.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { fileURLToPath } from 'node:url';

const SELF = fileURLToPath(import.meta.url);
const JWT_SECRET = 'the-secret-of-a-test-project-0123456789';
const SIGN_SECRET = 'another-secret-that-signs-urls-0123456789';
const GLOBAL_LIMIT = 5 * 2 ** 30;
const PREFIX = '/storage/v1';

// ---- tokens ----

const b64 = (o) =>
  Buffer.from(typeof o === 'string' ? o : JSON.stringify(o)).toString(
    'base64url',
  );
const hmac = (text, secret) =>
  crypto.createHmac('sha256', secret).update(text).digest('base64url');

export function jwt(claims, secret = JWT_SECRET) {
  const text = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64(claims)}`;
  return `${text}.${hmac(text, secret)}`;
}

// The claims, or the words of the library that the server uses.
function readJwt(token, secret) {
  const [head, claims, signature, more] = token.split('.');
  let parsed;
  try {
    if (!signature || more !== undefined) throw new Error();
    JSON.parse(Buffer.from(head, 'base64url'));
    parsed = JSON.parse(Buffer.from(claims, 'base64url'));
  } catch {
    return 'Invalid Compact JWS';
  }
  if (hmac(`${head}.${claims}`, secret) !== signature)
    return 'signature verification failed';
  if (parsed.exp !== undefined && parsed.exp <= Date.now() / 1000)
    return '"exp" claim timestamp check failed';
  return parsed;
}

// ---- the start of one, from a test ----

//   url                what SUPABASE_URL is
//   dir, bucketDir()   where objects lie as files
//   secret, jwt, anon, expired   keys
//   break(rule)        what goes wrong next: {on: 'POST /object/' (a regular
//                      expression of method and path), times: 1, skip: 0 (that
//                      many before the first), and one of
//                      status (with retryAfter), cut (answer ends after so
//                      many bytes), cutBody (request, likewise), lose (done, but
//                      never answered), hold (until mend()), page (a
//                      gateway's own)}
//   mend()             no more of that; what was held goes on
//   journal()          [{method, path, headers, status}] since the last time
//   pause(), resume()  nobody listens meanwhile
//   env                the settings of a stack
export async function startSupabase(options = {}) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'supabase-double-'));
  const child = spawn(
    process.execPath,
    [SELF, JSON.stringify({ ...options, dir })],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error('the double did not start');
    }),
  ]);
  const port = Number(String(line));
  const double = {
    dir,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    bucket: options.bucket ?? 'dawa-exports',
  };
  const claims = { iss: 'supabase', exp: 4102444800 };
  double.secret = 'sb_secret_double0000000000000000_test';
  double.jwt = jwt({ ...claims, role: 'service_role' });
  double.anon = jwt({ ...claims, role: 'anon' });
  double.expired = jwt({ ...claims, role: 'service_role', exp: 1600000000 });
  double.bucketDir = path.join(dir, double.bucket);
  const control = async (what, body) =>
    (
      await fetch(`${double.url}/_double/${what}`, {
        method: 'POST',
        body: JSON.stringify(body ?? {}),
      })
    ).json();
  double.break = (rule) => control('break', rule);
  double.mend = () => control('mend');
  double.journal = () => control('journal');
  double.pause = () => control('pause');
  double.resume = async () => {
    child.kill('SIGUSR2');
    for (let i = 0; i < 200; i++) {
      try {
        return await control('alive');
      } catch {
        await new Promise((resolve) => {
          setTimeout(resolve, 25);
        });
      }
    }
    throw new Error('the double does not listen again');
  };
  double.env = {
    STORAGE: 'supabase',
    SUPABASE_URL: double.url,
    SUPABASE_SERVICE_ROLE_KEY: double.secret,
    SUPABASE_BUCKET: double.bucket,
  };
  const end = () => fs.rmSync(dir, { recursive: true, force: true });
  process.on('exit', end);
  child.unref();
  child.stdin.unref();
  child.stdout.unref();
  double.stop = async () => {
    child.ref();
    child.stdin.end();
    await ended;
    end();
    process.off('exit', end);
  };
  return double;
}

// ---- the server itself ----

function serve({ dir, gateway = true, production = true }) {
  const buckets = new Map();
  const rules = [];
  const held = [];
  let journal = [];
  const keys = {
    sb_secret_double0000000000000000_test: 'service_role',
    sb_publishable_double: 'anon',
  };
  for (const name of ['.meta', '.tus', '.tmp'])
    fs.mkdirSync(path.join(dir, name), { recursive: true });

  class Refusal extends Error {
    constructor(status, error, code, message, http = 400) {
      super(message);
      Object.assign(this, { status, error, code, http });
    }
  }
  const noKey = () =>
    new Refusal(404, 'not_found', 'NoSuchKey', 'Object not found');
  const noBucket = () =>
    new Refusal(404, 'Bucket not found', 'NoSuchBucket', 'Bucket not found');
  const denied = (message) =>
    new Refusal(403, 'Unauthorized', 'AccessDenied', message);
  const invalid = (message) =>
    new Refusal(400, 'Error', 'InvalidRequest', message);
  const duplicate = (code) =>
    new Refusal(409, 'Duplicate', code, 'The resource already exists');
  const tooLarge = () =>
    new Refusal(
      413,
      'Payload too large',
      'EntityTooLarge',
      'The object exceeded the maximum allowed size',
    );
  const broken = {
    429: ['SlowDown', 'Too many connections issued to the database'],
    500: ['InternalError', 'Internal Server Error'],
    544: ['DatabaseTimeout', 'The connection to the database timed out'],
    503: ['SlowDown', 'Please reduce your request rate'],
  };

  function send(res, status, body, headers = {}) {
    const text =
      body === undefined
        ? ''
        : typeof body === 'string'
          ? body
          : JSON.stringify(body);
    res.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      ...headers,
      'content-length': Buffer.byteLength(text),
    });
    res.end(text);
  }
  function refuse(res, e, headers) {
    send(
      res,
      e.http,
      {
        statusCode: String(e.status),
        error: e.error,
        message: e.message,
        code: e.code,
      },
      headers,
    );
  }

  // ---- who asks ----

  function authorization(req) {
    const said = req.headers.authorization;
    if (!gateway || (said && !said.startsWith('Bearer sb_'))) return said;
    const key = req.headers.apikey;
    if (keys[key])
      return `Bearer ${jwt({ role: keys[key], exp: Math.ceil(Date.now() / 1000) + 60 })}`;
    return key;
  }
  // The role; throws as the routes that must have one do.
  function role(req) {
    const said = authorization(req);
    if (!said)
      throw invalid("headers must have required property 'authorization'");
    const claims = readJwt(said.replace(/^bearer /i, ''), JWT_SECRET);
    if (typeof claims === 'string') throw denied(claims);
    return claims.role;
  }

  // The role, or null if the key is invalid.
  function whoAsks(req) {
    try {
      return role(req);
    } catch {
      return null;
    }
  }

  // ---- objects ----

  const file = (bucket, key) => path.join(dir, bucket, key);
  const metaFile = (bucket, key) =>
    `${path.join(dir, '.meta', bucket, key)}.json`;
  function checkKey(key) {
    if (
      !/^[\w/!\-.*'() &$@=;:+,?]+$/.test(key) ||
      key.split('/').some((s) => s === '.' || s === '..')
    )
      throw new Refusal(400, 'InvalidKey', 'InvalidKey', `Invalid key: ${key}`);
    return key;
  }
  function bucketOf(name) {
    const bucket = buckets.get(name);
    if (!bucket) throw noBucket();
    return bucket;
  }
  function find(bucket, key) {
    let st;
    try {
      st = fs.statSync(file(bucket, key));
    } catch {
      return null;
    }
    if (!st.isFile()) return null;
    let meta = {};
    try {
      meta = JSON.parse(fs.readFileSync(metaFile(bucket, key)));
    } catch {
      /* a test put the file there */
    }
    if (meta.size !== st.size || !meta.etag) {
      const md5 = crypto
        .createHash('md5')
        .update(fs.readFileSync(file(bucket, key)))
        .digest('hex');
      meta = {
        id: crypto.randomUUID(),
        version: crypto.randomUUID(),
        contentType: 'application/octet-stream',
        ...meta,
        etag: `"${md5}"`,
      };
    }
    return {
      ...meta,
      key,
      size: st.size,
      updated: st.mtime.toISOString(),
      created: meta.created ?? st.mtime.toISOString(),
    };
  }
  function need(bucket, key) {
    bucketOf(bucket);
    const o = find(bucket, key);
    if (!o) throw noKey();
    return o;
  }
  function keep(bucket, key, temp, meta) {
    const old = find(bucket, key);
    const now = new Date().toISOString();
    const o = {
      id: old?.id ?? crypto.randomUUID(),
      created: old?.created ?? now,
      version: crypto.randomUUID(),
      ...meta,
    };
    fs.mkdirSync(path.dirname(file(bucket, key)), { recursive: true });
    fs.mkdirSync(path.dirname(metaFile(bucket, key)), { recursive: true });
    fs.writeFileSync(metaFile(bucket, key), JSON.stringify(o));
    fs.renameSync(temp, file(bucket, key));
    return o;
  }
  function drop(bucket, key) {
    fs.rmSync(file(bucket, key));
    fs.rmSync(metaFile(bucket, key), { force: true });
    // No folder without an object: a bucket knows none.
    for (let d = path.dirname(key); d !== '.'; d = path.dirname(d)) {
      try {
        fs.rmdirSync(file(bucket, d));
      } catch {
        return;
      }
    }
  }
  function walk(bucket, at = '') {
    return fs
      .readdirSync(file(bucket, at), { withFileTypes: true })
      .flatMap((e) => {
        const key = at ? `${at}/${e.name}` : e.name;
        return e.isDirectory() ? walk(bucket, key) : [key];
      });
  }

  // Into a new file, hashed as it passes. An abort leaves nothing.
  async function receive(req, to, flags = 'w', cut = Infinity) {
    const md5 = crypto.createHash('md5');
    let size = 0;
    let broken = false;
    const pass = new Transform({
      transform(chunk, _, done) {
        if (size + chunk.length > cut) {
          broken = true;
          this.push(chunk.subarray(0, cut - size));
          done(null);
          req.socket.resetAndDestroy();
          return;
        }
        size += chunk.length;
        md5.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(req, pass, fs.createWriteStream(to, { flags }));
    // Finish what was already here, whatever became of the connection.
    if (broken) throw new Error('the body was cut');
    return { size, etag: `"${md5.digest('hex')}"` };
  }
  async function json(req) {
    let text = '';
    for await (const chunk of req) text += chunk;
    if (text === '' && /json/.test(req.headers['content-type'] ?? ''))
      throw invalid(
        "Body cannot be empty when content-type is set to 'application/json'",
      );
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      throw new Refusal(
        400,
        'FastifyError',
        'InvalidRequest',
        "Body is not valid JSON but content-type is set to 'application/json'",
      );
    }
  }

  // Literally: a charset after the type makes it a different type.
  const takes = (bucket, type) =>
    !bucket.allowed_mime_types ||
    bucket.allowed_mime_types.some(
      (m) =>
        m === type || (m.endsWith('/*') && type.startsWith(m.slice(0, -1))),
    );
  function admit(bucket, size, type) {
    if (size > (bucket.file_size_limit ?? GLOBAL_LIMIT)) throw tooLarge();
    if (!takes(bucket, type))
      throw new Refusal(
        415,
        'invalid_mime_type',
        'InvalidMimeType',
        `mime type ${type} is not supported`,
      );
  }

  async function upload(req, res, bucket, key, { upsert, cut }) {
    if (role(req) !== 'service_role')
      throw denied('new row violates row-level security policy');
    checkKey(key);
    const type = req.headers['content-type'] ?? 'application/octet-stream';
    admit(bucketOf(bucket), Number(req.headers['content-length'] ?? 0), type);
    if (!upsert && find(bucket, key)) throw duplicate('KeyAlreadyExists');
    const temp = path.join(dir, '.tmp', crypto.randomUUID());
    let got;
    try {
      got = await receive(req, temp, 'w', cut);
    } catch (e) {
      fs.rmSync(temp, { force: true });
      throw e;
    }
    if (!upsert && find(bucket, key)) throw duplicate('KeyAlreadyExists');
    const metadata = req.headers['x-metadata']
      ? JSON.parse(Buffer.from(req.headers['x-metadata'], 'base64'))
      : null;
    const o = keep(bucket, key, temp, {
      ...got,
      contentType: type,
      cacheControl: req.headers['cache-control'] ?? 'no-cache',
      metadata,
    });
    send(res, 200, { Key: `${bucket}/${key}`, Id: o.id });
  }

  // "bytes=a-b" for one range; null: everything; throws if it is impossible.
  function rangeOf(header, size) {
    if (!header) return null;
    const m = /^bytes=(\d*)-(\d*)$/.exec(header);
    const bad = () =>
      new Refusal(
        416,
        'invalid_range',
        'InvalidRange',
        'invalid range provided',
        416,
      );
    if (!m || (m[1] === '' && m[2] === '')) throw bad();
    const from = m[1] === '' ? Math.max(0, size - Number(m[2])) : Number(m[1]);
    const to =
      m[1] === '' || m[2] === '' ? size - 1 : Math.min(Number(m[2]), size - 1);
    if (from >= size || from > to) throw bad();
    return [from, to];
  }

  async function download(
    req,
    res,
    bucket,
    key,
    { headers = {}, query, cut } = {},
  ) {
    const o = need(bucket, key);
    const head = {
      etag: o.etag,
      'last-modified': new Date(o.updated).toUTCString(),
      'accept-ranges': 'bytes',
      'cache-control': o.cacheControl ?? 'no-cache',
      'x-robots-tag': 'none',
      ...headers,
    };
    if (query?.has('download'))
      head['content-disposition'] =
        `attachment; filename="${query.get('download') || path.basename(key)}"`;
    const since = Date.parse(req.headers['if-modified-since'] ?? '');
    if (
      req.headers['if-none-match'] === o.etag ||
      since >= Math.floor(Date.parse(o.updated) / 1000) * 1000
    ) {
      res.writeHead(304, head);
      return res.end();
    }
    const range = rangeOf(req.headers.range, o.size);
    const [from, to] = range ?? [0, o.size - 1];
    if (range) head['content-range'] = `bytes ${from}-${to}/${o.size}`;
    res.writeHead(range ? 206 : 200, {
      'content-type': o.contentType,
      'content-length': to - from + 1,
      ...head,
    });
    if (req.method === 'HEAD' || o.size === 0) return res.end();
    res.flushHeaders();
    const end = Math.min(to, from + cut - 1);
    await pipeline(
      fs.createReadStream(file(bucket, key), { start: from, end }),
      res,
      { end: end === to },
    );
    if (end < to) res.socket.resetAndDestroy();
    return undefined;
  }

  const info = (o) => ({
    id: o.id,
    name: o.key,
    version: o.version,
    size: o.size,
    content_type: o.contentType,
    cache_control: o.cacheControl,
    etag: o.etag,
    metadata: o.metadata,
    last_modified: o.updated,
    created_at: o.created,
  });
  const entry = (o, name) => ({
    name,
    id: o.id,
    updated_at: o.updated,
    created_at: o.created,
    last_accessed_at: o.created,
    metadata: {
      size: o.size,
      mimetype: o.contentType,
      eTag: o.etag,
      cacheControl: o.cacheControl,
      lastModified: o.updated,
      contentLength: o.size,
      httpStatusCode: 200,
    },
  });

  function list(bucket, { prefix, limit = 100, offset = 0, sortBy }) {
    if (typeof prefix !== 'string')
      throw invalid("body must have required property 'prefix'");
    if (!buckets.has(bucket)) return [];
    const folder =
      prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    const rows = new Map();
    for (const key of walk(bucket).filter((k) => k.startsWith(folder))) {
      const [name, ...deeper] = key.slice(folder.length).split('/');
      if (deeper.length > 0)
        rows.set(name, {
          name,
          id: null,
          updated_at: null,
          created_at: null,
          last_accessed_at: null,
          metadata: null,
        });
      else rows.set(name, entry(find(bucket, key), name));
    }
    const order = sortBy?.order === 'desc' ? -1 : 1;
    return [...rows.values()]
      .sort((a, b) => order * (a.name < b.name ? -1 : 1))
      .slice(offset, offset + limit);
  }
  function listV2(
    bucket,
    { prefix = '', limit = 1000, cursor, with_delimiter: delimited = false },
  ) {
    if (delimited) throw invalid('the double lists flat only');
    const after =
      cursor === undefined ? '' : Buffer.from(cursor, 'base64').toString();
    const all = buckets.has(bucket)
      ? walk(bucket)
          .filter((k) => k.startsWith(prefix) && k > after)
          .sort((a, b) => (a < b ? -1 : 1))
      : [];
    const page = all.slice(0, limit);
    const hasNext = all.length > page.length;
    return {
      hasNext,
      folders: [],
      objects: page.map((k) => entry(find(bucket, k), k)),
      ...(hasNext && {
        nextCursor: Buffer.from(page.at(-1)).toString('base64'),
      }),
    };
  }

  function sign(bucket, key, expiresIn) {
    const n = Number(expiresIn);
    if (!Number.isInteger(n)) throw invalid('body/expiresIn must be integer');
    if (n < 1) throw invalid('body/expiresIn must be >= 1');
    const now = Math.floor(Date.now() / 1000);
    return `/object/sign/${bucket}/${key}?token=${jwt({ url: `${bucket}/${key}`, scope: 'download', iat: now, exp: now + n }, SIGN_SECRET)}`;
  }
  async function signed(req, res, bucket, key, query, cut) {
    const token = query.get('token');
    if (token === null)
      throw invalid("querystring must have required property 'token'");
    const claims = readJwt(token, SIGN_SECRET);
    if (typeof claims === 'string')
      throw new Refusal(400, 'InvalidJWT', 'InvalidJWT', claims);
    if (claims.url !== `${bucket}/${key}`)
      throw new Refusal(
        400,
        'InvalidSignature',
        'InvalidSignature',
        'Invalid signature',
      );
    await download(req, res, bucket, key, {
      query,
      cut,
      headers: { expires: new Date(claims.exp * 1000).toUTCString() },
    });
  }

  async function bucketRoute(req, res, id, verb) {
    if (role(req) !== 'service_role')
      throw id && req.method === 'GET'
        ? noBucket()
        : denied('new row violates row-level security policy');
    if (!id && req.method === 'GET')
      return send(res, 200, [...buckets.values()]);
    if (!id && req.method === 'POST') {
      const o = await json(req);
      if (typeof o.name !== 'string')
        throw invalid("body must have required property 'name'");
      if (!/^[^/%#]{1,100}$/.test(o.name))
        throw new Refusal(
          400,
          'Invalid Input',
          'InvalidBucketName',
          'Bucket name invalid',
        );
      if (buckets.has(o.name)) throw duplicate('BucketAlreadyExists');
      const now = new Date().toISOString();
      buckets.set(o.name, {
        id: o.name,
        name: o.name,
        public: o.public ?? false,
        file_size_limit: o.file_size_limit ?? null,
        allowed_mime_types: o.allowed_mime_types ?? null,
        owner: '',
        created_at: now,
        updated_at: now,
      });
      fs.mkdirSync(path.join(dir, o.name), { recursive: true });
      return send(res, 200, { name: o.name });
    }
    const bucket = bucketOf(id);
    if (req.method === 'GET') return send(res, 200, bucket);
    if (req.method === 'PUT') {
      Object.assign(bucket, await json(req));
      return send(res, 200, { message: 'Successfully updated' });
    }
    if (verb === 'empty') {
      for (const key of walk(id)) drop(id, key);
      return send(res, 200, { message: 'Successfully emptied' });
    }
    if (walk(id).length > 0)
      throw new Refusal(
        409,
        'InvalidRequest',
        'ResourceNotEmpty',
        'The bucket you tried to delete is not empty',
      );
    buckets.delete(id);
    fs.rmSync(path.join(dir, id), { recursive: true, force: true });
    return send(res, 200, { message: 'Successfully deleted' });
  }

  // ---- resumable uploads ----

  const tus = (res, status, text = '', headers = {}) => {
    res.writeHead(status, {
      'tus-resumable': '1.0.0',
      'content-type': 'text/plain',
      ...headers,
      'content-length': Buffer.byteLength(text),
    });
    res.end(text);
  };
  const tusFile = (id) => path.join(dir, '.tus', id.replaceAll(/[^\w-]/g, ''));

  const busy = new Map(); // uploads that are being appended to

  // All of it is there: now it is an object.
  function finishTus(version) {
    const data = tusFile(version);
    const up = JSON.parse(fs.readFileSync(`${data}.json`));
    const etag = `"${crypto.createHash('md5').update(fs.readFileSync(data)).digest('hex')}"`;
    keep(up.bucketName, up.objectName, data, {
      size: up.length,
      etag,
      contentType: up.contentType,
      cacheControl: up.cacheControl,
      metadata: up.metadata ? JSON.parse(up.metadata) : null,
    });
    fs.writeFileSync(`${data}.json`, JSON.stringify({ ...up, done: true }));
  }

  function tusCreate(req, res) {
    const pairs = Object.fromEntries(
      (req.headers['upload-metadata'] ?? '')
        .split(',')
        .map((p) => p.trim().split(' '))
        .map(([name, value]) => [
          name,
          Buffer.from(value ?? '', 'base64').toString(),
        ]),
    );
    const {
      bucketName,
      objectName,
      contentType = 'application/octet-stream',
      cacheControl,
      metadata,
    } = pairs;
    const length = Number(req.headers['upload-length']);
    if (!bucketName || !objectName)
      return tus(res, 400, 'Metadata header is required');
    const bucket = buckets.get(bucketName);
    if (!bucket) return tus(res, 404, 'Bucket not found');
    checkKey(objectName);
    if (length > (bucket.file_size_limit ?? GLOBAL_LIMIT))
      return tus(res, 413, 'Maximum size exceeded\n');
    if (!takes(bucket, contentType))
      return tus(res, 415, `mime type ${contentType} is not supported`);
    if (req.headers['x-upsert'] !== 'true' && find(bucketName, objectName))
      return tus(res, 409, 'The resource already exists');
    const version = crypto.randomUUID();
    const id = b64(`${bucketName}/${objectName}/${version}`);
    fs.writeFileSync(tusFile(version), '');
    fs.writeFileSync(
      `${tusFile(version)}.json`,
      JSON.stringify({
        bucketName,
        objectName,
        contentType,
        length,
        metadata,
        cacheControl: /^\d+$/.test(cacheControl ?? '')
          ? `max-age=${cacheControl}`
          : 'no-cache',
      }),
    );
    // Of nothing, nothing is awaited: the object is there.
    if (length === 0) finishTus(version);
    // Another host, and no gateway's prefix: as in production.
    const host = production
      ? `https://${req.headers.host}`
      : `http://${req.headers.host}`;
    return tus(res, 201, '', {
      location: `${host}/upload/resumable/${id}`,
      'upload-expires': new Date(Date.now() + 864e5).toUTCString(),
    });
  }

  async function tusRoute(req, res, id, { cut }) {
    if (req.method === 'OPTIONS')
      return tus(res, 204, '', {
        'tus-version': '1.0.0',
        'tus-extension':
          'creation,creation-with-upload,creation-defer-length,termination,expiration',
      });
    if (req.headers['tus-resumable'] === undefined)
      return tus(res, 412, 'Tus-Resumable Required\n');
    if (role(req) !== 'service_role' && req.method !== 'HEAD')
      return tus(res, 403, 'new row violates row-level security policy');
    if (!id) return tusCreate(req, res);
    const version = Buffer.from(id, 'base64url').toString().split('/').at(-1);
    const data = tusFile(version);
    if (!fs.existsSync(`${data}.json`))
      return tus(res, 404, 'The file for this url was not found\n');
    // Readers wait for writers, for as long as the lock may take.
    if (req.method === 'HEAD' && busy.has(version))
      await Promise.race([
        busy.get(version),
        new Promise((resolve) => {
          setTimeout(resolve, 3000);
        }),
      ]);
    const up = JSON.parse(fs.readFileSync(`${data}.json`));
    const offset = up.done ? up.length : fs.statSync(data).size;
    if (req.method === 'HEAD')
      return tus(res, 200, '', {
        'upload-offset': offset,
        'upload-length': up.length,
        'cache-control': 'no-store',
      });
    if (req.method === 'DELETE') {
      if (up.done) return tus(res, 400, 'The upload is finished\n');
      for (const name of [data, `${data}.json`])
        fs.rmSync(name, { force: true });
      return tus(res, 204);
    }
    if (req.headers['content-type'] !== 'application/offset+octet-stream')
      return tus(res, 415, 'Invalid Content-Type\n');
    if (Number(req.headers['upload-offset']) !== offset)
      return tus(res, 409, 'Upload-Offset conflict\n');
    if (offset + Number(req.headers['content-length'] ?? 0) > up.length)
      return tus(res, 413, 'Maximum size exceeded\n');
    let now = 0;
    const writing = receive(req, data, 'a', cut)
      .then(() => {
        now = fs.statSync(data).size;
        if (now === up.length) finishTus(version);
      })
      .finally(() => {
        busy.delete(version);
      });
    busy.set(
      version,
      writing.catch(() => {}),
    );
    try {
      await writing;
    } catch {
      return undefined; // what arrived is kept
    }
    if (now < up.length) return tus(res, 204, '', { 'upload-offset': now });
    return tus(res, 204, '', { 'upload-offset': now, 'tus-complete': '1' });
  }

  // ---- routes ----

  async function objectRoute(req, res, parts, query, how) {
    const [first, bucket, ...rest] = parts;
    const key = rest.join('/');
    if (first === 'public') {
      if (!buckets.get(bucket)?.public) throw noBucket();
      return download(req, res, bucket, key, { query, ...how });
    }
    if (first === 'sign' && (req.method === 'GET' || req.method === 'HEAD'))
      return signed(req, res, bucket, key, query, how.cut);
    if (first === 'sign' && key) {
      if (role(req) !== 'service_role') throw noKey();
      const { expiresIn } = await json(req);
      if (!buckets.has(bucket) || !find(bucket, key)) throw noKey();
      return send(res, 200, { signedURL: sign(bucket, key, expiresIn) });
    }
    if (first === 'sign') {
      role(req);
      const { expiresIn, paths } = await json(req);
      return send(
        res,
        200,
        paths.map((p) =>
          find(bucket, p)
            ? { error: null, path: p, signedURL: sign(bucket, p, expiresIn) }
            : {
                error:
                  'Either the object does not exist or you do not have access to it',
                path: p,
                signedURL: null,
              },
        ),
      );
    }
    if (first === 'list' || first === 'list-v2') {
      if (role(req) !== 'service_role') return send(res, 200, []);
      const ask = await json(req);
      return send(
        res,
        200,
        first === 'list' ? list(bucket, ask) : listV2(bucket, ask),
      );
    }
    if (first === 'info' && whoAsks(req) === null) throw noBucket();
    if (first === 'info' || first === 'authenticated') {
      if (role(req) !== 'service_role') throw noKey();
      if (first === 'info') return send(res, 200, info(need(bucket, key)));
      return download(req, res, bucket, key, { query, ...how });
    }
    return plainRoute(
      req,
      res,
      first,
      [bucket, ...rest].filter((s) => s !== undefined).join('/'),
      query,
      how,
    );
  }

  async function plainRoute(req, res, bucket, key, query, how) {
    if (req.method === 'POST' || req.method === 'PUT')
      return upload(req, res, bucket, key, {
        upsert: req.method === 'PUT' || req.headers['x-upsert'] === 'true',
        ...how,
      });
    if (req.method === 'DELETE') {
      if (role(req) !== 'service_role') throw denied('Access denied');
      const { prefixes } = await json(req);
      if (key !== '' && !buckets.has(bucket)) throw noKey();
      bucketOf(bucket);
      if (key === '') {
        if (!Array.isArray(prefixes) || prefixes.length === 0)
          throw invalid('body/prefixes must NOT have fewer than 1 items');
        const gone = prefixes
          .filter((k) => find(bucket, k))
          .map((k) => [k, find(bucket, k)]);
        for (const [k] of gone) drop(bucket, k);
        return send(
          res,
          200,
          gone.map(([k, o]) => entry(o, k)),
        );
      }
      need(bucket, key);
      drop(bucket, key);
      return send(res, 200, { message: 'Successfully deleted' });
    }
    // A caller that may not see a private bucket is told that there is none.
    const who = whoAsks(req);
    if (req.method === 'HEAD') {
      if (who !== 'service_role' || !buckets.has(bucket) || !find(bucket, key))
        return send(res, 400);
      return download(req, res, bucket, key, how);
    }
    if (who === null) throw noBucket();
    if (who !== 'service_role') throw noKey();
    return download(req, res, bucket, key, { query, ...how });
  }

  async function route(req, res, url, how) {
    const parts = url.pathname.split('/').slice(1).map(decodeURIComponent);
    if (parts[0] === 'object' && parts.length > 1)
      return objectRoute(req, res, parts.slice(1), url.searchParams, how);
    if (parts[0] === 'bucket') return bucketRoute(req, res, parts[1], parts[2]);
    if (parts[0] === 'upload' && parts[1] === 'resumable')
      return tusRoute(req, res, parts[2], how);
    if (url.pathname === '/status') return send(res, 200);
    if (url.pathname === '/health') return send(res, 200, { healthy: true });
    return send(res, 404, {
      message: `Route ${req.method}:${url.pathname} not found`,
      error: 'Not Found',
      statusCode: 404,
    });
  }

  // ---- what goes wrong ----

  function ruleFor(req, pathname) {
    const rule = rules.find(
      (r) =>
        r.times !== 0 &&
        new RegExp(`^${r.on}`).test(`${req.method} ${pathname}`),
    );
    if (!rule) return {};
    if (rule.skip > 0) {
      rule.skip -= 1;
      return {};
    }
    rule.times -= 1;
    return rule;
  }
  async function answer(req, res, url) {
    const rule = ruleFor(req, url.pathname);
    if (rule.hold)
      await new Promise((resolve) => {
        held.push(resolve);
      });
    if (rule.page)
      return send(res, rule.page, '<html><body>Bad gateway</body></html>', {
        'content-type': 'text/html',
      });
    if (rule.status) {
      req.resume();
      const [code, message] = broken[rule.status];
      return refuse(
        res,
        new Refusal(rule.status, code, code, message, rule.status),
        rule.retryAfter !== undefined ? { 'retry-after': rule.retryAfter } : {},
      );
    }
    if (rule.lose)
      res.end = () => {
        req.socket.resetAndDestroy();
        return res;
      };
    const cut = /^(GET|HEAD)$/.test(req.method)
      ? (rule.cut ?? Infinity)
      : (rule.cutBody ?? Infinity);
    try {
      return await route(req, res, url, { cut });
    } catch (e) {
      if (e instanceof Refusal && !res.headersSent) return refuse(res, e);
      if (!req.destroyed && !res.headersSent)
        return refuse(
          res,
          new Refusal(
            500,
            'Internal',
            'InternalError',
            'Internal Server Error',
            500,
          ),
        );
      return res.destroy();
    }
  }

  async function control(req, res, what) {
    const body = await json(req);
    if (what === 'break') rules.push({ times: 1, ...body });
    if (what === 'mend') {
      rules.length = 0;
      for (const go of held.splice(0)) go();
    }
    const told = journal;
    if (what === 'journal') journal = [];
    if (what === 'pause') {
      setImmediate(() => {
        server.close();
        server.closeAllConnections();
      });
    }
    send(res, 200, what === 'journal' ? told : {}, { connection: 'close' });
  }

  const server = http.createServer(
    { keepAliveTimeout: 61000, requestTimeout: 0 },
    (req, res) => {
      req.on('error', () => {});
      res.on('error', () => {});
      const url = new URL(req.url, 'http://double');
      if (url.pathname.startsWith('/_double/'))
        return control(req, res, url.pathname.slice(9));
      if (gateway && !url.pathname.startsWith(`${PREFIX}/`))
        return send(res, 404, {
          message: 'no Route matched with those values',
        });
      if (gateway) url.pathname = url.pathname.slice(PREFIX.length);
      const note = {
        method: req.method,
        path: url.pathname,
        headers: req.headers,
        status: null,
      };
      journal.push(note);
      if (journal.length > 20000) journal.shift();
      res.on('close', () => {
        note.status = res.statusCode;
        note.whole = res.writableFinished;
      });
      return answer(req, res, url);
    },
  );
  let port = 0;
  const listen = () => server.listen(port, '127.0.0.1');
  server.on('listening', () => {
    if (port === 0) process.stdout.write(`${server.address().port}\n`);
    ({ port } = server.address());
  });
  process.on('SIGUSR2', listen);
  process.stdin.on('end', () => process.exit(0)).resume();
  listen();
}

if (process.argv[1] === SELF) serve(JSON.parse(process.argv[2]));
