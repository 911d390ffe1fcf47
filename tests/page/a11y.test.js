// Goal: axe-core finds nothing on any state of the page, in light and dark,
// on a desk and on a phone of 320 px, which also never scrolls sideways. With
// TRAINMODE_SCREENSHOTS=1 the pictures of docs/page.md are taken on the way.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { root } from '../lib/stack.js';
import { skip, startDesk } from '../lib/browser.js';
import { wav } from '../lib/audio.js';
import {
  addBounces,
  addSets,
  audioFile,
  begin,
  button,
  captionOf,
  giveAudio,
  giveSchema,
  heard,
  makeArtist,
  summaryFile,
  wavFile,
} from '../lib/desk.js';

const { open } = await startDesk();

// A kick at 124 BPM whose level follows the sections, so that the waveform in
// the pictures looks real.
function groove(seconds) {
  const rate = 22050;
  const sound = wav(seconds, { rate, channels: 1, hz: 55 });
  for (let i = 0; i < seconds * rate; i++) {
    const t = i / rate;
    const section = t < 10 ? 0.5 : t < 28 ? 3 : 1;
    const level = section * Math.exp(-5 * (((t * 124) / 60) % 1));
    sound.writeInt16LE(
      Math.round(sound.readInt16LE(44 + 2 * i) * level),
      44 + 2 * i,
    );
  }
  return sound;
}

// Notices cover the page for a while: they are not part of a picture.
async function shoot(page, name) {
  if (!process.env.TRAINMODE_SCREENSHOTS) return;
  for (const close of await page
    .locator('.notice')
    .getByRole('button', { name: 'Dismiss' })
    .all())
    await close.click();
  const file = path.join(root, `docs/page-${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  assert.ok(fs.statSync(file).size < 200000, `${file} is too large`);
}

async function clean(page, where) {
  const { violations } = await new AxeBuilder({ page })
    .withTags([
      'wcag2a',
      'wcag2aa',
      'wcag21a',
      'wcag21aa',
      'wcag22aa',
      'best-practice',
    ])
    .analyze();
  assert.deepEqual(
    violations.map(
      (v) =>
        `${where}: ${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join(' | ')}`,
    ),
    [],
  );
  const [wide, shown] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(wide <= shown, `${where}: ${wide} px wide on ${shown}`);
}

async function dialogs(page, where) {
  for (const [name, title] of [
    ['New artist', 'New artist'],
    ['Rename', /^Rename/],
    ['Master schema', 'Master schema'],
    ['Keys ?', 'Keys'],
  ]) {
    await page.getByRole('button', { name }).first().click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    await clean(page, `${where}, ${name}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }
  await page
    .getByRole('button', { name: 'Delete', exact: true })
    .first()
    .click();
  await page.getByRole('alertdialog').waitFor();
  await clean(page, `${where}, the question`);
  await page.keyboard.press('Escape');
}

// One each: what waits for a name must not find the artist before.
const artists = {
  light: 'Nora Lind',
  dark: 'Ada Birk',
  phone: 'Iva Marsh',
  'phone-dark': 'Jo Field',
};

// Words that the set contradicts are underlined in place: the text below the
// field breaks its lines as the field does, on a narrow screen too.
async function underlined(page, words) {
  assert.match(await page.locator('#caption-marks u').textContent(), words);
  const heights = await page.evaluate(() =>
    ['caption', 'caption-marks'].map((id) => {
      const box = document.getElementById(id);
      const height = box.style.height;
      box.style.height = '2rem';
      const all = [box.clientWidth, box.scrollHeight];
      box.style.height = height;
      return all;
    }),
  );
  assert.deepEqual(heights[0], heights[1]);
}

async function through(look, options) {
  const { page, context, faults } = await open(options);
  const picture = async (name) =>
    options.viewport
      ? undefined
      : shoot(page, `${name}-${options.colorScheme}`);
  await page
    .getByText(
      /Make an artist to begin|Drop your Live sets|Choose a track|All done|ready for|in a dataset/,
    )
    .first()
    .waitFor();
  await clean(page, `${look}: first visit`);
  await makeArtist(page, artists[look]);
  await giveSchema(page);
  await page
    .getByText('Drop your Live sets (.als) to fill the library.')
    .waitFor();
  await clean(page, `${look}: empty library`);
  await picture('1-empty');
  await addSets(page, [
    summaryFile(`${look}-1`, 'Night Drive', { length: { beats: 83, sec: 40 } }),
    summaryFile(`${look}-2`, 'Harbor Lights'),
  ]);
  await page.getByRole('heading', { name: 'Night Drive' }).waitFor();
  await addBounces(page, [
    wavFile('take 7.wav', wav(41, { rate: 8000, channels: 1 })),
    wavFile('sketch.wav', wav(31, { rate: 8000, channels: 1 })),
  ]);
  await page.getByText('Is “take 7.wav” the audio of this set?').waitFor();
  await heard(page);
  await page.getByRole('button', { name: 'Later: sketch.wav' }).click();
  await page.getByText('Set aside (1)').click();
  await clean(page, `${look}: a doubtful pair`);
  await picture('1-pairs');
  await page.getByRole('button', { name: 'Remove: sketch.wav' }).click();
  await page.getByRole('button', { name: 'Later: take 7.wav' }).click();
  await page.getByRole('button', { name: 'Remove: take 7.wav' }).click();
  await giveAudio(page, audioFile('Night Drive (master).wav', groove(40)));
  await button(page, 'Write caption').click();
  await page.getByText('Review the caption, then Save & Next.').waitFor();
  await captionOf(page).fill(
    'Deep house at 140 BPM, warm pads over a sub bass, A minor.',
  );
  await page.getByText('The caption and the set disagree in 1 place').waitFor();
  await underlined(page, /^140/);
  await page.getByRole('button', { name: /^Go to Drop/ }).waitFor();
  await clean(page, `${look}: a set on the desk`);
  await picture('2-caption');
  await page.getByRole('button', { name: 'Use 124 BPM' }).click();
  await page.waitForFunction(() =>
    /124/.test(document.getElementById('caption').value),
  );
  await button(page, 'Save & Next').click();
  await page.getByRole('heading', { name: 'Harbor Lights' }).waitFor();
  // The answer may come before the click has returned, so listen first.
  const peaks = page.waitForResponse(
    async (r) =>
      /\/api\/train\/items\/[^/]+$/.test(r.url()) &&
      Boolean((await r.json()).peaks),
  );
  await page
    .getByRole('region', { name: 'Tracks' })
    .getByRole('button', { name: /^Night Drive/ })
    .click();
  await peaks;
  await page.getByRole('button', { name: /^Go to Drop/ }).click();
  await page.getByText('0:10 / 0:40').waitFor();
  await clean(page, `${look}: review`);
  await picture('3-review');
  await button(page, 'Export Dataset').click();
  await page.getByText(/The link works on this computer only/).waitFor();
  await page
    .getByRole('region', { name: 'Tracks' })
    .getByRole('button', { name: /Night Drive.*Exported/ })
    .waitFor();
  await clean(page, `${look}: export`);
  await picture('4-dataset');
  await button(page, 'Table').click();
  await page.getByRole('checkbox', { name: 'Select Night Drive' }).check();
  await page.getByText('1 selected').waitFor();
  await clean(page, `${look}: the table`);
  await picture('5-table');
  await button(page, 'Edit captions…').click();
  await page.getByLabel('Find', { exact: true }).fill('Deep');
  await page.getByLabel('Replace with').fill('Dark');
  await page.getByText('1 caption will change').waitFor();
  await clean(page, `${look}: edit captions`);
  await page.keyboard.press('Escape');
  await button(page, 'List').click();
  await dialogs(page, look);
  assert.deepEqual(faults, []);
  await context.close();
}

test('light', { skip }, () => through('light', { colorScheme: 'light' }));
test('dark', { skip }, () => through('dark', { colorScheme: 'dark' }));
test('a phone held upright', { skip }, () =>
  through('phone', {
    colorScheme: 'light',
    viewport: { width: 320, height: 640 },
  }),
);
test('a phone in the dark', { skip }, () =>
  through('phone-dark', {
    colorScheme: 'dark',
    viewport: { width: 320, height: 640 },
  }),
);

for (const look of [
  { colorScheme: 'light' },
  { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
]) {
  test(
    `the example and an upload under way, ${look.colorScheme}`,
    { skip },
    async () => {
      const { page, context, faults } = await open(look);
      await makeArtist(page, `Looking ${look.colorScheme}`);
      await button(page, 'Load an example').click();
      await page.getByText('This is the example.').waitFor();
      await page.getByText('0:00 / 0:39').waitFor();
      await clean(page, `${look.colorScheme}: the example`);
      await captionOf(page).fill('House at 122 BPM');
      let go;
      await page.route('**/api/train/save', async (route) => {
        await new Promise((resolve) => {
          go = resolve;
        });
        return route.fallback();
      });
      await button(page, 'Save & Next').click();
      await page
        .getByRole('region', { name: 'Uploads' })
        .getByText('First Light')
        .waitFor();
      await page.getByText('The last uploads are under way.').waitFor();
      await clean(page, `${look.colorScheme}: an upload`);
      while (!go) await page.waitForTimeout(50);
      go();
      await page.getByText('1/1 ready').waitFor();
      await button(page, 'Remove the example').click();
      await page.getByText('This is the example.').waitFor({ state: 'hidden' });
      assert.deepEqual(faults, []);
      await context.close();
    },
  );
}

test(
  'the colors chosen on the page go before the system’s',
  { skip },
  async () => {
    const { page, context, faults } = await open({ colorScheme: 'light' });
    await page.getByLabel('Colors').selectOption('Dark');
    await page.reload();
    assert.equal(await page.getByLabel('Colors').inputValue(), 'dark');
    await begin(page, 'Chosen', [summaryFile('chosen-1', 'Chosen')]);
    await clean(page, 'dark by choice');
    assert.deepEqual(faults, []);
    await context.close();
  },
);
