// Goal: a track is cut into windows, each with a caption that says what sounds
// in it and nothing else: by the template, by a model that is asked once, by a
// user whose words survive a new cut; without an alignment, captions only say
// what holds for the whole track.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.js';
import { startDouble } from '../lib/model-double.js';
import { call, problem, soon, world } from '../lib/client.js';
import { bounceOf, song, summaryOf } from '../lib/song.js';
import { parsed } from '../lib/train.js';

const BAR = 192; // ticks
const bar = 240 / 124;

// 48 bars: drums all the time, a lead from bar 25 on.
const late = (seed) => {
  const s = song(seed, { bars: 48 });
  return { ...s, notes: s.notes.filter((n) => n.tick >= 24 * BAR) };
};
const music = late(5);

async function analyzed(stack, id) {
  let item;
  assert.ok(
    await soon(async () => {
      item = (await call(stack, 'GET', `/api/train/items/${id}`)).body;
      return item.analysis !== 'pending';
    }, 120),
  );
  return item;
}

// An artist with the set and an item of its bounce.
async function track(
  stack,
  {
    of = music,
    audio = bounceOf(of),
    summary = summaryOf(of, 'Late'),
    parseId,
  } = {},
) {
  const w = await world(stack, { summary });
  const saved = await call(stack, 'POST', '/api/train/save', {
    json: {
      artistId: w.artistId,
      parseId: parseId ?? w.parseId,
      promptText: 'the caption of all',
      audioBase64: audio.toString('base64'),
    },
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  return {
    ...w,
    id: saved.body.trainingItemId,
    windows: `/api/train/items/${saved.body.trainingItemId}/windows`,
  };
}

const generate = (stack, t, json) =>
  call(stack, 'POST', `${t.windows}/generate`, { json });

describe('with no model', () => {
  let stack, t;
  before(async () => {
    stack = await startStack();
    t = await track(stack);
  });
  after(() => stack?.stop());

  test('an item has none at first, then each says what sounds in it', async () => {
    assert.deepEqual((await call(stack, 'GET', t.windows)).body, {
      windows: [],
    });
    const made = await generate(stack, t, {}); // waits for the analysis
    assert.equal(made.status, 200, JSON.stringify(made.body));
    assert.deepEqual(made.body.replaced, []);
    const ws = made.body.windows;
    assert.deepEqual(
      (await call(stack, 'GET', t.windows)).body.windows.map(
        (w) => w.promptText,
      ),
      ws.map((w) => w.promptText),
    );
    assert.ok(ws.length >= 3 && ws.length <= 5, JSON.stringify(ws));
    assert.deepEqual(
      ws.map((w) => w.position),
      ws.map((w, i) => i),
    );
    for (const [i, w] of ws.entries()) {
      assert.ok(w.endSec - w.startSec <= 30.0001 && w.endSec > w.startSec);
      if (i > 0) assert.ok(Math.abs(w.startSec - ws[i - 1].endSec) < 0.001);
      assert.ok(w.known && !w.edited && !w.excluded && w.source === 'embedded');
      const lead = w.startBar + w.bars > 25;
      assert.equal(
        w.sounds.some((s) => /lead/.test(s)),
        lead,
        JSON.stringify(w),
      );
      assert.equal(/lead/i.test(w.promptText), lead, w.promptText);
      assert.match(w.promptText, /drum/i);
      assert.match(w.promptText, /124 BPM/);
      assert.doesNotMatch(w.promptText, /later|enter/);
      assert.deepEqual(w.warnings, []);
      assert.equal(w.fields.bpm, 124);
    }
    assert.ok(
      ws.some((w) => /lead/i.test(w.promptText)) &&
        ws.some((w) => !/lead/i.test(w.promptText)),
    );
    assert.ok(
      ws.some((w) => Math.abs(w.startBar - 25) < 0.01),
      'a cut where the lead comes in',
    );
    assert.ok(ws.every((w) => Math.abs(w.energyDb) < 6));
    const lead = ws.filter((w) => w.sounds.includes('lead line'));
    assert.ok(
      Math.max(...lead.map((w) => w.energyDb)) >
        Math.min(...ws.map((w) => w.energyDb)),
    );
    assert.ok(
      lead.every(
        (w) =>
          !w.enters.includes('lead line') && !w.leaves.includes('lead line'),
      ),
    );
    // No caption of the track: that stays the newest.
    const history = await call(
      stack,
      'GET',
      `/api/train/generations?artistId=${t.artistId}&parseId=${t.parseId}`,
    );
    assert.deepEqual(history.body.generations, []);
    assert.equal(
      (await call(stack, 'GET', `/api/train/items/${t.id}`)).body.promptText,
      'the caption of all',
    );
  });

  test('chords that the notes state and the audio has are said', async () => {
    const loop = [
      [45, 57, 60, 64],
      [41, 57, 60, 65],
      [48, 55, 60, 64],
      [43, 55, 59, 62],
    ];
    const of = song(11, { bars: 32, chords: loop });
    const summary = summaryOf(of, 'Chords');
    const said = /over A minor, F major, C major and G major chords/;
    for (const tuned of [0, 1]) {
      const one = await track(stack, {
        of,
        summary,
        audio: bounceOf(of, 0, undefined, tuned),
      });
      const made = await generate(stack, one, {});
      assert.equal(made.status, 200, JSON.stringify(made.body));
      assert.ok(made.body.windows.length >= 2);
      for (const w of made.body.windows) {
        assert.equal(w.known, tuned === 0, 'tuned up it is no such bounce');
        assert.equal(said.test(w.promptText), tuned === 0, w.promptText);
        assert.equal(/chord/.test(w.promptText), tuned === 0, w.promptText);
        assert.deepEqual(w.warnings, []);
        assert.equal(w.fields.key ?? null, null);
      }
      if (tuned) continue;
      const held = (promptText) =>
        call(stack, 'POST', '/api/train/check', {
          json: {
            artistId: one.artistId,
            itemId: one.id,
            position: 0,
            promptText,
          },
        });
      assert.deepEqual(
        (await held('Lead line over A minor and G major chords')).body.warnings,
        [],
      );
      assert.deepEqual(
        (
          await held('Lead line over A minor and E major chords')
        ).body.warnings.map((w) => [w.field, w.said, w.set]),
        [['chords', 'E major', 'A minor, F major, C major and G major']],
      );
    }
  });

  test('events tell each window, then all', async () => {
    const r = await call(stack, 'POST', `${t.windows}/generate`, {
      json: { maxSec: 20 },
      headers: { Accept: 'text/event-stream' },
    });
    const events = parsed(r.body);
    assert.equal(events.at(-1).name, 'done');
    const each = events.filter((e) => e.name === 'window').map((e) => e.data);
    assert.deepEqual(
      each.map((w) => w.promptText),
      events.at(-1).data.windows.map((w) => w.promptText),
    );
    assert.ok(
      each.length >= 5 && each.every((w) => w.endSec - w.startSec <= 20.001),
    );
    assert.deepEqual(events.at(-1).data.replaced, []);
  });

  test('what a person wrote stays where its bars stay, and is given back else', async () => {
    const { windows } = (await generate(stack, t, {})).body;
    const one = await call(stack, 'PATCH', `${t.windows}/1`, {
      json: { promptText: 'House with drums and a saxophone at 90 BPM' },
    });
    assert.equal(one.status, 200, JSON.stringify(one.body));
    assert.ok(one.body.edited);
    assert.deepEqual(one.body.warnings.map((w) => w.field).sort(), [
      'instruments',
      'tempo',
    ]);
    assert.equal(one.body.fields.bpm, 90);
    const left = await call(stack, 'PATCH', `${t.windows}/0`, {
      json: { excluded: true },
    });
    assert.ok(left.body.excluded && !left.body.edited);
    assert.equal(left.body.promptText, windows[0].promptText);

    const again = (await generate(stack, t, {})).body;
    assert.equal(again.windows[1].promptText, one.body.promptText);
    assert.ok(again.windows[1].edited && again.windows[0].excluded);
    assert.deepEqual(again.replaced, []);
    const other = (await generate(stack, t, { maxSec: 16 })).body;
    assert.deepEqual(
      other.replaced.map((w) => w.promptText),
      [one.body.promptText],
    );
    assert.ok(other.windows.every((w) => !w.edited));
    await call(stack, 'PATCH', `${t.windows}/0`, {
      json: { promptText: 'mine' },
    });
    const gone = (await generate(stack, t, { maxSec: 16, keepEdited: false }))
      .body;
    assert.deepEqual(
      gone.replaced.map((w) => w.promptText),
      ['mine'],
    );
    assert.ok(gone.windows.every((w) => !w.edited));
  });

  test('all are replaced as a person has them', async () => {
    const { windows } = (await generate(stack, t, {})).body;
    const put = (list) =>
      call(stack, 'PUT', t.windows, { json: { windows: list } });
    const same = await put(windows);
    assert.equal(same.status, 200, JSON.stringify(same.body));
    assert.deepEqual(same.body.windows, windows);
    assert.deepEqual(same.body.replaced, []);
    const two = await put([
      { startSec: 0, endSec: 8 * bar, promptText: 'Drums alone' },
      { startSec: 30 * bar, endSec: 40 * bar, excluded: true },
    ]);
    assert.deepEqual(
      two.body.windows.map((w) => [
        w.promptText,
        w.edited,
        w.excluded,
        w.source,
      ]),
      [
        ['Drums alone', true, false, 'person'],
        [null, false, true, 'person'],
      ],
    );
    assert.ok(
      Math.abs(two.body.windows[1].startBar - 31) < 0.02 &&
        Math.abs(two.body.windows[1].bars - 10) < 0.02,
    );
    const [across] = (await put([{ startSec: 16 * bar, endSec: 32 * bar }]))
      .body.windows;
    assert.ok(
      across.enters.includes('lead line') &&
        !across.leaves.includes('lead line'),
      JSON.stringify(across),
    );
    assert.ok(
      two.body.windows[1].sounds.some((s) => /lead/.test(s)) &&
        !two.body.windows[0].sounds.some((s) => /lead/.test(s)),
    );
    await put([{ startSec: 0, endSec: 8 * bar, promptText: 'Drums alone' }]);
    const none = await put([]);
    assert.deepEqual(none.body.windows, []);
    assert.deepEqual(
      none.body.replaced.map((w) => w.promptText),
      ['Drums alone'],
    );
    problem(
      await put([{ startSec: 10, endSec: 5 }]),
      400,
      'invalid_field',
      'windows',
    );
    problem(
      await put([
        { startSec: 0, endSec: 9 },
        { startSec: 5, endSec: 12 },
      ]),
      400,
      'invalid_field',
      'windows',
    );
    problem(
      await put([{ startSec: 0, endSec: 9000 }]),
      400,
      'invalid_field',
      'windows',
    );
    problem(await put([7]), 400, 'invalid_field', 'windows');
    problem(await put('x'), 400, 'invalid_field', 'windows');
    assert.deepEqual((await call(stack, 'GET', t.windows)).body.windows, []);
  });

  test('what an unknown track may have played does not enter', async () => {
    const summary = summaryOf(music, 'Late');
    Object.assign(summary.tracks[0], { name: 'Zork', role: 'other' });
    const u = await track(stack, { summary });
    await analyzed(stack, u.id);
    const list = [{ startSec: 16 * bar, endSec: 32 * bar }];
    const put = await call(stack, 'PUT', u.windows, {
      json: { windows: list },
    });
    const [across] = put.body.windows;
    assert.ok(across.sounds.includes('lead line'), JSON.stringify(across));
    assert.deepEqual([across.enters, across.leaves], [[], []]);
  });

  test('a text is held against its own window', async () => {
    const { windows } = (await generate(stack, t, {})).body;
    const check = async (position) =>
      (
        await call(stack, 'POST', '/api/train/check', {
          json: {
            artistId: t.artistId,
            itemId: t.id,
            position,
            promptText: 'Drums and a lead line at 124 BPM',
          },
        })
      ).body.warnings.map((w) => w.said);
    assert.deepEqual(await check(0), ['lead line']);
    assert.deepEqual(await check(windows.length - 1), []);
    assert.deepEqual(await check(undefined), []); // against all of the set
    problem(
      await call(stack, 'POST', '/api/train/check', {
        json: {
          artistId: t.artistId,
          itemId: t.id,
          position: 99,
          promptText: 'x',
        },
      }),
      404,
      'window_not_found',
    );
  });

  test('what is not there, and invalid requests', async () => {
    const nobody =
      '/api/train/items/00000000-0000-4000-8000-000000000000/windows';
    problem(await call(stack, 'GET', nobody), 404, 'item_not_found');
    problem(
      await call(stack, 'POST', `${nobody}/generate`, { json: {} }),
      404,
      'item_not_found',
    );
    problem(
      await call(stack, 'PATCH', `${t.windows}/99`, {
        json: { excluded: true },
      }),
      404,
      'window_not_found',
    );
    problem(
      await call(stack, 'PATCH', `${t.windows}/-1`, {
        json: { excluded: true },
      }),
      404,
      'window_not_found',
    );
    problem(
      await call(stack, 'PATCH', `${t.windows}/0`, { json: {} }),
      400,
      'invalid_field',
    );
    problem(
      await call(stack, 'PATCH', `${t.windows}/0`, {
        json: { promptText: '  ' },
      }),
      400,
      'invalid_field',
      'promptText',
    );
    problem(
      await generate(stack, t, { maxSec: 'x' }),
      400,
      'invalid_field',
      'maxSec',
    );
    problem(
      await generate(stack, t, { maxSec: 0.5 }),
      400,
      'invalid_field',
      'maxSec',
    );
    problem(
      await generate(stack, t, { maxSec: 20, minSec: 25 }),
      400,
      'invalid_field',
      'minSec',
    );
    const r = await call(stack, 'DELETE', t.windows);
    problem(r, 405, 'method_not_allowed');
    assert.match(r.headers.get('allow'), /PUT/);
    const queued = (
      await call(stack, 'POST', '/api/train/items', {
        json: { artistId: t.artistId, parseIds: [t.parseId] },
      })
    ).body.items[0];
    problem(
      await call(
        stack,
        'POST',
        `/api/train/items/${queued.id}/windows/generate`,
        { json: {} },
      ),
      409,
      'conflict',
    );
    assert.equal(
      (await call(stack, 'POST', `${t.windows}/generate`)).status,
      200,
    ); // no body at all
  });

  test('a deleted item comes back with its windows', async () => {
    await generate(stack, t, {});
    const was = (
      await call(stack, 'PATCH', `${t.windows}/1`, {
        json: { promptText: 'drums' },
      })
    ).status;
    assert.equal(was, 200);
    const before = (await call(stack, 'GET', t.windows)).body;
    await call(stack, 'DELETE', `/api/train/items/${t.id}`);
    problem(await call(stack, 'GET', t.windows), 404, 'item_not_found');
    await call(stack, 'POST', `/api/train/items/${t.id}/restore`);
    assert.deepEqual((await call(stack, 'GET', t.windows)).body, before);
  });

  // Other audio, and the windows once it is analyzed.
  async function exchange(of, audio) {
    const put = await call(stack, 'PUT', `/api/train/items/${of.id}/audio`, {
      body: audio,
      headers: { 'content-type': 'audio/wav' },
    });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    const between = (await call(stack, 'GET', of.windows)).body;
    await analyzed(stack, of.id);
    return { between, after: (await call(stack, 'GET', of.windows)).body };
  }

  test('other audio makes them anew; what a person did stays at its bars, or waits', async () => {
    const own = await track(stack);
    const { windows } = (await generate(stack, own, { maxSec: 16 })).body; // 8 bars each
    const [edited, out, first] = [windows[2], windows[3], windows[0]];
    const patch = (w, json) =>
      call(stack, 'PATCH', `${own.windows}/${w.position}`, { json });
    await patch(edited, { promptText: 'mine of the middle' });
    await patch(first, { promptText: 'mine of the intro' });
    await patch(out, { excluded: true });
    // The same song from bar 5 on, with the bars of the intro missing.
    const { after } = await exchange(own, bounceOf(music, 4 * bar));
    assert.ok(after.windows.length >= 5, JSON.stringify(after));
    assert.ok(Math.abs(after.windows[0].startBar - 5) < 0.05);
    assert.deepEqual(
      after.windows.map((w) => w.position),
      after.windows.map((w, i) => i),
    );
    for (const [i, w] of after.windows.entries()) {
      assert.ok(
        w.known &&
          w.endSec - w.startSec <= 16.001 &&
          (i === 0 || w.startSec >= after.windows[i - 1].endSec - 0.001),
      );
      if (!w.edited)
        assert.equal(
          /lead/i.test(w.promptText),
          w.startBar + w.bars > 25.1,
          JSON.stringify(w),
        );
    }
    const mine = after.windows.find((w) => w.edited);
    assert.deepEqual(
      [mine.promptText, mine.startBar, mine.bars],
      ['mine of the middle', edited.startBar, edited.bars],
    );
    assert.ok(Math.abs(mine.startSec - (edited.startSec - 4 * bar)) < 0.05);
    assert.ok(
      after.windows.some(
        (w) => w.excluded && Math.abs(w.startBar - out.startBar) < 0.05,
      ),
    );
    assert.deepEqual(
      after.replaced.map((w) => w.promptText),
      ['mine of the intro'],
    );
    problem(
      await call(
        stack,
        'PATCH',
        `${own.windows}/${after.replaced[0].position}`,
        { json: { excluded: true } },
      ),
      404,
      'window_not_found',
    );
    // It stops waiting when its bars come back.
    const back = await exchange(own, bounceOf(music));
    assert.equal(back.after.replaced, undefined);
    assert.deepEqual(
      back.after.windows
        .filter((w) => w.edited)
        .map((w) => [w.promptText, w.startBar]),
      [
        ['mine of the intro', first.startBar],
        ['mine of the middle', edited.startBar],
      ],
    );
    assert.ok(
      Math.abs(
        back.after.windows.find((w) => w.excluded).startBar - out.startBar,
      ) < 0.05,
    );
    // Another song: nothing of it is known, and nothing is lost.
    const other = await exchange(own, bounceOf(late(77)));
    assert.deepEqual(
      other.after.replaced.map((w) => w.promptText),
      ['mine of the intro', 'mine of the middle'],
    );
    assert.ok(
      other.after.windows.length >= 3 &&
        other.after.windows.every((w) => !w.known && !w.edited),
    );
  });

  test('while other audio is analyzed none are there, and no word is lost', async () => {
    const own = await track(stack);
    await generate(stack, own, {});
    const edited = (
      await call(stack, 'PATCH', `${own.windows}/1`, {
        json: { promptText: 'mine' },
      })
    ).body;
    // A bounce that replaces the item takes them along.
    const saved = await call(stack, 'POST', '/api/train/save', {
      json: {
        artistId: own.artistId,
        parseId: own.parseId,
        promptText: 'anew',
        ifExists: 'replace',
        audioBase64: bounceOf(music).toString('base64'),
      },
    });
    assert.equal(saved.body.replaced, own.id, JSON.stringify(saved.body));
    own.id = saved.body.trainingItemId;
    own.windows = `/api/train/items/${own.id}/windows`;
    await analyzed(stack, own.id);
    const { windows } = (await call(stack, 'GET', own.windows)).body;
    assert.ok(windows.length >= 3, JSON.stringify(windows));
    assert.deepEqual(
      windows.filter((w) => w.edited).map((w) => [w.promptText, w.startBar]),
      [['mine', edited.startBar]],
    );

    await call(stack, 'DELETE', `/api/train/items/${own.id}/audio`);
    const { body } = await call(stack, 'GET', own.windows);
    assert.deepEqual(body.windows, []);
    assert.deepEqual(
      body.replaced.map((w) => w.promptText),
      ['mine'],
    );
  });

  test("a caption that changes makes them anew by what the artist's schema says now", async () => {
    const own = await track(stack);
    const { windows } = (await generate(stack, own, {})).body;
    await call(stack, 'PATCH', `${own.windows}/1`, {
      json: { promptText: 'mine, with a saxophone' },
    });
    await call(stack, 'PATCH', `${own.windows}/2`, {
      json: { excluded: true },
    });
    const patch = () =>
      call(stack, 'PATCH', `/api/train/items/${own.id}`, {
        json: { promptText: 'another caption' },
      });
    assert.equal((await patch()).status, 200);
    const same = (await call(stack, 'GET', own.windows)).body.windows;
    assert.deepEqual(
      same.map((w) => w.generationId),
      windows.map((w) => w.generationId),
      'nothing new was written',
    );
    const put = await call(
      stack,
      'PUT',
      `/api/artists/${own.artistId}/schema`,
      { json: { genre: 'gabber', moods: ['grim'] } },
    );
    assert.equal(put.status, 200);
    assert.equal((await patch()).status, 200);
    const { windows: now } = (await call(stack, 'GET', own.windows)).body;
    assert.deepEqual(
      now.map((w) => [w.startBar, w.bars]),
      windows.map((w) => [w.startBar, w.bars]),
    );
    assert.equal(now[1].promptText, 'mine, with a saxophone');
    assert.ok(
      now[1].edited &&
        now[1].warnings.some((w) => w.field === 'instruments') &&
        now[2].excluded,
    );
    for (const w of now.filter((x) => !x.edited))
      assert.match(w.promptText, /gabber/i);
    assert.ok(
      now[0].generationId && now[0].generationId !== windows[0].generationId,
    );
    assert.equal(
      (await call(stack, 'GET', `/api/train/items/${own.id}`)).body.promptText,
      'another caption',
    );
  });

  test("a person's own cut stays", async () => {
    const own = await track(stack);
    await analyzed(stack, own.id);
    await call(stack, 'PUT', own.windows, {
      json: {
        windows: [
          { startSec: 8 * bar, endSec: 18 * bar, promptText: 'ten bars' },
          { startSec: 30 * bar, endSec: 40 * bar },
        ],
      },
    });
    const { after } = await exchange(own, bounceOf(music, 4 * bar));
    assert.deepEqual(
      after.windows.map((w) => [
        w.promptText,
        Math.round(w.startBar),
        Math.round(w.bars),
      ]),
      [
        ['ten bars', 9, 10],
        [null, 31, 10],
      ],
    );
    assert.ok(Math.abs(after.windows[0].startSec - 4 * bar) < 0.06);
  });

  // Forty seconds of C major, the notes of its chord more than the others.
  function inCMajor() {
    const rate = 22050,
      steps = [0, 4, 7, 0, 2, 4, 5, 7, 0, 9, 11, 0, 4, 7];
    const audio = bounceOf({ ...music, drums: [], notes: [] }, 0, 40);
    for (let i = 0; i < 40 * rate; i++) {
      const hz =
        261.63 * 2 ** (steps[Math.floor((i / rate) * 2) % steps.length] / 12);
      audio.writeInt16LE(
        Math.round(9000 * Math.sin((2 * Math.PI * hz * i) / rate)),
        44 + 2 * i,
      );
    }
    return audio;
  }

  test('the audio is a second witness of the key', async () => {
    for (const [text, evidence, witness, said] of [
      ['F# major', 'heard', 'contradicts', false],
      ['C major', 'guessed', 'agrees', true],
      ['F# major', 'stated', 'contradicts', true],
    ]) {
      const of = await track(stack, {
        audio: inCMajor(),
        summary: {
          projectName: 'Key',
          tempo: { bpm: 124 },
          key: { text, evidence },
          tracks: [],
        },
      });
      const item = await analyzed(stack, of.id);
      assert.deepEqual(
        item.alignment.key,
        { text: 'C major', witness },
        JSON.stringify(item),
      );
      assert.equal(
        item.checks.some(
          (c) => c.code === 'key_differs' && c.detail.includes(text),
        ),
        witness === 'contradicts',
      );
      const { windows } = (await generate(stack, of, {})).body;
      assert.ok(
        windows.length > 1 &&
          windows.every((w) => w.promptText.includes(text) === said),
        JSON.stringify(windows[0]),
      );
      const write = async (json) =>
        (
          await call(stack, 'POST', '/api/train', {
            json: { artistId: of.artistId, ...json },
          })
        ).body.prompt;
      assert.equal((await write({ itemId: of.id })).includes(text), said);
      assert.equal(
        (await write({ parseId: of.parseId })).includes(text),
        evidence !== 'guessed',
      );
    }
  });

  test('without a sure alignment only what holds all the time is said', async () => {
    const other = await track(stack, { audio: bounceOf(late(77)) });
    assert.notEqual(
      (await analyzed(stack, other.id)).alignment.verdict,
      'same',
    );
    const { windows } = (await generate(stack, other, {})).body;
    assert.ok(windows.length >= 3);
    assert.equal(new Set(windows.map((w) => w.promptText)).size, 1);
    for (const w of windows) {
      assert.ok(
        !w.known &&
          w.startBar === null &&
          w.bars === null &&
          w.section === null,
      );
      assert.doesNotMatch(w.promptText, /lead|analog bass|drum machine/i);
    }
  });
});

describe('with a model', () => {
  let stack, model, t;
  before(async () => {
    model = await startDouble();
    stack = await startStack({
      env: { OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: model.url },
    });
    t = await track(stack);
    await analyzed(stack, t.id);
  });
  after(async () => {
    await stack?.stop();
    await model?.stop();
  });

  // Answers each request for windows with what `say` makes of each of them.
  const answering = (say) => async (req, res) => {
    const body = model.journal.at(-1).body;
    const { windows } = JSON.parse(body.messages[1].content.split('\n')[0]);
    const whole = { windows: windows.map((w) => say(w)).filter(Boolean) };
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.end(
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'double-2',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: JSON.stringify(whole),
              refusal: null,
            },
            finish_reason: 'stop',
          },
        ],
        usage: {
          prompt_tokens: 500,
          completion_tokens: 300,
          total_tokens: 800,
        },
      }),
    );
  };
  const caption = (w, what) => ({
    position: w.position,
    genre: 'deep house',
    description: `Deep house with ${what} at 124 BPM`,
    moods: [],
    instruments: [what],
    keywords: [],
    bpm: 124,
    key: null,
  });
  const right = (w) =>
    caption(
      w,
      w.facts.instruments.includes('lead line')
        ? 'drums and a lead line'
        : 'drums',
    );

  test('it is asked once for all', async () => {
    model.play(answering(right));
    const from = model.journal.length;
    const { status, body } = await generate(stack, t, {});
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(model.journal.length, from + 1);
    const asked = model.journal.at(-1).body;
    const { schema } = asked.response_format.json_schema;
    assert.deepEqual(schema.required, ['windows']);
    assert.deepEqual(schema.properties.windows.items.required[0], 'position');
    assert.match(
      asked.messages[0].content,
      /Name only instruments and roles that stand in that window/,
    );
    for (const w of body.windows) {
      assert.equal(w.source, 'model');
      assert.equal(w.modelName, 'double-2');
      assert.equal(w.systemPromptVersion, 'windows-v3');
      assert.equal(/lead/.test(w.promptText), w.sounds.includes('lead line'));
    }
    assert.equal(new Set(body.windows.map((w) => w.generationId)).size, 1);
    assert.equal(
      stack
        .psql(
          `SELECT model_name, of_windows, tokens_in FROM prompt_generations WHERE id = '${body.windows[0].generationId}'`,
        )
        .trim(),
      'double-2|t|500',
    );
  });

  test('a wrong one is asked for again, alone and once', async () => {
    let asked = 0;
    model.play(
      answering((w) => {
        if (w.position !== 0) return right(w);
        return asked++ === 0 ? caption(w, 'drums and a lead line') : right(w);
      }),
    );
    const from = model.journal.length;
    const { windows } = (await generate(stack, t, {})).body;
    assert.equal(model.journal.length, from + 2);
    assert.match(
      model.journal.at(-1).body.messages[1].content,
      /lead line", which the window's facts do not/,
    );
    assert.equal(
      JSON.parse(model.journal.at(-1).body.messages[1].content.split('\n')[0])
        .windows.length,
      1,
    );
    assert.doesNotMatch(windows[0].promptText, /lead/);
    assert.equal(windows[0].source, 'model');
    assert.notEqual(windows[0].generationId, windows[1].generationId);
  });

  test('what stays wrong, or never comes, is written by the template', async () => {
    model.play(
      answering((w) =>
        w.position === 0
          ? caption(w, 'a saxophone')
          : w.position === 1
            ? null
            : right(w),
      ),
    );
    const from = model.journal.length;
    const { windows } = (await generate(stack, t, {})).body;
    assert.equal(model.journal.length, from + 3);
    assert.deepEqual(
      windows.slice(0, 2).map((w) => w.source),
      ['embedded', 'embedded'],
    );
    assert.ok(windows.slice(2).every((w) => w.source === 'model'));
    assert.doesNotMatch(windows[0].promptText, /sax/);
    assert.match(windows[1].promptText, /drum/i);
  });

  test('what it wrote stays when the caption changes, as long as it holds', async () => {
    model.play(answering(right));
    const { windows } = (await generate(stack, t, {})).body;
    const from = model.journal.length;
    stack.psql(
      `UPDATE training_windows SET prompt_text = 'House with a saxophone at 124 BPM' WHERE item_id = '${t.id}' AND position = 0`,
    );
    assert.equal(
      (
        await call(stack, 'PATCH', `/api/train/items/${t.id}`, {
          json: { promptText: 'new words' },
        })
      ).status,
      200,
    );
    const { windows: now } = (await call(stack, 'GET', t.windows)).body;
    assert.deepEqual(
      now.slice(1).map((w) => [w.promptText, w.source, w.generationId]),
      windows.slice(1).map((w) => [w.promptText, 'model', w.generationId]),
    );
    assert.equal(now[0].source, 'embedded');
    assert.doesNotMatch(now[0].promptText, /sax/);
    assert.equal(model.journal.length, from, 'nobody is asked');
  });

  test('a model that fails leaves the windows as they were', async () => {
    const before = (await call(stack, 'GET', t.windows)).body;
    model.play((req, res) => {
      res.writeHead(401, { 'Content-Type': 'application/json' });
      res.end('{"error":{"message":"no","code":"invalid_api_key"}}');
    });
    const r = await generate(stack, t, {});
    assert.equal(r.status, 502, JSON.stringify(r.body));
    assert.deepEqual((await call(stack, 'GET', t.windows)).body, before);
  });
});
