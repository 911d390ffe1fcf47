// Goal: a dataset trains at Replicate with the input that its trainer needs,
// its state is followed by polling and by signed webhooks, it can be canceled,
// every refusal is reported, and no token or link is revealed.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { startReplicate } from '../lib/replicate-double.js';
import { call, logged, problem, save, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

const PUBLIC = 'https://trainmode.example.org';
const TRAINER = 'sakemin/musicgen-fine-tuner';
const VERSION =
  'bc57274e2930af17c1d692516a4e6bd67618af425db3b2107c28c2100f031934';
const NOWHERE = '00000000-0000-4000-8000-000000000000';
const HOOK = '/api/train/webhooks/replicate';
const destination = 'night-driver/my-model';
const audio = mp3(40);
let replicate;
let stack;

before(async () => {
  replicate = await startReplicate();
  stack = await startStack({
    env: {
      AUTH: 'token',
      PUBLIC_URL: PUBLIC,
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.url,
      REPLICATE_WEBHOOK_SECRET: replicate.secret,
    },
  });
  stack.headers = { authorization: `Bearer ${stack.addToken('test')}` };
});
after(async () => {
  await stack?.stop();
  await replicate?.stop();
});

async function dataset(on = stack, layout = 'replicate') {
  const w = await world(on);
  await save(on, w, audio);
  const { status, body } = await call(on, 'POST', '/api/train/export', {
    json: { artistId: w.artistId, layout },
  });
  assert.equal(status, 200, JSON.stringify(body));
  return { ...w, datasetId: body.datasetId };
}

const train = (d, more = {}, on = stack) =>
  call(on, 'POST', `/api/train/datasets/${d.datasetId}/training`, {
    json: { destination, ...more },
  });

async function list(d) {
  const { status, body } = await call(
    stack,
    'GET',
    `/api/train/trainings?artistId=${d.artistId}`,
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function started() {
  const d = await dataset();
  const answer = await train(d);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  const asked = replicate.journal.at(-1);
  const id = answer.body.replicateId;
  return {
    ...d,
    answer,
    asked,
    id,
    theirs: replicate.trainings[id],
    hook: new URL(`${HOOK}?training=${answer.body.trainingId}`, stack.url),
  };
}

// Replicate was asked about it some seconds earlier than it was.
const longAgo = (s) =>
  stack.psql(
    `UPDATE trainings SET polled_at = polled_at - interval '3 seconds' WHERE replicate_id = '${s.id}'`,
  );

test('a training is asked for with what its trainer needs', async () => {
  const s = await started();
  assert.equal(s.answer.body.status, 'starting');
  assert.match(s.answer.body.trainingId, /^[0-9a-f-]{36}$/);
  assert.equal(
    s.asked.path,
    `/v1/models/${TRAINER}/versions/${VERSION}/trainings`,
  );
  assert.equal(s.asked.headers.authorization, `Bearer ${replicate.token}`);
  const { dataset_path: link, ...input } = s.asked.body.input;
  assert.deepEqual(input, {
    auto_labeling: false,
    drop_vocals: false,
    model_version: 'stereo-small',
  });
  assert.equal(s.asked.body.destination, destination);
  assert.equal(
    s.asked.body.webhook,
    `${PUBLIC}${HOOK}?training=${s.answer.body.trainingId}`,
  );
  assert.deepEqual(s.asked.body.webhook_events_filter, ['start', 'completed']);
  // The link is what the trainer fetches, whatever host name it has.
  if (stack.supabase)
    assert.match(link, /\/storage\/v1\/object\/sign\/[^?]+\.zip\?/);
  else
    assert.match(
      link,
      /^https:\/\/trainmode\.example\.org\/files\/[^?]+\.zip\?/,
    );
  const zip = await fetch(link.replace(PUBLIC, stack.url.replace(/\/$/, '')));
  assert.equal(zip.status, 200);
  assert.equal(
    Buffer.from(await zip.arrayBuffer())
      .subarray(0, 2)
      .toString(),
    'PK',
  );
  const [row] = (await list(s)).trainings;
  assert.deepEqual(row.input, input);
  assert.equal(row.version, `${TRAINER}:${VERSION}`);
  assert.equal(row.datasetId, s.datasetId);
});

test("the person's own input, version and trainer are sent", async () => {
  const d = await dataset();
  const own = 'a'.repeat(64);
  await train(d, {
    version: own,
    input: { model_version: 'small', epochs: 5 },
  });
  assert.equal(
    replicate.journal.at(-1).path,
    `/v1/models/${TRAINER}/versions/${own}/trainings`,
  );
  const { dataset_path: link, ...input } = replicate.journal.at(-1).body.input;
  assert.ok(link);
  assert.deepEqual(input, {
    auto_labeling: false,
    drop_vocals: false,
    model_version: 'small',
    epochs: 5,
  });
  assert.equal(
    (
      await train(d, {
        version: `some/other-trainer:${own}`,
        input: { steps: 9 },
      })
    ).status,
    202,
  );
  assert.equal(
    replicate.journal.at(-1).path,
    `/v1/models/some/other-trainer/versions/${own}/trainings`,
  );
  assert.deepEqual(Object.keys(replicate.journal.at(-1).body.input).sort(), [
    'dataset_path',
    'steps',
  ]);
});

test('what cannot be sent is refused before anybody is asked', async () => {
  const d = await dataset();
  const before = replicate.journal.length;
  for (const wrong of [undefined, 'x', 'a/b/c', '/b', 'a/', 'a/b?c', 7])
    problem(
      await train(d, { destination: wrong }),
      400,
      'invalid_field',
      'destination',
    );
  for (const wrong of [
    '1',
    'A'.repeat(64),
    `x:${'a'.repeat(64)}`,
    `a/b:${'a'.repeat(63)}`,
    7,
  ])
    problem(
      await train(d, { version: wrong }),
      400,
      'invalid_field',
      'version',
    );
  for (const wrong of [[], 'x', { dataset_path: 'http://elsewhere/x.zip' }])
    problem(await train(d, { input: wrong }), 400, 'invalid_field', 'input');
  problem(await train({ datasetId: NOWHERE }), 404, 'dataset_not_found');
  // Its captions would be lost without a word of the trainer's.
  problem(
    await train(await dataset(stack, 'ace-step')),
    422,
    'dataset_blocked',
  );
  problem(
    await call(stack, 'GET', `/api/train/trainings?artistId=${NOWHERE}`),
    404,
    'artist_not_found',
  );
  assert.equal(replicate.journal.length, before);
  assert.deepEqual((await list(d)).trainings, []);
});

test('what Replicate says of a request is told, and nothing is kept', async () => {
  const d = await dataset();
  for (const [fault, status, code, words] of [
    [401, 502, 'trainer_error', /REPLICATE_API_TOKEN/],
    [402, 502, 'trainer_error', /insufficient credit/],
    [404, 502, 'trainer_error', /could not be found/],
    [422, 502, 'trainer_error', /input\.epochs/],
    [429, 429, 'rate_limited', /Retry-After/],
  ]) {
    replicate.fail(fault);
    const answer = await train(d);
    problem(answer, status, code);
    assert.match(answer.body.detail, words);
    if (fault === 429) assert.equal(answer.headers.get('retry-after'), '7');
  }
  assert.deepEqual((await list(d)).trainings, []);
  await logged(stack, 'export', /refused REPLICATE_API_TOKEN/);
});

test('a request in doubt stays, and a webhook shows that it runs', async () => {
  for (const [fault, id] of [
    [500, 'aaa1'],
    ['reset', 'aaa2'],
    ['garbage', 'aaa3'],
  ]) {
    const d = await dataset();
    replicate.fail(fault);
    problem(await train(d), 502, 'trainer_error');
    const [row] = (await list(d)).trainings;
    assert.equal(row.status, 'failed', String(fault));
    assert.ok(row.error);
    assert.equal(row.replicateId, null);
    const hook = new URL(`${HOOK}?training=${row.id}`, stack.url);
    const res = await replicate.webhook(hook, {
      id,
      status: 'processing',
      logs: 'x',
      error: null,
    });
    assert.equal(res.status, 204);
    assert.equal(
      stack.psql(
        `SELECT status, error FROM trainings WHERE replicate_id = '${id}'`,
      ),
      'processing|',
    );
  }
});

test('its state is followed by asking, not more often than every few seconds', async () => {
  const s = await started();
  const asks = () =>
    replicate.journal.filter((j) => j.path === `/v1/trainings/${s.id}`).length;
  Object.assign(s.theirs, { status: 'processing', logs: 'ä'.repeat(5000) });
  let [row] = (await list(s)).trainings;
  assert.equal(row.status, 'processing');
  assert.ok(Buffer.byteLength(row.logs) <= 4096 && /^ä+$/.test(row.logs));
  Object.assign(s.theirs, {
    status: 'succeeded',
    logs: 'done',
    output: {
      version: `${destination}:${'b'.repeat(64)}`,
      weights: 'https://replicate.delivery/x/trained.tar',
    },
  });
  await Promise.all(Array.from({ length: 5 }, () => list(s)));
  assert.equal(asks(), 1);
  longAgo(s);
  await Promise.all(Array.from({ length: 5 }, () => list(s)));
  assert.equal(asks(), 2);
  [row] = (await list(s)).trainings;
  assert.equal(row.status, 'succeeded');
  assert.deepEqual(row.output, s.theirs.output);
  longAgo(s);
  await list(s);
  assert.equal(asks(), 2); // it is over
});

test('a service that is away is told in the list, which is whole', async () => {
  const s = await started();
  replicate.fail(500);
  const body = await list(s);
  assert.equal(body.trainings[0].status, 'starting');
  assert.match(body.refreshError, /out of order/);
  delete replicate.trainings[s.id];
  longAgo(s);
  const [row] = (await list(s)).trainings;
  assert.equal(row.status, 'failed');
  assert.match(row.error, /does not know/);
});

test('a signed webhook tells the state; twice or late changes nothing', async () => {
  const s = await started();
  const done = {
    ...s.theirs,
    status: 'failed',
    error: 'CUDA out of memory',
    logs: 'epoch 1',
  };
  assert.equal(
    (
      await replicate.webhook(
        s.hook,
        { ...s.theirs, status: 'processing' },
        { id: 'msg_1' },
      )
    ).status,
    204,
  );
  assert.equal(
    (await replicate.webhook(s.hook, done, { id: 'msg_2' })).status,
    204,
  );
  const state = () =>
    stack.psql(
      `SELECT status, error, logs, updated_at FROM trainings WHERE replicate_id = '${s.id}'`,
    );
  const after = state();
  assert.match(after, /^failed\|CUDA out of memory\|epoch 1\|/);
  assert.equal(
    (await replicate.webhook(s.hook, done, { id: 'msg_2' })).status,
    204,
  );
  assert.equal(
    (
      await replicate.webhook(
        s.hook,
        { ...s.theirs, status: 'processing' },
        { id: 'msg_1' },
      )
    ).status,
    204,
  );
  assert.equal(state(), after);
});

test("a webhook that is not Replicate's is refused", async () => {
  const s = await started();
  const other = await started();
  const over = { ...s.theirs, status: 'succeeded' };
  const now = Math.floor(Date.now() / 1000);
  const answers = [
    await replicate.webhook(s.hook, over, { signature: '' }),
    await replicate.webhook(s.hook, over, { signature: 'v1,' }),
    await replicate.webhook(s.hook, over, {
      signature: `v1,${Buffer.alloc(32).toString('base64')}`,
    }),
    await replicate.webhook(s.hook, over, {
      signature: `v1,${'A'.repeat(4000)}`,
    }),
    await replicate.webhook(s.hook, over, { timestamp: now - 400 }),
    await replicate.webhook(s.hook, over, { timestamp: now + 400 }),
    await replicate.webhook(s.hook, over, { timestamp: '9'.repeat(40) }),
    await fetch(s.hook, {
      method: 'POST',
      body: JSON.stringify(over),
      headers: { 'content-type': 'application/json' },
    }),
  ];
  for (const res of answers) {
    assert.equal(res.status, 401);
    assert.equal((await res.json()).code, 'unauthenticated');
  }
  // Signed, but no news of this training.
  assert.equal((await replicate.webhook(s.hook, 'not json')).status, 400);
  assert.equal(
    (await replicate.webhook(s.hook, { id: s.id, status: 'dancing' })).status,
    502,
  );
  assert.equal(
    (
      await replicate.webhook(
        new URL(`${HOOK}?training=${NOWHERE}`, stack.url),
        over,
      )
    ).status,
    404,
  );
  assert.equal(
    (await replicate.webhook(new URL(HOOK, stack.url), over)).status,
    400,
  );
  assert.equal(
    (await replicate.webhook(s.hook, { ...other.theirs, status: 'succeeded' }))
      .status,
    204,
  );
  assert.equal(
    stack.psql(`SELECT status FROM trainings WHERE replicate_id = '${s.id}'`),
    'starting',
  );
  // One right signature among others is enough: keys are rotated so.
  const body = JSON.stringify(over);
  const crypto = await import('node:crypto');
  const right = crypto
    .createHmac('sha256', Buffer.from(replicate.secret.slice(6), 'base64'))
    .update(`m.${now}.${body}`)
    .digest('base64');
  assert.equal(
    (
      await replicate.webhook(s.hook, body, {
        id: 'm',
        timestamp: now,
        signature: `v1,AAAA v1a,x v1,${right}`,
      })
    ).status,
    204,
  );
  assert.equal(
    stack.psql(`SELECT status FROM trainings WHERE replicate_id = '${s.id}'`),
    'succeeded',
  );
});

test('a long log fits into a webhook', async () => {
  const s = await started();
  const res = await replicate.webhook(s.hook, {
    ...s.theirs,
    status: 'succeeded',
    logs: 'x'.repeat(3 << 20),
  });
  assert.equal(res.status, 204);
});

const cancel = (id) => call(stack, 'POST', `/api/train/trainings/${id}/cancel`);
const cancels = (s) =>
  replicate.journal.filter((j) => j.path === `/v1/trainings/${s.id}/cancel`);

test('a training is canceled; a second click is not an error and asks nobody', async () => {
  const s = await started();
  const { trainingId } = s.answer.body;
  const answer = await cancel(trainingId);
  assert.equal(answer.status, 202, JSON.stringify(answer.body));
  assert.deepEqual(answer.body, { trainingId, status: 'canceled' });
  assert.equal(s.theirs.status, 'canceled');
  const [asked] = cancels(s);
  assert.equal(asked.method, 'POST');
  assert.equal(asked.headers.authorization, `Bearer ${replicate.token}`);
  assert.equal(asked.headers['content-type'], undefined);
  assert.equal(asked.body, null);
  assert.deepEqual((await cancel(trainingId)).body, {
    trainingId,
    status: 'canceled',
  });
  assert.equal(cancels(s).length, 1);
  assert.equal((await list(s)).trainings[0].status, 'canceled');
  // A late report does not change it back.
  assert.equal(
    (await replicate.webhook(s.hook, { ...s.theirs, status: 'processing' }))
      .status,
    204,
  );
  assert.equal((await list(s)).trainings[0].status, 'canceled');
});

test('one that takes a moment to end is told as running, then as canceled', async () => {
  const s = await started();
  const { trainingId } = s.answer.body;
  s.theirs.status = 'processing';
  replicate.endsLate = true;
  try {
    assert.deepEqual((await cancel(trainingId)).body, {
      trainingId,
      status: 'processing',
    });
  } finally {
    replicate.endsLate = false;
  }
  const [row] = (await list(s)).trainings;
  assert.equal(row.status, 'canceled');
});

test('what is over is not canceled, whoever knows it first', async () => {
  for (const [mild, status] of [
    [false, 'succeeded'],
    [true, 'succeeded'],
    [true, 'failed'],
  ]) {
    const s = await started();
    s.theirs.status = status;
    if (status === 'succeeded')
      s.theirs.output = { version: `${destination}:${'b'.repeat(64)}` };
    replicate.mild = mild;
    const late = await cancel(s.answer.body.trainingId);
    problem(late, 409, 'conflict');
    assert.match(late.body.detail, new RegExp(status));
    assert.equal(
      stack.psql(`SELECT status FROM trainings WHERE replicate_id = '${s.id}'`),
      status,
    );
    assert.equal(cancels(s).length, 1);
    problem(await cancel(s.answer.body.trainingId), 409, 'conflict');
    assert.equal(cancels(s).length, 1); // now we know it ourselves
  }
  const gone = await started();
  delete replicate.trainings[gone.id];
  problem(await cancel(gone.answer.body.trainingId), 409, 'conflict');
  assert.match((await list(gone)).trainings[0].error, /does not know/);
  problem(await cancel(NOWHERE), 404, 'training_not_found');
  problem(await cancel('x'), 404, 'training_not_found');
});

test('a cancel that Replicate does not take leaves all as it was, and may be asked again', async () => {
  const s = await started();
  const { trainingId } = s.answer.body;
  for (const [fault, status, code, words] of [
    [401, 502, 'trainer_error', /REPLICATE_API_TOKEN/],
    [402, 502, 'trainer_error', /insufficient credit/],
    [429, 429, 'rate_limited', /Retry-After/],
    [500, 502, 'trainer_error', /out of order/],
    ['reset', 502, 'trainer_error', /try again in a moment/],
    ['garbage', 502, 'trainer_error', /not JSON/],
  ]) {
    replicate.fail(fault);
    const answer = await cancel(trainingId);
    problem(answer, status, code);
    assert.match(answer.body.detail, words, String(fault));
    assert.equal(
      stack.psql(`SELECT status FROM trainings WHERE id = '${trainingId}'`),
      'starting',
    );
  }
  assert.equal((await cancel(trainingId)).status, 202);
});

test('a cancel that comes to Replicate twice is a cancel', async () => {
  for (const mild of [false, true]) {
    const s = await started();
    const { trainingId } = s.answer.body;
    s.theirs.status = 'canceled'; // by the first, whose answer was lost
    replicate.mild = mild;
    const answer = await cancel(trainingId);
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    assert.deepEqual(answer.body, { trainingId, status: 'canceled' });
    assert.equal((await list(s)).trainings[0].status, 'canceled');
  }
});

test('what Replicate never answered about cannot be canceled here', async () => {
  const d = await dataset();
  replicate.fail('garbage');
  problem(await train(d), 502, 'trainer_error');
  const [row] = (await list(d)).trainings;
  const answer = await cancel(row.id);
  problem(answer, 409, 'conflict');
  assert.match(answer.body.detail, /replicate\.com\/trainings/);
});

test('neither the token nor a link to a dataset is kept or logged', async () => {
  for (const part of ['export', 'nginx']) {
    assert.doesNotMatch(stack.log(part), /r8_double/);
    assert.doesNotMatch(stack.log(part), /signature=/);
  }
  assert.equal(
    stack.psql(
      "SELECT count(*) FROM trainings WHERE trainings::text ~ 'signature=|r8_'",
    ),
    '0',
  );
});

test('without a token the call is handed out to be made by hand', async () => {
  const plain = await startStack();
  try {
    const d = await dataset(plain);
    const answer = await train(d, { input: { epochs: 4 } }, plain);
    problem(answer, 409, 'trainer_not_connected');
    assert.match(answer.body.detail, /PUBLIC_URL/);
    const { method, url, headers, body } = answer.body.call;
    assert.equal(method, 'POST');
    assert.equal(
      url,
      `https://api.replicate.com/v1/models/${TRAINER}/versions/${VERSION}/trainings`,
    );
    assert.deepEqual(headers, [
      'Authorization: Bearer $REPLICATE_API_TOKEN',
      'Content-Type: application/json',
    ]);
    assert.equal(body.destination, destination);
    const { dataset_path: link, ...input } = body.input;
    assert.deepEqual(input, {
      auto_labeling: false,
      drop_vocals: false,
      model_version: 'stereo-small',
      epochs: 4,
    });
    assert.equal((await fetch(link)).status, 200);
    // The call is one that Replicate takes.
    const made = await fetch(
      url.replace('https://api.replicate.com', replicate.url),
      {
        method,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${replicate.token}`,
        },
        body: JSON.stringify(body),
      },
    );
    assert.equal(made.status, 201);
    assert.deepEqual(
      (await call(plain, 'GET', `/api/train/trainings?artistId=${d.artistId}`))
        .body,
      { trainings: [] },
    );
    assert.equal(
      (
        await fetch(new URL(HOOK, plain.url), {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
      404,
    );
  } finally {
    await plain.stop();
  }
});

test("a dataset on this machine's own address is not sent to a trainer elsewhere", async () => {
  const here = await startStack({
    env: {
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: 'https://replicate.invalid',
    },
  });
  try {
    const answer = await train(await dataset(here), {}, here);
    problem(answer, 409, 'conflict');
    assert.match(answer.body.detail, /PUBLIC_URL/);
  } finally {
    await here.stop();
  }
});
