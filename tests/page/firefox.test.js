// Goal: Firefox works all the way too, from a drop to a dataset, and keeps
// unsaved work over a reload.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { firefoxPath, openFirefoxPage, startFirefox } from '../lib/firefox.js';
import { als } from '../lib/als.js';
import { wav } from '../lib/audio.js';

const skip = !firefoxPath && 'no Firefox on this machine';
let stack;
let browser;
let reason;
before(async () => {
  if (skip) return;
  browser = await startFirefox().catch((error) => {
    reason = `Firefox does not start here: ${error.message}`;
  });
  if (browser) stack = await startStack();
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('drop → caption → save → dataset, in Firefox', { skip }, async (t) => {
  if (!browser) {
    t.skip(reason);
    return;
  }
  const { page, faults, see, press, drop } = await openFirefoxPage(
    browser,
    stack.url,
  );
  await see('Make an artist to begin.');
  await press('New artist');
  await page.keyboard.type('Für Élise');
  await page.keyboard.press('Enter');
  await see('Drop your Live sets (.als) to fill the library.');
  await press('Master schema');
  await page.waitForFunction(
    () => document.activeElement.id === 'schema-genre',
  );
  await page.keyboard.type('house');
  await press('Save schema');
  await see('1 field');

  const audio = wav(35);
  await drop([
    { name: 'Grüße.als', type: '', buffer: als() },
    { name: 'Grüße master.wav', type: 'audio/wav', buffer: audio },
    {
      name: 'other 120bpm.wav',
      type: 'audio/wav',
      buffer: wav(31, { rate: 8000, channels: 1 }),
    },
  ]);
  await see('1 bounce paired, 1 bounce to check below.');
  await see('No matching set found.');
  await see('0:00 / 0:35');
  await page.reload();
  await see('Grüße master.wav');
  await see('1 BOUNCE TO CHECK');
  await press('Later');

  await press('Write caption');
  await see('Review the caption, then Save & Next.');
  const caption = await page.$eval('#caption', (field) => field.value);
  assert.match(caption, /120 ?bpm/i);
  await press('Save & Next');
  await see('1/1 ready');
  const saved = await page.waitForSelector('#tracks .pick');
  await saved.click();
  await see('WAV, 6.2 MB');
  // The waveform's colors are settled ones, so the canvas can take them.
  await page.waitForFunction(() => {
    const canvas = document.getElementById('wave-canvas');
    const { data } = canvas
      .getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height);
    return data.some((byte, i) => i % 4 === 0 && byte > 100 && data[i + 3]);
  });
  assert.match(
    await page.$eval('#wave-canvas', (canvas) =>
      getComputedStyle(canvas).getPropertyValue('--accent'),
    ),
    /^rgb/,
  );

  await page.select('#layout', 'plan');
  await press('Export Dataset');
  await see('The link works on this computer only');
  const url = await page.$eval('#result-url', (field) => field.value);
  const zip = path.join(stack.state, 'page.zip');
  fs.writeFileSync(zip, Buffer.from(await (await fetch(url)).arrayBuffer()));
  assert.equal(
    execFileSync('unzip', ['-p', zip, 'dataset/item-1/prompt.txt'], {
      encoding: 'utf8',
    }).trim(),
    caption,
  );

  // Audio that has no set becomes a track of its own.
  await page.click('#pairs-later summary');
  await press('Use without a set');
  await see('Not saved yet');
  await page.evaluate(() =>
    [...document.querySelectorAll('#tracks .pick')]
      .find((row) => row.innerText.includes('other 120bpm'))
      .click(),
  );
  await see('other 120bpm.wav, ');
  await press('Write caption');
  await see('Review the caption, then Save & Next.');
  assert.doesNotMatch(
    await page.$eval('#caption', (field) => field.value),
    /bpm/i,
  );
  await press('Save & Next');
  await see('1/1 ready, 1 exported');
  assert.deepEqual(faults, []);
});
