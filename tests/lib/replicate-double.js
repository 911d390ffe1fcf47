// A double of Replicate's training API, with its shapes and its errors
// (replicate.com/docs/reference/http). It knows one account and one trainer,
// keeps what it was asked, and signs webhooks as Replicate does.
import crypto from 'node:crypto';
import { serve } from './double.js';

const TOKEN = 'r8_doubleTokenThatNobodyMayRead0000000000';
const SECRET = `whsec_${Buffer.from('a secret of the test, 32 bytes..').toString('base64')}`;
const CREATE =
  /^\/v1\/models\/([\w.-]+)\/([\w.-]+)\/versions\/([0-9a-f]{64})\/trainings$/;
const LOOK = /^\/v1\/trainings\/([a-z0-9]+)$/;
const CANCEL = /^\/v1\/trainings\/([a-z0-9]+)\/cancel$/;
const RUNS = ['starting', 'processing'];

function send(res, status, o, headers = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(JSON.stringify(o));
}

const problems = {
  401: {
    title: 'Unauthenticated',
    detail: 'You did not pass a valid authentication token',
    status: 401,
  },
  402: {
    title: 'Insufficient credit',
    detail:
      'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit.',
    status: 402,
  },
  404: { detail: 'The requested resource could not be found.', status: 404 },
  422: {
    title: 'Input validation failed',
    detail: '- input.epochs: Invalid type. Expected: integer, given: string\n',
    status: 422,
    invalid_fields: [
      {
        type: 'invalid_type',
        field: 'input.epochs',
        description: 'Invalid type. Expected: integer, given: string',
      },
    ],
  },
  429: {
    detail: 'Request was throttled. Expected available in 7 seconds.',
    status: 429,
  },
  500: {
    title: 'Internal server error',
    detail: 'An internal error occurred',
    status: 500,
  },
};

//   url, token, secret
//   trainings         by Replicate's id, as its API shows them; change them
//   endsLate          whether what is canceled still runs until it is looked at
//   mild              whether it answers to the cancel of what has ended with
//                     the training as it is; else it refuses. Its reference
//                     does not say which of the two it does
//   journal           of requests: {method, path, headers, body}
//   fail(status, at)  the next request, to a path like `at`, gets this error;
//                     'reset' tears the line, 'garbage' answers 201 with a page.
//                     What was torn on a kept connection libcurl may send
//                     again by itself: then that is torn too
//   webhook(url, training, {id, timestamp, signature, type})  sends one, signed
export async function startReplicate() {
  const double = { token: TOKEN, secret: SECRET, trainings: {}, journal: [] };
  let next = null;
  const kept = new WeakSet(); // connections that had a request

  function create(res, [, owner, name, version], body) {
    if (
      typeof body.destination !== 'string' ||
      typeof body.input?.dataset_path !== 'string'
    )
      return send(res, 422, problems[422]);
    const id = crypto.randomBytes(13).toString('hex');
    const training = {
      id,
      model: `${owner}/${name}`,
      version,
      input: body.input,
      logs: '',
      error: null,
      status: 'starting',
      created_at: new Date().toISOString(),
      output: null,
      urls: {
        get: `${double.url}/v1/trainings/${id}`,
        cancel: `${double.url}/v1/trainings/${id}/cancel`,
      },
    };
    double.trainings[id] = training;
    return send(res, 201, training);
  }

  function cancel(res, training) {
    if (!RUNS.includes(training.status)) {
      return double.mild
        ? send(res, 200, training)
        : send(res, 422, { detail: 'This training has ended.', status: 422 });
    }
    if (double.endsLate) {
      send(res, 200, training);
      training.status = 'canceled';
      return null;
    }
    training.status = 'canceled';
    return send(res, 200, training);
  }

  function answer(req, res, text) {
    const fault = next?.at.test(req.url) ? next.what : null;
    if (fault && !(fault === 'reset' && kept.has(req.socket))) next = null;
    kept.add(req.socket);
    if (fault === 'reset') return res.socket.resetAndDestroy();
    if (fault === 'garbage') {
      res.writeHead(201, { 'Content-Type': 'text/html' });
      return res.end('<html>busy</html>');
    }
    if (fault)
      return send(
        res,
        fault,
        problems[fault],
        fault === 429 ? { 'Retry-After': '7' } : {},
      );
    if (req.headers.authorization !== `Bearer ${TOKEN}`)
      return send(res, 401, problems[401]);
    const made = CREATE.exec(req.url);
    if (req.method === 'POST' && made)
      return create(res, made, JSON.parse(text));
    const unwanted = double.trainings[CANCEL.exec(req.url)?.[1]];
    if (req.method === 'POST' && unwanted) return cancel(res, unwanted);
    const known = double.trainings[LOOK.exec(req.url)?.[1]];
    return known && req.method === 'GET'
      ? send(res, 200, known)
      : send(res, 404, problems[404]);
  }

  const server = await serve(double, answer);
  double.fail = (what, at = /./) => {
    next = { what, at };
  };
  double.webhook = (
    url,
    training,
    {
      id = `msg_${crypto.randomUUID()}`,
      timestamp = Math.floor(Date.now() / 1000),
      signature,
    } = {},
  ) => {
    const body =
      typeof training === 'string' ? training : JSON.stringify(training);
    signature ??= `v1,${crypto
      .createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64'))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64')}`;
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    return fetch(url, { method: 'POST', body, headers });
  };
  double.stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return double;
}
