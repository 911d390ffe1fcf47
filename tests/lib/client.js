// What the API tests share: calls, and test data to call about.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdAnswer } from './contract.js';

// Wait until it is true, for at most this many seconds. Returns whether it was.
export async function soon(fn, seconds = 30) {
  const until = Date.now() + 1000 * seconds;
  while (Date.now() < until) {
    if (await fn()) return true;
    await sleep(100);
  }
  return false;
}

// A program's lines reach its log by way of the supervisor, so the last ones
// may come after its answer.
export async function logged(stack, part, words) {
  assert.ok(await soon(() => words.test(stack.log(part))), stack.log(part));
}

export async function call(
  stack,
  method,
  path,
  { json, body, headers = {}, raw } = {},
) {
  // nginx closes a kept connection while a test blocks, and a request that goes
  // out then is lost.
  const init = {
    method,
    headers: { connection: 'close', ...stack.headers, ...headers },
  };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers['content-type'] ??= 'application/json';
  } else if (body !== undefined) {
    init.body = body;
  }
  const res = await fetch(new URL(path, stack.url), init);
  assert.ok(
    res.headers.get('x-request-id'),
    `${method} ${path} has no X-Request-Id`,
  );
  if (raw) return res;
  const text = await res.text();
  const type = res.headers.get('content-type') ?? '';
  const answer = {
    status: res.status,
    headers: res.headers,
    type,
    body: type.includes('json') && text ? JSON.parse(text) : text,
  };
  holdAnswer(method, path, answer);
  return answer;
}

// Assert a problem document of the contract.
export function problem(answer, status, code, field) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.match(answer.type, /^application\/problem\+json/);
  const p = answer.body;
  assert.equal(p.code, code, JSON.stringify(p));
  assert.equal(p.status, status);
  for (const name of ['type', 'title', 'detail', 'requestId'])
    assert.ok(
      typeof p[name] === 'string' && p[name] !== '',
      `${name} is missing in ${JSON.stringify(p)}`,
    );
  assert.equal(p.requestId, answer.headers.get('x-request-id'));
  if (field) assert.equal(p.field, field);
  assert.doesNotMatch(p.detail, /SELECT|INSERT|\/src\/|\/var\/|PGRES/);
}

export const SUMMARY = {
  summaryVersion: 1,
  projectName: 'Night Drive',
  tempo: { bpm: 124 },
  meter: { main: '4/4' },
  key: { text: 'A minor', source: 'declared' },
  length: { beats: 256, sec: 123.87 },
  live: { version: '12.2' },
  tracks: [
    {
      name: 'Kick',
      type: 'midi',
      audible: true,
      role: 'kick',
      instrument: { name: 'Drum Rack' },
    },
    {
      name: 'Sub',
      type: 'midi',
      audible: true,
      role: 'bass',
      instrument: { name: 'Operator' },
    },
    {
      name: 'Pad',
      type: 'midi',
      audible: true,
      role: 'pad',
      instrument: { name: 'Wavetable' },
    },
  ],
};
export const SCHEMA = {
  genre: 'deep house',
  moods: ['warm', 'nocturnal'],
  instruments: ['analog bass', 'drum machine'],
};

let serial = 0;

// An artist with a master schema and one set.
export async function world(
  stack,
  { name = `Artist ${Date.now()} ${serial++}`, summary = SUMMARY } = {},
) {
  const artist = (await call(stack, 'POST', '/api/artists', { json: { name } }))
    .body;
  await call(stack, 'PUT', `/api/artists/${artist.id}/schema`, {
    json: SCHEMA,
  });
  const parseId = `set-${artist.id.slice(0, 8)}`;
  const set = await call(stack, 'POST', `/api/library?artistId=${artist.id}`, {
    json: {
      parseId,
      alsFilename: 'Night Drive.als',
      projectName: 'Night Drive',
      summary,
    },
  });
  assert.equal(set.status, 201, JSON.stringify(set.body));
  return { artist, artistId: artist.id, parseId };
}

export async function save(
  stack,
  w,
  audio,
  {
    promptText = 'Deep house, warm, analog bass, 124 bpm, A minor',
    ...more
  } = {},
  headers,
) {
  return call(stack, 'POST', '/api/train/save', {
    json: {
      artistId: w.artistId,
      parseId: w.parseId,
      promptText,
      audioBase64: audio.toString('base64'),
      ...more,
    },
    headers,
  });
}
