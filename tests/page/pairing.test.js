// Goal: bounces find their sets by name, otherwise by length and tempo; a
// merely likely pair is proposed and settled by a click, a choice or a drag,
// survives a reload until then, and nothing of it is saved before.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';
import { als } from '../lib/als.js';
import { zip } from '../lib/archives.js';
import { wav } from '../lib/audio.js';
import { bounceOf, song, summaryOf } from '../lib/song.js';
import {
  addBounces,
  begin,
  button,
  captionIs,
  captionOf,
  heard,
  keptCaption,
  slowDrafts,
  summaryFile,
  wavFile,
} from '../lib/desk.js';

const { open } = await startDesk();

const small = (seconds) => wav(seconds, { rate: 8000, channels: 1 });
const set = (id, name, sec, bpm = 124) =>
  summaryFile(id, name, { length: { sec }, tempo: { bpm } });
const row = (page, name) =>
  page
    .getByRole('region', { name: /to check/ })
    .getByRole('listitem')
    .filter({ hasText: name });
const inQueue = (page, name) =>
  page
    .getByRole('list', { name: 'Tracks', exact: true })
    .getByRole('listitem')
    .filter({ hasText: name });

test('names and likeness, as the module has them', { skip }, async () => {
  const { page, context } = await open();
  const run = (work, ...given) =>
    page.evaluate(
      async ([body, args]) => {
        const module = await import('/js/pairing.js');
        return module[body](...args);
      },
      [work, given],
    );
  for (const [name, plain] of [
    ['Night Drive (master).wav', 'night drive'],
    ['Für Élise - 128bpm v2.mp3', 'für élise'],
    ['u\u0308ber_final mix.flac', 'über'],
    ['Final.wav', 'final'],
    ['B-Side_120,5 BPM_bounce.aif', 'b side'],
  ]) {
    assert.equal(await run('plainName', name), plain);
  }
  for (const [name, bpm] of [
    ['x 128bpm.wav', 128],
    ['x_120,5 BPM.wav', 120.5],
    ['808 kit.wav', null],
    ['v1128bpm', null],
  ]) {
    assert.equal(await run('tempoIn', name), bpm);
  }
  const sets = [
    ['Track 1', 124, 200],
    ['Track 2', 128, 200],
    ['Other', 90, 60],
  ].map(([projectName, tempo, durationSec]) => ({
    projectName,
    alsFilename: `${projectName}.als`,
    tempo,
    durationSec,
  }));
  const names = async (files) => {
    const { sure, rest } = await run(
      'byName',
      files.map((name) => ({ name })),
      sets,
    );
    return [
      sure.map((p) => `${p.file.name} = ${p.set.projectName}`),
      rest.map((f) => f.name),
    ];
  };
  assert.deepEqual(await names(['Track 2.wav', 'Track 1.wav']), [
    ['Track 2.wav = Track 2', 'Track 1.wav = Track 1'],
    [],
  ]);
  assert.deepEqual(await names(['Other v1.wav', 'Other v2.wav']), [
    [],
    ['Other v1.wav', 'Other v2.wav'],
  ]);
  assert.deepEqual(await names(['Track.wav', 'other MASTER.wav']), [
    ['other MASTER.wav = Other'],
    ['Track.wav'],
  ]);
  const like = async (...files) =>
    (
      await run(
        'byLikeness',
        files.map(([name, seconds]) => ({ name, seconds })),
        sets,
      )
    ).map((p) => `${p.file.name} = ${p.set.projectName}: ${p.reason}`);
  assert.deepEqual(await like(['a.wav', 61]), [
    'a.wav = Other: 1:01, the set is 1:00 long',
  ]);
  assert.deepEqual(await like(['a 128bpm.wav', 203]), [
    'a 128bpm.wav = Track 2: 3:23, the set is 3:20 long; 128 BPM like the set',
  ]);
  assert.deepEqual(await like(['a 90 bpm.wav', null]), [
    'a 90 bpm.wav = Other: 90 BPM like the set',
  ]);
  assert.deepEqual(
    await like(['a 91bpm.wav', 60], ['b.wav', 120], ['c.wav', null]),
    [],
  );
  assert.deepEqual(await like(['Other ideas.wav', 120]), [
    'Other ideas.wav = Other: a similar name; 2:00, the set is 1:00 long',
  ]);
  await context.close();
});

test(
  'a doubtful pair says why, is not saved, survives a reload, and Yes settles it',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Doubt', [
      set('doubt-1', 'Alpha', 40),
      set('doubt-2', 'Beta', 60, 90),
    ]);
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^Beta/ })
      .waitFor();
    await addBounces(page, [
      wavFile('take 7.wav', small(41)),
      wavFile('rough 90bpm.wav', small(33)),
      wavFile('Beta.wav', small(60)),
    ]);
    await page
      .getByText('1 bounce paired, 2 bounces to check below.')
      .waitFor();
    await row(page, 'take 7.wav')
      .getByText('Maybe Alpha: 0:41, the set is 0:40 long.')
      .waitFor();
    await row(page, 'rough 90bpm.wav')
      .getByText('No matching set found.')
      .waitFor();
    await inQueue(page, 'Alpha').getByText('? check the pair').waitFor();

    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^Alpha/ })
      .click();
    await page
      .getByText(
        'Is “take 7.wav” the audio of this set? 0:41, the set is 0:40 long.',
      )
      .waitFor();
    await captionOf(page).fill('House at 124 BPM');
    assert.equal(await button(page, 'Save & Next').isDisabled(), true);
    await keptCaption(page, 'House at 124 BPM');
    // A pair that is settled before the desk has its draft takes nothing from
    // it.
    await page.addInitScript(slowDrafts);
    await page.reload();
    await row(page, 'take 7.wav').getByText('Maybe Alpha: 0:41').waitFor();
    await heard(page);
    await row(page, 'take 7.wav').getByRole('button', { name: /^Yes/ }).click();
    await page.getByText(/^take 7\.wav, \d/).waitFor();
    await row(page, 'take 7.wav').waitFor({ state: 'detached' });
    await captionIs(page, 'House at 124 BPM');
    await page.reload();
    await page.getByText(/^take 7\.wav, \d/).waitFor();
    await button(page, 'Save & Next').click();
    await page.getByText('1/2 ready').waitFor();

    await row(page, 'rough')
      .getByRole('button', { name: /^Later/ })
      .click();
    await page.getByText('Set aside (1)').click();
    await page.getByRole('button', { name: 'Remove: rough 90bpm.wav' }).click();
    await page
      .getByRole('region', { name: /to check|set aside/ })
      .waitFor({ state: 'hidden' });
    assert.deepEqual(faults, []);
    await context.close();
  },
);

// A browser that takes a second and a half to say that something is kept.
const slowCommits = () => {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function slowTransaction(...given) {
    const real = transaction.apply(this, given);
    Object.defineProperty(real, 'oncomplete', {
      set(fn) {
        real.addEventListener('complete', () => setTimeout(fn, 1500));
      },
    });
    return real;
  };
};

test(
  'what a person settles while it is heard stays settled',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Meanwhile', [set('meanwhile-1', 'Zeta', 40)]);
    const held = [];
    const asked = new Promise((resolve) => {
      page.route(
        '**/api/train/match?*',
        (route) => held.push(route) === 2 && resolve(),
      );
    });
    await addBounces(page, [
      wavFile('take 9.wav', small(41)),
      wavFile('hiss.wav', small(310)),
    ]);
    await asked;
    await page.evaluate(slowCommits);
    await row(page, 'take 9.wav').getByRole('button', { name: /^Yes/ }).click();
    await page.getByText(/^take 9\.wav, \d/).waitFor();
    await Promise.all(held.map((route) => route.continue()));
    await row(page, 'take 9.wav').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText(/^take 9\.wav, \d/).waitFor();
    assert.deepEqual(
      await page.evaluate(async () =>
        (await (await import('/js/kept.js')).list('loose')).map(
          ([, one]) => one.name,
        ),
      ),
      ['hiss.wav'],
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a bounce that no name settles is paired by ear, and sent once',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    const music = song(21, { bars: 24 });
    const other = song(22, { bars: 24 });
    const asSet = (id, name, s) => ({
      name: `${name}.json`,
      mimeType: 'application/json',
      buffer: Buffer.from(
        JSON.stringify({
          parseId: id,
          alsFilename: `${name}.als`,
          projectName: name,
          summary: summaryOf(s, name),
        }),
      ),
    });
    await begin(page, 'Ear', [
      asSet('ear-1', 'Harbor', music),
      asSet('ear-2', 'Meadow', other),
    ]);
    await inQueue(page, 'Meadow').waitFor();
    const sent = [];
    page.on('request', (r) => {
      if (r.method() !== 'GET' && /\/api\/train\/(match|save)/.test(r.url()))
        sent.push([new URL(r.url()).pathname, r.postData()]);
    });
    // Of a part of it, by a name that says nothing.
    await addBounces(page, [
      wavFile(
        'render 0009.wav',
        bounceOf(music, (8 * 240) / 124, (24 * 240) / 124),
      ),
      wavFile('noise.wav', small(31)),
    ]);
    await page
      .getByText(
        /render 0009\.wav is the audio of Harbor: \d+ % of the notes are heard, from bar 9\./,
      )
      .waitFor({ timeout: 60000 });
    await inQueue(page, 'Harbor').getByText('Not saved yet').waitFor();
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^Harbor/ })
      .click();
    await captionOf(page).fill('House at 124 BPM');
    await button(page, 'Save & Next').click();
    await page.getByText('1/2 ready').waitFor();
    await row(page, 'noise.wav').getByText('No matching set found.').waitFor();
    assert.deepEqual(
      sent.map(([path]) => path),
      ['/api/train/match', '/api/train/match', '/api/train/save'],
    );
    assert.match(sent[2][1], /"uploadId":/);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

// By hand: a busy browser hears of a drag only by the second move over its
// target, and whether the row has noticed is seen on it.
async function drag(from, to) {
  const { mouse } = from.page();
  await from.hover();
  await mouse.down();
  await to.hover();
  await to.hover();
  await to.and(from.page().locator('.over')).waitFor();
  await mouse.up();
}

test(
  'a drag onto a set’s row or a choice by keys settles it too',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Dragged', [
      set('drag-1', 'Gamma', 40),
      set('drag-2', 'Delta', 80),
      set('drag-3', 'Epsilon', 120),
    ]);
    await inQueue(page, 'Epsilon').waitFor();
    await addBounces(page, [
      wavFile('one.wav', small(31)),
      wavFile('two.wav', small(32)),
      wavFile('three.wav', small(33)),
    ]);
    await page.getByText('3 bounces to check below.').waitFor();
    await heard(page);
    // All in sight: a list that scrolls under the pointer is another test.
    await page.setViewportSize({ width: 1280, height: 1600 });
    const library = page.getByRole('region', { name: 'Tracks', exact: true });
    // By their names: what else is in a row may take the mouse itself.
    const named = (name) =>
      row(page, name).getByText(name, { exact: true }).first();
    await drag(
      named('one.wav'),
      library
        .getByRole('list', { name: 'Tracks' })
        .getByRole('listitem')
        .filter({ hasText: 'Delta' }),
    );
    await inQueue(page, 'Delta').getByText('Not saved yet').waitFor();
    await page.getByRole('region', { name: '2 bounces to check' }).waitFor();
    await drag(named('two.wav'), inQueue(page, 'Epsilon'));
    await inQueue(page, 'Epsilon').getByText('Not saved yet').waitFor();
    await page.getByRole('region', { name: '1 bounce to check' }).waitFor();
    const choice = page.getByRole('combobox', { name: 'Set of three.wav' });
    await choice.press('ArrowUp');
    assert.deepEqual(await choice.locator('option').allInnerTexts(), [
      'Another set…',
      'Delta (has audio)',
      'Epsilon (has audio)',
      'Gamma',
    ]);
    // Arrow keys choose in passing, so by keys it takes a Yes.
    await choice.selectOption({ label: 'Gamma' });
    await row(page, 'three.wav')
      .getByText('Maybe Gamma: your choice.')
      .waitFor();
    await row(page, 'three.wav')
      .getByRole('button', { name: 'Yes, three.wav belongs to Gamma' })
      .click();
    await inQueue(page, 'Gamma').getByText('Not saved yet').waitFor();
    assert.equal(await row(page, '.wav').count(), 0);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a set that comes later takes the bounce of its name; a saved one asks',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Later', [set('later-1', 'Zeta', 300)]);
    await addBounces(page, [
      wavFile('Eta.wav', small(31)),
      wavFile('Theta.wav', small(31)),
    ]);
    await page.getByText('2 bounces to check below.').waitFor();
    await addBounces(page, [set('later-2', 'Eta', 400)]);
    await inQueue(page, 'Eta').getByText('Not saved yet').waitFor();
    await page.getByRole('region', { name: '1 bounce to check' }).waitFor();
    const choice = page.getByRole('combobox', { name: 'Set of Theta.wav' });
    await choice.click();
    await choice.selectOption({ label: 'Zeta' });
    await inQueue(page, 'Zeta').getByText('Not saved yet').waitFor();
    const audio = small(35);
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^Eta/ })
      .click();
    await page.getByRole('heading', { name: 'Eta' }).waitFor();
    await page
      .getByLabel(/Choose/)
      .first()
      .setInputFiles([wavFile('Eta.wav', audio)]);
    await captionOf(page).fill('Techno');
    await button(page, 'Save & Next').click();
    await page.getByText('1/2 ready').waitFor();
    await addBounces(page, [
      wavFile('Eta.wav', audio),
      wavFile('Eta v2.wav', small(36)),
    ]);
    await page
      .getByText('1 bounce here already, 1 bounce to check below.')
      .waitFor();
    await row(page, 'Eta v2.wav')
      .getByText('Maybe Eta: it has other audio already.')
      .waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'another file with the name of a set that has a bounce here is asked about',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Twice', [set('twice-1', 'Iota', 31)]);
    await addBounces(page, [wavFile('Iota.wav', small(31))]);
    await page.getByText(/^Iota\.wav, \d/).waitFor();
    // A single file would be meant for the set on the desk.
    await addBounces(page, [
      wavFile('Iota.wav', small(32)),
      wavFile('hiss.wav', small(310)),
    ]);
    await page.getByText('2 bounces to check below.').waitFor();
    await row(page, 'Iota.wav')
      .getByText('Maybe Iota: it has other audio already.')
      .waitFor();
    const seconds = () =>
      page.locator('#audio').evaluate((node) => Math.round(node.duration));
    assert.equal(await seconds(), 31);
    // Yes takes the new one.
    await row(page, 'Iota.wav').getByRole('button', { name: /^Yes/ }).click();
    await row(page, 'Iota.wav').waitFor({ state: 'detached' });
    await page.waitForFunction(
      () => Math.round(document.getElementById('audio').duration) === 32,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a zip of sets and bounces is taken like the folder, and says what it could not use',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Packed', [set('packed-0', 'Other', 40)]);
    await addBounces(page, [
      {
        name: 'Songs.zip',
        mimeType: 'application/zip',
        buffer: zip([
          { name: 'Songs/Für Élise.als', data: als({ bpm: 90 }) },
          { name: 'Songs/Silent.als', data: als({ bpm: 91 }) },
          { name: 'Songs/Für Élise (master).wav', data: small(41) },
          { name: 'Songs/Lonely.wav', data: small(42) },
          { name: '__MACOSX/Songs/._Silent.als', data: 'x' },
          { name: 'Songs/Broken.als', data: 'x' },
        ]),
      },
    ]);
    await page.getByText('2 sets in the library, 1 bounce paired.').waitFor();
    await page
      .getByText(
        'Songs.zip, Songs/Lonely.wav: no matching set found; send it by itself and choose its set.',
      )
      .waitFor();
    await page.getByText(/^Songs\.zip, Songs\/Broken\.als: /).waitFor();
    assert.equal(await page.getByText('._Silent').count(), 0);
    // One row for each set; the one with audio is not asked for audio.
    assert.equal(await inQueue(page, 'Für Élise').count(), 1);
    assert.equal(await inQueue(page, 'Silent').count(), 1);
    await inQueue(page, 'Für Élise').getByRole('button').first().click();
    await page.getByText(/^WAV, /).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);
