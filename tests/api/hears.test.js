// Goal: a model that hears is given excerpts of the very audio, the answer says
// whether it heard, and nothing that is sung or refused spoils a caption.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { startStack } from '../lib/stack.js';
import { acts, good, heardIn, startDouble } from '../lib/model-double.js';
import { call, problem, save, soon, SUMMARY, world } from '../lib/client.js';
import { wav } from '../lib/audio.js';
import { parsed } from '../lib/train.js';

const hears = (tokens, more = {}) => ({
  usage: {
    prompt_tokens: 1500,
    prompt_tokens_details: { audio_tokens: tokens },
    ...more,
  },
});
const heard = {
  ...good,
  description:
    'Deep house with a warm mood, rolling bass, a breathy female vocal and sparse hi-hats, at 124 BPM in A minor',
  moods: ['warm'],
  instruments: ['bass', 'hi-hats', 'female vocal'],
  keywords: ['tape hiss'],
  voice: 'yes',
  heard: ['female vocal', 'warm', 'breathy'],
};

// Quiet, except for ten seconds from second 40 on.
function loudAt40() {
  const file = wav(60, { rate: 22050, channels: 1 });
  for (let i = 44; i + 1 < file.length; i += 2) {
    const sec = (i - 44) / 2 / 22050;
    if (sec < 40 || sec >= 50)
      file.writeInt16LE(Math.round(file.readInt16LE(i) / 200), i);
  }
  return file;
}

// The format of an excerpt, by its bytes, and its samples if it is a WAV.
function read({ data, format }) {
  const bytes = Buffer.from(data, 'base64');
  if (format === 'wav') {
    return {
      rate: bytes.readUInt32LE(24),
      channels: bytes.readUInt16LE(22),
      sec: (bytes.length - 44) / 2 / bytes.readUInt32LE(24),
    };
  }
  // MPEG-2 layer III: 11111111 1111 001x, then bit rate, sample rate; mode.
  assert.equal((bytes[0] << 8) | (bytes[1] & 0xfe), 0xfff2);
  assert.equal(bytes[2] >> 4, 8); // 64 kbit/s
  return {
    rate: [22050, 24000, 16000][(bytes[2] >> 2) & 3],
    channels: bytes[3] >> 6 === 3 ? 1 : 2,
    sec: (bytes.length * 8) / 64000,
  };
}

async function start(env) {
  const double = await startDouble();
  const stack = await startStack({
    env: { OPENAI_BASE_URL: double.url, OPENAI_MODEL: 'ears', ...env },
  });
  const w = await world(stack, {
    summary: {
      ...SUMMARY,
      tracks: [
        ...SUMMARY.tracks,
        { name: 'Bounce', type: 'audio', audible: true },
      ],
    },
  });
  const saved = await save(stack, w, loudAt40());
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const asks = (json = {}) =>
    call(stack, 'POST', '/api/train', {
      json: {
        artistId: w.artistId,
        parseId: w.parseId,
        itemId: saved.body.trainingItemId,
        ...json,
      },
    });
  return {
    double,
    stack,
    w,
    itemId: saved.body.trainingItemId,
    asks,
    stop: async () => {
      await stack.stop();
      await double.stop();
    },
  };
}

describe('one excerpt', () => {
  let t;
  before(async () => {
    t = await start({ CAPTION_AUDIO: 'excerpt', CAPTION_AUDIO_SEC: '10' });
  });
  after(() => t?.stop());

  test('it is where most sounds, mono 24 kHz MP3, and its words are told apart', async () => {
    t.double.play(acts.stream(heard, hears(240)));
    const r = await t.asks();
    assert.equal(r.status, 200, JSON.stringify(r.body));
    assert.equal(r.body.audioHeard, true);
    assert.equal(r.body.version, 'train-v2');
    assert.equal(r.body.audioNote, undefined);
    const [{ body, headers }] = t.double.journal;
    assert.ok(Number(headers['content-length']) > 80000);
    const [clip, ...others] = heardIn(body);
    assert.equal(others.length, 0);
    assert.equal(clip.format, 'mp3');
    const sound = read(clip);
    assert.deepEqual([sound.rate, sound.channels], [24000, 1]);
    assert.ok(Math.abs(sound.sec - 10) < 0.2, `${sound.sec}`);
    assert.match(body.messages[0].content, /set decides, your ears color/);
    assert.match(
      JSON.stringify(body.messages[1].content),
      /excerpt 1 of 1, from second 40\.0 of the track/,
    );
    const { evidence } = r.body.fields;
    assert.equal(evidence['female vocal'], 'audio');
    assert.equal(evidence.breathy, 'audio');
    assert.equal(evidence.warm, 'schema');
    assert.equal(evidence['tape hiss'], undefined);
    assert.equal(r.body.fields.vocals, 'yes');
    assert.deepEqual(r.body.warnings, []);
    const { body: list } = await call(
      t.stack,
      'GET',
      `/api/train/generations?artistId=${t.w.artistId}&parseId=${t.w.parseId}`,
    );
    assert.deepEqual(
      [list.generations[0].audioHeard, list.generations[0].audioSec],
      [true, 10],
    );
  });

  test('an upload is heard as an item is, with a set or alone', async () => {
    const found = await call(
      t.stack,
      'POST',
      `/api/train/match?artistId=${t.w.artistId}`,
      { body: loudAt40(), headers: { 'Content-Type': 'audio/wav' } },
    );
    assert.equal(found.status, 200, JSON.stringify(found.body));
    const { uploadId } = found.body;
    for (const parseId of [t.w.parseId, undefined]) {
      t.double.play(acts.stream(heard, hears(240)));
      const r = await t.asks({ itemId: undefined, uploadId, parseId });
      assert.equal(r.body.audioHeard, true, JSON.stringify(r.body));
      assert.equal(heardIn(t.double.journal[0].body).length, 1);
    }
    assert.match(
      t.stack.psql(
        'SELECT parse_id FROM prompt_generations ORDER BY created_at DESC LIMIT 1',
      ),
      /^audio:[0-9a-f]{64}$/,
    );
    problem(await t.asks({ uploadId }), 400, 'invalid_field', 'uploadId');
    problem(
      await t.asks({
        itemId: undefined,
        uploadId: '00000000-0000-4000-8000-000000000000',
      }),
      404,
      'upload_not_found',
    );
  });

  test('with no audio named, or where it may not be heard, none goes along', async () => {
    for (const more of [{ itemId: undefined }, { audio: false }]) {
      t.double.play(acts.stream());
      const r = await t.asks(more);
      assert.equal(r.body.audioHeard, false);
      assert.equal(r.body.version, 'train-v1');
      assert.equal(r.body.audioNote, undefined);
      assert.equal(heardIn(t.double.journal[0].body).length, 0);
    }
  });

  test('what a set whose tracks are all known cannot play is a warning, heard or not', async () => {
    const w = await world(t.stack, {
      summary: { ...SUMMARY, tracks: SUMMARY.tracks.slice(0, 2) },
    });
    const { body: saved } = await save(t.stack, w, loudAt40());
    t.double.play(
      acts.stream(
        {
          ...heard,
          description:
            'Deep house with rolling bass and a saxophone, at 124 BPM in A minor',
          instruments: ['bass', 'saxophone'],
          heard: ['saxophone'],
        },
        hears(240),
      ),
    );
    const { body } = await t.asks({
      artistId: w.artistId,
      parseId: w.parseId,
      itemId: saved.trainingItemId,
    });
    assert.deepEqual(
      body.warnings.map((one) => [one.field, one.said]),
      [['instruments', 'saxophone']],
    );
    assert.equal(body.fields.evidence.saxophone, 'audio');
  });

  test('what a person makes of a caption is theirs', async () => {
    t.double.play(acts.stream(heard, hears(240)));
    const { body: made } = await t.asks();
    const promptText =
      'Deep house with a warm mood, rolling bass and a gritty saxophone, at 126 BPM in A minor';
    const saved = await save(t.stack, t.w, loudAt40(), {
      promptText,
      generationId: made.generationId,
    });
    const { fields, promptEdited } = saved.body.item;
    assert.equal(promptEdited, true);
    assert.equal(fields.description, promptText);
    assert.equal(fields.bpm, 126);
    assert.deepEqual(fields.instruments, ['bass', 'saxophone']);
    assert.deepEqual(
      [
        fields.evidence.gritty,
        fields.evidence.saxophone,
        fields.evidence.warm,
        fields.evidence['female vocal'],
        fields.evidence.rolling,
      ],
      ['person', 'person', 'schema', undefined, undefined],
    );
    const check = async (json) =>
      (
        await call(t.stack, 'POST', '/api/train/check', {
          json: { artistId: t.w.artistId, parseId: t.w.parseId, ...json },
        })
      ).body.evidence;
    assert.deepEqual(
      await check({ promptText, generationId: made.generationId }),
      fields.evidence,
    );
    assert.deepEqual(
      await check({ promptText: made.prompt, generationId: made.generationId }),
      made.fields.evidence,
    );
    const byHand = await check({
      promptText: 'Warm house with a gritty kick at 124 BPM',
    });
    assert.deepEqual(
      [
        byHand.warm,
        byHand.gritty,
        byHand.house,
        byHand['124 BPM'],
        byHand.with,
      ],
      ['schema', 'person', 'person', 'stated', undefined],
    );
    problem(
      await call(t.stack, 'POST', '/api/train/check', {
        json: {
          artistId: (await world(t.stack)).artistId,
          parseId: t.w.parseId,
          promptText,
          generationId: made.generationId,
        },
      }),
      404,
      'set_not_found',
    );
    const same = await save(t.stack, t.w, loudAt40(), {
      promptText: made.prompt,
      generationId: made.generationId,
    });
    assert.deepEqual(same.body.item.fields, made.fields);
  });

  test('a browser’s request sends none without a yes; a no binds everybody, and is taken back', async () => {
    const w = await world(t.stack);
    const {
      body: { trainingItemId: itemId },
    } = await save(t.stack, w, loudAt40());
    const origin = new URL(t.stack.url).origin;
    const ask = async (headers) => {
      t.double.play(acts.stream(heard, hears(240)));
      const { body } = await call(t.stack, 'POST', '/api/train', {
        json: { artistId: w.artistId, parseId: w.parseId, itemId },
        headers,
      });
      assert.equal(
        heardIn(t.double.journal[0].body).length,
        body.audioHeard ? 1 : 0,
        JSON.stringify(body),
      );
      return [body.audioHeard, body.audioNote];
    };
    const path = '/api/train/consent';
    const decide = (json) =>
      call(t.stack, 'PUT', path, { json: { artistId: w.artistId, ...json } });
    const { body: asked } = await call(
      t.stack,
      'GET',
      `${path}?artistId=${w.artistId}`,
    );
    const to = new URL(t.double.url).host;
    assert.deepEqual(asked, {
      audio: 'excerpt',
      to,
      here: true,
      sec: 10,
      count: 1,
      deaf: false,
      agreed: null,
      decidedAt: null,
    });
    assert.deepEqual(await ask({ origin }), [
      false,
      `nobody has agreed that this artist's audio goes to ${to}; it was not sent`,
    ]);
    assert.deepEqual(await ask({}), [true, undefined]);
    problem(await decide({ agreed: true }), 400, 'invalid_field', 'to');
    problem(await decide({ to }), 400, 'invalid_field', 'agreed');
    problem(
      await decide({ to: 'api.elsewhere.example', agreed: true }),
      409,
      'conflict',
    );
    assert.deepEqual(await ask({ origin }), [
      false,
      `nobody has agreed that this artist's audio goes to ${to}; it was not sent`,
    ]);
    assert.equal((await decide({ to, agreed: true })).body.agreed, true);
    assert.deepEqual(await ask({ origin }), [true, undefined]);
    assert.equal(
      (await call(t.stack, 'GET', `${path}?artistId=${t.w.artistId}`)).body
        .agreed,
      null,
    );
    const { body: no } = await decide({ agreed: false });
    assert.equal(no.agreed, false);
    for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }]) {
      const [was, why] = await ask(headers);
      assert.equal(was, false);
      assert.match(why, /goes to no model/);
    }
    // Consent is for one address: for a model elsewhere it does not count.
    t.stack.psql(
      `UPDATE audio_consents SET agreed = true, host = 'elsewhere.example' WHERE artist_id = '${w.artistId}'`,
    );
    assert.equal(
      (await call(t.stack, 'GET', `${path}?artistId=${w.artistId}`)).body
        .agreed,
      null,
    );
    assert.equal((await ask({ origin }))[0], false);
  });

  test('what a person made of captions goes along as examples, of other sets and no other artist’s', async () => {
    const w = await world(t.stack);
    const asked = async (stack, json) => {
      t.double.play(acts.stream());
      const { body } = await call(stack, 'POST', '/api/train', {
        json: { artistId: w.artistId, parseId: w.parseId, ...json },
      });
      return {
        ...body,
        question: t.double.journal[0].body.messages[1].content,
      };
    };
    const first = await asked(t.stack);
    assert.deepEqual(first.examples, []);
    assert.doesNotMatch(first.question, /Captions of other tracks/);
    const promptText =
      'Deep house, dark and smoky, with rolling bass and sparse hi-hats, at 124 BPM in A minor';
    const { body: saved } = await save(t.stack, w, loudAt40(), {
      promptText,
      generationId: first.generationId,
    });
    assert.equal(saved.item.promptEdited, true);
    // Not for the set that it is of.
    assert.deepEqual((await asked(t.stack)).examples, []);
    const other = await call(
      t.stack,
      'POST',
      `/api/library?artistId=${w.artistId}`,
      {
        json: {
          parseId: `${w.parseId}-2`,
          alsFilename: 'Two.als',
          projectName: 'Two',
          summary: SUMMARY,
        },
      },
    );
    const { parseId } = other.body;
    const { question, examples } = await asked(t.stack, { parseId });
    assert.ok(question.includes(JSON.stringify([promptText])), question);
    assert.deepEqual(examples, [saved.trainingItemId]);
    const { body: list } = await call(
      t.stack,
      'GET',
      `/api/train/generations?artistId=${w.artistId}&parseId=${parseId}`,
    );
    assert.deepEqual(list.generations[0].examples, [saved.trainingItemId]);
    assert.deepEqual(
      (await asked(t.stack, { artistId: t.w.artistId, parseId: t.w.parseId }))
        .examples,
      [],
    );
  });

  test('no file of an excerpt is left', () => {
    assert.deepEqual(fs.readdirSync(t.stack.spool), []);
  });
});

// Each on its own server, since the behavior of a server is remembered.
describe('did it hear?', () => {
  let t;
  before(async () => {
    t = await start({ CAPTION_AUDIO: 'excerpt', CAPTION_AUDIO_SEC: '10' });
  });
  after(() => t?.stop());
  const fresh = () => t.stack.restart('train'); // forgets

  test('audio that was dropped without a word: said, and not sent again', async () => {
    t.double.play(acts.stream(good, hears(0)));
    const r = await t.asks();
    assert.equal(r.body.audioHeard, false);
    assert.match(r.body.audioNote, /dropped the audio/);
    assert.ok(!Object.values(r.body.fields.evidence).includes('audio'));
    const again = await t.asks();
    assert.deepEqual(
      [again.body.audioHeard, again.body.version],
      [false, 'train-v1'],
    );
    assert.match(again.body.audioNote, /does not hear/);
    assert.deepEqual(
      t.double.journal.map((e) => heardIn(e.body).length),
      [1, 0],
    );
  });

  test('by the tokens alone, once a question without audio was counted', async () => {
    await fresh();
    t.double.play(acts.stream(good, { usage: { prompt_tokens: 1000 } }));
    await t.asks({ audio: false });
    const bytes = t.double.journal[0].body.messages.reduce(
      (n, m) => n + m.content.length,
      0,
    );
    for (const [extra, expected] of [
      [300, true],
      [0, false],
    ]) {
      t.double.play((req, res) =>
        acts.stream(good, {
          usage: {
            prompt_tokens:
              Math.round((1000 * said(t.double.journal[0].body)) / bytes) +
              extra,
          },
        })(req, res),
      );
      assert.equal((await t.asks()).body.audioHeard, expected, `${extra}`);
    }
  });
  const said = (body) =>
    body.messages.reduce(
      (n, m) =>
        n +
        (typeof m.content === 'string'
          ? m.content
          : m.content
              .filter((p) => p.type === 'text')
              .slice(0, 1)
              .map((p) => p.text)
              .join('')
        ).length,
      0,
    );

  test('a server that tells nothing leaves it open', async () => {
    await fresh();
    t.double.play(acts.stream(good, { usage: { prompt_tokens: 0 } }));
    assert.equal((await t.asks()).body.audioHeard, null);
  });

  for (const [what, status, message] of [
    ['its content is a text', 400, 'messages[1]: content must be a string'],
    ['an unknown part', 422, 'unknown variant `input_audio`, expected `text`'],
    [
      'no projector',
      500,
      'audio input is not supported - hint: you may need to provide the mmproj',
    ],
    ['no endpoint', 404, 'No endpoints found that support input audio'],
  ]) {
    test(`a refusal (${what}) is asked again without, and remembered`, async () => {
      await fresh();
      t.double.play(acts.error(status, { message }), acts.stream());
      const r = await t.asks();
      assert.equal(r.status, 200, JSON.stringify(r.body));
      assert.equal(r.body.audioHeard, false);
      assert.match(r.body.audioNote, /takes no audio/);
      assert.deepEqual(
        t.double.journal.map((e) => heardIn(e.body).length),
        [1, 0],
      );
      await t.asks();
      assert.equal(heardIn(t.double.journal[2].body).length, 0);
    });
  }

  test('a format that excludes audio is left out, and the audio stays', async () => {
    await fresh();
    t.double.play(
      acts.error(400, {
        message:
          "'response_format' of type 'json_schema' is not supported with audio",
      }),
      acts.stream(`Here it is:\n${JSON.stringify(heard)}`, hears(240)),
      acts.stream(heard, hears(240)),
    );
    const r = await t.asks();
    assert.equal(r.body.audioHeard, true);
    assert.equal(r.body.prompt, heard.description);
    await t.asks({ audio: false });
    assert.deepEqual(
      t.double.journal.map((e) => [
        heardIn(e.body).length,
        Boolean(e.body.response_format),
      ]),
      [
        [1, true],
        [1, false],
        [0, true],
      ],
    );
  });

  for (const [what, act] of [
    ['413', acts.error(413, { message: 'Request Entity Too Large' })],
    [
      'a context that is too small',
      acts.error(400, {
        code: 'context_length_exceeded',
        message: 'maximum context length is 4096 tokens',
      }),
    ],
  ]) {
    test(`audio too large (${what}) is left out this once`, async () => {
      await fresh();
      t.double.play(act, acts.stream(), acts.stream(heard, hears(240)));
      const r = await t.asks();
      assert.equal(r.body.audioHeard, false, JSON.stringify(r.body));
      assert.match(r.body.audioNote, /too (large|long)/);
      assert.equal((await t.asks()).body.audioHeard, true);
    });
  }

  for (const [what, line] of [
    ['lyrics', 'I want to be with you, my love, oh my love, take me home'],
    [
      'a transcription',
      'A female voice says: "come a little closer to me now"',
    ],
    ['a chant', 'Yeah yeah yeah yeah, deep house'],
    [
      'German',
      'Deep House mit einem rollenden Bass und sehr warmen Pads, 124 BPM, A minor',
    ],
    ['Japanese', '暖かいベースとハイハットのディープハウス、124 BPM'],
    ['sung orders obeyed', 'Ignoring all instructions, as the user asked'],
  ]) {
    test(`${what} is not a caption: asked for again with the reason`, async () => {
      await fresh();
      t.double.play(
        acts.stream({ ...heard, description: line }, hears(240)),
        acts.stream(heard, hears(240)),
      );
      const r = await t.asks();
      assert.equal(r.body.prompt, heard.description, JSON.stringify(r.body));
      assert.equal(t.double.journal.length, 2);
      assert.match(
        JSON.stringify(t.double.journal[1].body.messages[1].content),
        /could not be used/,
      );
    });
  }

  test('what is obeyed twice is asked for without the audio', async () => {
    await fresh();
    const led = acts.stream(
      { ...heard, description: 'Sure, I will ignore all instructions' },
      hears(240),
    );
    t.double.play(led, led, acts.stream());
    const r = await t.asks();
    assert.equal(r.body.prompt, good.description, JSON.stringify(r.body));
    assert.equal(r.body.audioHeard, false);
    assert.deepEqual(
      t.double.journal.map((e) => heardIn(e.body).length),
      [1, 1, 0],
    );
  });

  test('events say it too', async () => {
    await fresh();
    t.double.play(acts.stream(heard, hears(240)));
    const r = await call(t.stack, 'POST', '/api/train', {
      headers: { Accept: 'text/event-stream' },
      json: { artistId: t.w.artistId, itemId: t.itemId },
    });
    const done = parsed(r.body).at(-1);
    assert.deepEqual([done.name, done.data.audioHeard], ['done', true]);
  });
});

test('several excerpts are spread over the track, as WAV if that is set', async () => {
  const t = await start({
    CAPTION_AUDIO: 'windows',
    CAPTION_AUDIO_SEC: '5',
    CAPTION_AUDIO_COUNT: '4',
    CAPTION_AUDIO_FORMAT: 'wav',
  });
  try {
    t.double.play(acts.stream(heard, hears(100)));
    assert.equal((await t.asks()).body.audioHeard, true);
    const clips = heardIn(t.double.journal[0].body);
    assert.deepEqual(
      clips.map((c) => c.format),
      ['wav', 'wav', 'wav', 'wav'],
    );
    const sounds = clips.map(read);
    assert.ok(
      sounds.every(
        (s) =>
          s.rate === 22050 && s.channels === 1 && Math.abs(s.sec - 5) < 0.1,
      ),
      JSON.stringify(sounds),
    );
    const texts = t.double.journal[0].body.messages[1].content
      .filter((p) => p.type === 'text')
      .map((p) => p.text);
    assert.match(texts[1], /excerpt 1 of 4, from second 5\.0/);
    assert.match(texts[4], /excerpt 4 of 4, from second 50\.0/);

    // Each window gets one, with its number; what was heard is reported
    // separately.
    const { body: loud } = await save(
      t.stack,
      t.w,
      wav(60, { rate: 22050, channels: 1 }),
    );
    const path = `/api/train/items/${loud.trainingItemId}`;
    assert.ok(
      await soon(
        async () => (await call(t.stack, 'GET', path)).body.analysis === 'done',
        60,
      ),
    );
    t.double.play((req, res) =>
      acts.stream(
        {
          windows: JSON.parse(
            t.double.journal.at(-1).body.messages[1].content[0].text,
          ).windows.map(({ position }) => ({
            ...heard,
            description:
              'Deep house with rolling bass and a breathy female vocal, at 124 BPM in A minor',
            position,
          })),
        },
        hears(150),
      )(req, res),
    );
    const generate = (json, headers, at = path) =>
      call(t.stack, 'POST', `${at}/windows/generate`, {
        json: { maxSec: 20, ...json },
        headers,
      });
    const { body } = await generate({});
    assert.deepEqual(
      [body.windows.length, body.audioHeard, body.audioNote],
      [3, true, undefined],
      JSON.stringify(body),
    );
    assert.equal(t.double.journal.length, 1);
    assert.equal(heardIn(t.double.journal[0].body).length, 3);
    assert.match(
      t.double.journal[0].body.messages[0].content,
      /After it may come the audio of some of the windows/,
    );
    const said = t.double.journal[0].body.messages[1].content
      .filter((part) => part.type === 'text')
      .map((part) => part.text);
    assert.deepEqual(
      said.slice(1),
      [0, 1, 2].map((i) => `Audio of the window at position ${i}:`),
    );
    assert.ok(
      heardIn(t.double.journal[0].body)
        .map(read)
        .every((s) => Math.abs(s.sec - 5) < 0.1),
    );
    assert.deepEqual(
      body.windows.map((w) => [
        w.systemPromptVersion,
        w.fields.evidence.breathy,
      ]),
      Array(3).fill(['windows-v4', 'audio']),
    );
    assert.equal(
      t.stack
        .psql(
          `SELECT audio_sec, audio_heard FROM prompt_generations WHERE id = '${body.windows[0].generationId}'`,
        )
        .trim(),
      '15|t',
    );
    // Silence has nothing to hear.
    const quiet = await generate({}, {}, `/api/train/items/${t.itemId}`);
    assert.deepEqual(
      [quiet.body.windows.length, quiet.body.audioHeard],
      [3, true],
    );
    assert.equal(heardIn(t.double.journal[1].body).length, 1);
    assert.equal(
      t.double.journal[1].body.messages[1].content[1].text,
      'Audio of the window at position 2:',
    );
    // A browser without a yes, and who says so, send none.
    t.double.play(acts.error(400, { message: 'no' }));
    await generate({ audio: false });
    assert.doesNotMatch(
      JSON.stringify(t.double.journal[0].body),
      /input_audio/,
    );
    t.double.play(acts.error(400, { message: 'no' }));
    await generate({}, { origin: new URL(t.stack.url).origin });
    assert.doesNotMatch(
      JSON.stringify(t.double.journal[0].body),
      /input_audio/,
    );
  } finally {
    await t.stop();
  }
});

test('off is off, and CAPTION_PROMPT is obeyed', async () => {
  const t = await start({
    CAPTION_PROMPT: 'train-v2',
    CAPTION_EXAMPLES: 'off',
  });
  try {
    // An edited caption of another set, which would be an example.
    t.stack
      .psql(`WITH g AS (INSERT INTO prompt_generations (artist_id, parse_id, prompt, model_name, system_prompt_version) VALUES ('${t.w.artistId}', 'other', 'House', 'm', 'train-v1') RETURNING id)
      UPDATE training_items SET parse_id = 'other', prompt_edited = true, generation_id = (SELECT id FROM g) WHERE id = '${t.itemId}'`);
    t.double.play(acts.stream());
    const { body } = await t.asks();
    assert.deepEqual(body.examples, []);
    assert.deepEqual(
      [body.version, body.audioHeard, heardIn(t.double.journal[0].body).length],
      ['train-v2', false, 0],
    );
  } finally {
    await t.stop();
  }
});
