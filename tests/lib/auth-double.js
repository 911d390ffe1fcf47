// A double of Supabase Auth (GoTrue), with its shapes and its errors: the key
// set, and sign-in by password and by refresh token. It knows a few users and
// signs as a project does: ES256 by default, RS256, or HS256 by a secret.
import crypto from 'node:crypto';
import { serve } from './double.js';

const b64 = (o) =>
  Buffer.from(typeof o === 'string' ? o : JSON.stringify(o)).toString(
    'base64url',
  );

export function newKey(alg, kid = crypto.randomUUID()) {
  const pair =
    alg === 'ES256'
      ? crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    alg,
    kid,
    ...pair,
    jwk: {
      ...pair.publicKey.export({ format: 'jwk' }),
      alg,
      kid,
      use: 'sig',
      key_ops: ['verify'],
    },
  };
}

// Any token: what its header says, and who really signs. key: of newKey(), a
// text (HS256), or null (no signature).
export function makeToken(header, claims, key) {
  const text = `${b64({ typ: 'JWT', ...header })}.${b64(claims)}`;
  if (key === null) return `${text}.`;
  if (typeof key === 'string')
    return `${text}.${crypto.createHmac('sha256', key).update(text).digest('base64url')}`;
  const sig = crypto.sign('sha256', Buffer.from(text), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${sig.toString('base64url')}`;
}

function send(res, status, o) {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(o));
}

//   url, issuer, apikey
//   keys          published; the first one signs; change them to rotate
//   secret        a text: signs by HS256 instead, and the set is empty
//   users         {email: {id, password}}
//   token(email, claims, header)  an access token of that user
//   journal       of requests: {method, path, headers, body}
//   fail(status)  from now on each request gets it ('reset': a torn line);
//                 fail(null) ends that
//   expiresIn     of new access tokens, in seconds
export async function startAuth() {
  const double = {
    apikey: 'sb_publishable_ofTheDouble0000000000000',
    keys: [newKey('ES256')],
    secret: null,
    users: {},
    journal: [],
    expiresIn: 3600,
    slow: 0, // ms until a refresh, which is done at once, is answered
  };
  const refresh = new Map(); // token → email
  let fault = null;

  double.addUser = (email, password = 'correct horse') => {
    double.users[email] = { id: crypto.randomUUID(), password };
    return double.users[email];
  };
  double.claims = (email, more = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: double.issuer,
      sub: double.users[email].id,
      aud: 'authenticated',
      role: 'authenticated',
      email,
      iat: now,
      exp: now + double.expiresIn,
      aal: 'aal1',
      session_id: crypto.randomUUID(),
      is_anonymous: false,
      ...more,
    };
  };
  double.token = (email, more = {}, header = {}) => {
    const [key] = double.keys;
    return double.secret
      ? makeToken(
          { alg: 'HS256', ...header },
          double.claims(email, more),
          double.secret,
        )
      : makeToken(
          { alg: key.alg, kid: key.kid, ...header },
          double.claims(email, more),
          key,
        );
  };

  function session(res, email) {
    const token = crypto.randomBytes(9).toString('base64url');
    refresh.set(token, email);
    send(res, 200, {
      access_token: double.token(email),
      token_type: 'bearer',
      expires_in: double.expiresIn,
      expires_at: Math.floor(Date.now() / 1000) + double.expiresIn,
      refresh_token: token,
      user: {
        id: double.users[email].id,
        aud: 'authenticated',
        role: 'authenticated',
        email,
      },
    });
  }

  function grant(res, type, body) {
    if (type === 'password') {
      const user = double.users[body.email];
      if (!user || user.password !== body.password)
        return send(res, 400, {
          code: 400,
          error_code: 'invalid_credentials',
          msg: 'Invalid login credentials',
        });
      return session(res, body.email);
    }
    if (type === 'refresh_token') {
      const email = refresh.get(body.refresh_token);
      if (!email)
        return send(res, 400, {
          code: 400,
          error_code: 'refresh_token_not_found',
          msg: 'Invalid Refresh Token: Refresh Token Not Found',
        });
      refresh.delete(body.refresh_token);
      return setTimeout(session, double.slow, res, email);
    }
    return send(res, 400, {
      code: 400,
      error_code: 'unsupported_grant_type',
      msg: 'unsupported_grant_type',
    });
  }

  function answer(req, res, text) {
    const { pathname, searchParams } = new URL(req.url, 'http://double');
    if (fault === 'reset') return res.socket.resetAndDestroy();
    if (fault)
      return send(res, fault, {
        code: fault,
        error_code:
          fault === 429 ? 'over_request_rate_limit' : 'unexpected_failure',
        msg: 'no',
      });
    if (pathname === '/auth/v1/.well-known/jwks.json')
      return send(res, 200, {
        keys: double.secret ? [] : double.keys.map((k) => k.jwk),
      });
    if (req.headers.apikey !== double.apikey)
      return send(res, 401, {
        message: 'No API key found in request',
        hint: 'No `apikey` request header or url param was found.',
      });
    if (req.method === 'POST' && pathname === '/auth/v1/token')
      return grant(res, searchParams.get('grant_type'), JSON.parse(text));
    if (req.method === 'POST' && pathname === '/auth/v1/logout') {
      if (!/^Bearer ey/.test(req.headers.authorization ?? ''))
        return send(res, 401, {
          code: 401,
          error_code: 'no_authorization',
          msg: 'This endpoint requires a Bearer token',
        });
      res.writeHead(204);
      return res.end();
    }
    return send(res, 404, { message: 'no Route matched with those values' });
  }

  const server = await serve(double, answer);
  double.issuer = `${double.url}/auth/v1`;
  double.fail = (what) => {
    fault = what;
  };
  double.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return double;
}
