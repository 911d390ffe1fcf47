// A double of the chat completions API that does what a test tells it, down to
// the bytes. Also by hand: `node tests/lib/model-double.js 9999`, then
// OPENAI_BASE_URL=http://127.0.0.1:9999/v1.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const good = {
  genre: 'deep house',
  description:
    'Deep house with a dark mood, rolling bass and sparse hi-hats, at 124 BPM in A minor',
  moods: ['dark'],
  instruments: ['bass', 'hi-hats'],
  keywords: ['late night'],
  bpm: 124,
  key: 'A minor',
};

const chunk = (delta, finish = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'double-1-2026-11-24',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const usage = { prompt_tokens: 900, completion_tokens: 80, total_tokens: 980 };
const event = (o) =>
  `data: ${typeof o === 'string' ? o : JSON.stringify(o)}\n\n`;
const pieces = (text, size) =>
  text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
const textOf = (what) =>
  typeof what === 'string' ? what : JSON.stringify(what);

function begin(res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  res.flushHeaders();
}

function problem(res, status, error, headers = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(
    JSON.stringify({
      error: {
        message: 'a message',
        type: 'x',
        param: null,
        code: null,
        ...error,
      },
    }),
  );
}

async function deltas(res, what, { size = 7, ms = 0 } = {}) {
  res.write(event(chunk({ role: 'assistant', content: null })));
  for (const piece of pieces(textOf(what), size)) {
    res.write(event(chunk({ content: piece })));
    if (ms > 0) await sleep(ms);
  }
}

async function tell(res, what, options) {
  await deltas(res, what, options);
  res.write(event(chunk({}, 'stop')));
  res.write(
    event({
      ...chunk({}),
      choices: [],
      usage: { ...usage, ...options?.usage },
    }),
  );
  res.end(event('[DONE]'));
}

// The audio in a request's body: [{data, format}], as it was sent.
export const heardIn = (body) =>
  body.messages
    .flatMap((m) => (Array.isArray(m.content) ? m.content : []))
    .filter((part) => part.type === 'input_audio')
    .map((part) => part.input_audio);

// What can be done with a request. `what` is a text or the fields of a caption.
export const acts = {
  stream:
    (what = good, options = {}) =>
    async (req, res) => {
      begin(res);
      await tell(res, what, options);
    },
  // Each byte in a separate packet, with CRLF and comments between.
  drip:
    (what = good) =>
    async (req, res) => {
      const stream = [
        ': ping',
        '',
        ...pieces(textOf(what), 9).flatMap((p) => [
          `data:${JSON.stringify(chunk({ content: p }))}`,
          '',
        ]),
        `data: ${JSON.stringify(chunk({}, 'stop'))}`,
        '',
        'data: [DONE]',
        '',
        '',
      ].join('\r\n');
      begin(res);
      res.socket.setNoDelay(true);
      for (const byte of Buffer.from(stream)) {
        res.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      res.end();
    },
  whole:
    (what = good) =>
    (req, res) => {
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(
        JSON.stringify({
          ...chunk({}),
          object: 'chat.completion',
          choices: [
            {
              index: 0,
              message: {
                role: 'assistant',
                content: textOf(what),
                refusal: null,
              },
              finish_reason: 'stop',
            },
          ],
          usage,
        }),
      );
    },
  stall: (what) => async (req, res) => {
    begin(res);
    if (what !== undefined) await deltas(res, what);
  },
  // Not a word before the gate (a promise) opens.
  late:
    (gate, what = good) =>
    async (req, res) => {
      begin(res);
      await gate;
      await tell(res, what);
    },
  error: (status, error, headers) => (req, res) =>
    problem(res, status, error, headers),
  busy:
    (headers = {}) =>
    (req, res) =>
      problem(res, 429, { code: 'rate_limit_exceeded' }, headers),
  quota: () => (req, res) =>
    problem(res, 429, {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  garbage: () => (req, res) => {
    res.writeHead(200);
    res.end('<html>busy</html>');
  },
  reset: () => (req, res) => {
    res.socket.resetAndDestroy();
  },
  refusal: () => (req, res) => {
    begin(res);
    res.write(event(chunk({ refusal: 'I will not.' })));
    res.end(event(chunk({}, 'stop')) + event('[DONE]'));
  },
  finish:
    (reason, what = 'Deep hou') =>
    async (req, res) => {
      begin(res);
      await deltas(res, what);
      res.end(event(chunk({}, reason)) + event('[DONE]'));
    },
  midError:
    (what = 'Deep hou') =>
    async (req, res) => {
      begin(res);
      await deltas(res, what);
      res.end(
        event({
          error: {
            message: 'it broke',
            type: 'server_error',
            param: null,
            code: null,
          },
        }) + event('[DONE]'),
      );
    },
  endEarly:
    (what = 'Deep hou') =>
    async (req, res) => {
      begin(res);
      await deltas(res, what);
      res.end();
    },
  endless: () => async (req, res) => {
    begin(res);
    while (
      !res.destroyed &&
      res.write(event(chunk({ content: 'blah '.repeat(50) })))
    )
      await sleep(1);
    res.end();
  },
};

//   url            base URL with /v1
//   play(...acts)  an act for each request from now on; the last one stays
//   journal        of requests: {headers, body, closed} (closed: by the client,
//                  before the answer was whole)
export async function startDouble(port = 0) {
  const double = { journal: [], acts: [acts.stream()] };
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (d) => parts.push(d));
    req.on('end', async () => {
      const entry = {
        path: req.url,
        headers: req.headers,
        body: JSON.parse(Buffer.concat(parts)),
        closed: false,
      };
      double.journal.push(entry);
      res.on('close', () => {
        entry.closed = !res.writableFinished;
      });
      const act = double.acts.length > 1 ? double.acts.shift() : double.acts[0];
      await act(req, res);
    });
  });
  server.keepAliveTimeout = 60000;
  server.unref(); // a test that fails before it stops us must end too
  double.ref = () => server.ref();
  await new Promise((resolve) => {
    server.listen(port, '127.0.0.1', 4096, resolve);
  });
  double.url = `http://127.0.0.1:${server.address().port}/v1`;
  double.play = (...list) => {
    double.acts = list;
    double.journal.length = 0;
  };
  double.stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return double;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const double = await startDouble(Number(process.argv[2] ?? 0));
  double.play(acts.stream(good, { ms: 20 }));
  double.ref();
  console.log(double.url);
}
