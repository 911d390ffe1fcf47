// Goal: a user does the whole job on the page, by roles and labels, and the zip
// at the end contains what went in.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../lib/stack.js';
import { skip, startDesk } from '../lib/browser.js';
import { call } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';
import {
  addBounces,
  audioFile,
  giveSchema,
  keptCaption,
  makeArtist,
  summaryFile,
} from '../lib/desk.js';

const { stack, open } = await startDesk();

test(
  'set + audio → caption → Save & Next → dataset, by hand',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await page.getByText('Make an artist to begin.').waitFor();
    await makeArtist(page, 'Night Driver');
    await giveSchema(page);
    await page
      .getByText('Drop your Live sets (.als) to fill the library.')
      .waitFor();

    await page
      .getByLabel('Add sets (.als, or a summary as .json)')
      .setInputFiles([
        summaryFile('page-1', 'Night Drive'),
        summaryFile('page-2', 'Zweite Nacht'),
      ]);
    const library = page.getByRole('region', { name: 'Tracks' });
    await library.getByRole('button', { name: /^Night Drive/ }).click();
    await page.getByRole('heading', { name: 'Night Drive' }).waitFor();
    await page.getByText('Drop the bounced audio of “Night Drive”.').waitFor();
    const generate = page.getByRole('button', { name: 'Write caption' });
    const saveNext = page.getByRole('button', { name: 'Save & Next' });
    assert.equal(await generate.isDisabled(), true);
    assert.equal(await saveNext.isDisabled(), true);

    const audio = mp3(40);
    await page
      .getByLabel(/Choose/)
      .first()
      .setInputFiles([audioFile('Night Drive.mp3', audio)]);
    await generate.click();
    const caption = page.getByRole('textbox', { name: 'Caption', exact: true });
    await page.getByText('Review the caption, then Save & Next.').waitFor();
    assert.equal(await generate.innerText(), 'Write caption');
    const text = await caption.inputValue();
    assert.match(text, /124 ?bpm/i);
    await page.getByText('No model connected.').waitFor();

    await caption.fill(`${text} Ünïque.`);
    await page.getByText('changed by you').waitFor();
    await saveNext.click();
    await page.getByRole('heading', { name: 'Zweite Nacht' }).waitFor();
    await page.getByText('1/2 ready').waitFor();
    const queue = page.getByRole('region', { name: 'Tracks' });
    await queue.getByRole('button', { name: /Night Drive.*Ready/ }).waitFor();

    const exportButton = page.getByRole('button', { name: 'Export Dataset' });
    await page.getByLabel('Layout').selectOption('plan');
    await exportButton.click();
    const url = page.getByLabel('Dataset link');
    await url.waitFor();
    await page.getByText(/The link works on this computer only/).waitFor();
    const zip = path.join(stack.state, 'page.zip');
    fs.writeFileSync(
      zip,
      Buffer.from(await (await fetch(await url.inputValue())).arrayBuffer()),
    );
    assert.deepEqual(
      execFileSync('unzip', ['-p', zip, 'dataset/item-1/audio.mp3'], {
        maxBuffer: 1e8,
      }),
      audio,
    );
    assert.equal(
      execFileSync('unzip', ['-p', zip, 'dataset/item-1/prompt.txt'], {
        encoding: 'utf8',
      }).trim(),
      `${text} Ünïque.`,
    );
    await queue
      .getByRole('button', { name: /Night Drive.*Exported/ })
      .waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a reload finds the queue, the draft and its audio as they were',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await makeArtist(page, 'Reloader');
    await giveSchema(page);
    await page
      .getByLabel('Add sets (.als, or a summary as .json)')
      .setInputFiles([summaryFile('reload-1', 'Kept')]);
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    await page
      .getByLabel(/Choose/)
      .first()
      .setInputFiles([audioFile('Kept.mp3', mp3(35))]);
    const caption = page.getByRole('textbox', { name: 'Caption', exact: true });
    await caption.fill('Half a thought about house');
    await keptCaption(page, 'Half a thought about house');
    await page.reload();
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    await page.getByText(/^Kept\.mp3, /).waitFor();
    assert.equal(await caption.inputValue(), 'Half a thought about house');
    await page.keyboard.press('Control+Enter');
    await page.getByText('1/1 ready').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a folder’s bounces find their sets; errors are said in words',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await makeArtist(page, 'Folders');
    await giveSchema(page);
    await page
      .getByLabel('Add sets (.als, or a summary as .json)')
      .setInputFiles([
        summaryFile('folder-1', 'Alpha'),
        summaryFile('folder-2', 'Beta'),
      ]);
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /Beta/ })
      .first()
      .waitFor();
    await addBounces(page, [
      audioFile('Alpha (master).mp3', mp3(31)),
      audioFile('Beta final.mp3', mp3(32)),
      audioFile('Gamma.mp3', mp3(33)),
    ]);
    await page.getByText('2 bounces paired').waitFor();
    await page.getByRole('region', { name: '1 bounce to check' }).waitFor();
    await page.getByRole('button', { name: 'Generate all (2)' }).click();
    await page.getByText('2/2 written').waitFor();

    await page
      .getByLabel(/Choose/)
      .first()
      .setInputFiles([
        {
          name: 'Notes.mp3',
          mimeType: 'audio/mpeg',
          buffer: Buffer.from('only words'),
        },
      ]);
    await page.getByRole('button', { name: 'Save & Next' }).click();
    await page.getByRole('alert').filter({ hasText: /MP3/ }).first().waitFor();
    await page
      .getByLabel(/Choose/)
      .first()
      .setInputFiles([audioFile('Alpha.wav', wav(31))]);
    await page.getByRole('button', { name: 'Save & Next' }).click();
    await page.getByText('1/2 ready').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

// What a browser fetches until the page is usable, compressed; without parts
// that are loaded on demand.
test(
  'no script from elsewhere, and at most 50 kB of page to begin with',
  { skip },
  async (t) => {
    const res = await call(stack, 'GET', '/', { raw: true });
    assert.match(
      res.headers.get('content-security-policy'),
      /script-src 'self'/,
    );
    const { page, context } = await open();
    // As on a first visit.
    await page.route('**/api/artists', (route) =>
      route.fulfill({ json: { artists: [] } }),
    );
    await page.evaluate(() => localStorage.clear());
    await page.goto(stack.url);
    await page.getByText('Make an artist to begin.').waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = await page.evaluate(() =>
      [
        ...performance.getEntriesByType('navigation'),
        ...performance.getEntriesByType('resource'),
      ]
        .filter(({ name }) => !name.includes('/api/'))
        .map(({ name, encodedBodySize }) => [
          new URL(name).pathname,
          encodedBodySize,
        ]),
    );
    await context.close();
    assert.ok(
      sizes.length > 25 && sizes.every(([, size]) => size > 0),
      JSON.stringify(sizes),
    );
    const names = sizes.map(([name]) => name);
    for (const late of [
      'work',
      'pairs',
      'caption',
      'uploads',
      'alone',
      'table',
      'windows',
      'bulkedit',
      'schemaform',
      'music',
      'training',
      'ear',
      'consent',
      'evidence',
    ])
      assert.ok(
        !names.includes(`/js/${late}.js`),
        `${late}.js comes without need`,
      );
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    t.diagnostic(`${total} bytes in ${sizes.length} requests`);
    assert.ok(total <= 50000, `${total} bytes`);
  },
);

test(
  'all modules of the start are asked for at once, and sent as they were compressed',
  { skip },
  async () => {
    const html = await (await fetch(stack.url)).text();
    const named = new Set(
      [...html.matchAll(/rel="modulepreload" href="js\/([a-z]+\.js)"/g)].map(
        (m) => m[1],
      ),
    );
    const imports = (name) =>
      [
        ...fs
          .readFileSync(path.join(root, 'www/js', name), 'utf8')
          .matchAll(/^(?:import|export|\})[^;]*?from '\.\/([a-z]+\.js)';$/gm),
      ].map((m) => m[1]);
    const first = new Set(imports('main.js'));
    const wanted = new Set();
    const visit = (name) =>
      imports(name).forEach((next) => {
        if (first.has(next) || wanted.has(next)) return;
        wanted.add(next);
        visit(next);
      });
    first.forEach(visit);
    assert.deepEqual([...named].sort(), [...wanted].sort());
    for (const file of [
      '',
      'js/main.js',
      'css/page.css',
      `js/${[...named][0]}`,
    ]) {
      const res = await fetch(new URL(file, stack.url), {
        headers: { 'accept-encoding': 'gzip' },
      });
      assert.equal(res.headers.get('content-encoding'), 'gzip', file);
      assert.ok(
        Number(res.headers.get('content-length')) > 0,
        `${file} is compressed anew each time`,
      );
      await res.arrayBuffer();
    }
  },
);
