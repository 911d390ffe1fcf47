// Goal: captions by a double of the API that we did not write
// (@copilotkit/aimock): its answers, errors and broken streams, and its journal
// of our requests.
import { test, before, after, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { startStack } from '../lib/stack.js';
import { good } from '../lib/model-double.js';
import { assertRequest, caller, listener, seed } from '../lib/train.js';

const KEY = 'sk-test-0123456789abcdefghij';
const text = JSON.stringify(good);

let mock;
let stack;
let call;
let listen;
let ids;
before(async () => {
  mock = new LLMock({ port: 0, host: '127.0.0.1' });
  await mock.start();
  stack = await startStack({
    env: {
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${mock.url}/v1`,
      OPENAI_MODEL: 'gpt-test',
      MODEL_TIMEOUT_SEC: '10',
      MODEL_STALL_SEC: '2',
    },
  });
  call = caller(stack);
  listen = listener(call);
  ids = seed(stack);
});
after(async () => {
  await stack?.stop();
  await mock?.stop();
});
beforeEach(() => {
  mock.clearFixtures();
  mock.clearRequests();
  mock.resetMatchCounts();
});

const statuses = () => mock.getRequests().map((r) => r.response.status);

test('its stream becomes a caption, as JSON and as events', async () => {
  mock.on({ model: 'gpt-test' }, { content: text }, { chunkSize: 5 });
  const a = await call('api/train', ids);
  assert.equal(a.status, 200, a.text);
  assert.equal(a.json.prompt, good.description);
  const { evidence, ...fields } = a.json.fields;
  assert.deepEqual(fields, good);
  assert.equal(evidence['A minor'], 'stated');
  const b = await listen(ids);
  assert.equal(b.last.name, 'done', b.text);
  assert.equal(b.spelled, good.description);
});

test('its journal holds requests of the right form, to the right place', async () => {
  mock.on({ model: 'gpt-test' }, { content: text });
  await call('api/train', { ...ids, instructions: 'darker' });
  const journal = mock.getRequests();
  assert.equal(journal.length, 1);
  assert.equal(journal[0].method, 'POST');
  assert.equal(journal[0].path, '/v1/chat/completions');
  assert.match(journal[0].headers['content-type'], /^application\/json/);
  // It keeps its own notes next to the members that came.
  assertRequest(
    Object.fromEntries(
      Object.entries(journal[0].body).filter(([name]) => !name.startsWith('_')),
    ),
  );
});

test('429 with Retry-After is waited for', async () => {
  mock.on(
    { model: 'gpt-test', sequenceIndex: 0 },
    {
      error: {
        message: 'slow down',
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
      },
      status: 429,
      retryAfter: 2,
    },
  );
  mock.on({ model: 'gpt-test', sequenceIndex: 1 }, { content: text });
  const began = Date.now();
  const r = await call('api/train', ids);
  assert.equal(r.json.prompt, good.description, r.text);
  assert.deepEqual(statuses(), [429, 200]);
  assert.ok(Date.now() - began >= 2000);
});

test('500, then an answer', async () => {
  mock.on(
    { model: 'gpt-test', sequenceIndex: 0 },
    { error: { message: 'it broke', type: 'server_error' }, status: 500 },
  );
  mock.on({ model: 'gpt-test', sequenceIndex: 1 }, { content: text });
  const r = await call('api/train', ids);
  assert.equal(r.json.prompt, good.description, r.text);
  assert.deepEqual(statuses(), [500, 200]);
});

test('a text that its limit of tokens cut is asked for again, then refused', async () => {
  mock.on(
    { model: 'gpt-test' },
    { content: text.slice(0, 60), finishReason: 'length' },
  );
  const r = await call('api/train', ids);
  assert.equal(r.status, 502, r.text);
  assert.equal(r.json.code, 'model_truncated');
  const rooms = mock.getRequests().map((one) => one.body.max_completion_tokens);
  assert.equal(rooms.length, 2);
  assert.ok(rooms[1] > rooms[0]);
});

// In a few pieces: it listens at the same AbortSignal once more for each pause,
// and of more than ten listeners Node warns.
for (const [what, how] of [
  [
    'stops after some pieces',
    { chunkSize: 32, latency: 50, truncateAfterChunks: 4 },
  ],
  ['is disconnected', { chunkSize: 32, latency: 100, disconnectAfterMs: 500 }],
]) {
  test(`a stream that ${what} is an error and no caption`, async () => {
    mock.on({ model: 'gpt-test' }, { content: text }, how);
    const before = stack.psql('SELECT count(*) FROM prompt_generations');
    const r = await listen(ids);
    assert.equal(r.last.name, 'error', r.text);
    assert.equal(r.last.data.code, 'model_error');
    assert.ok(!r.names.includes('done'));
    assert.ok(r.spelled.length > 0);
    assert.equal(mock.getRequests().length, 1);
    assert.equal(stack.psql('SELECT count(*) FROM prompt_generations'), before);
  });
}
