// Goal: whoever runs the server connects a model on the page, tries it before
// it is kept, and takes it away again; its key is never shown.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { skip, startDesk } from '../lib/browser.js';
import { call, soon, world } from '../lib/client.js';
import { good } from '../lib/model-double.js';
import { startModelServer } from '../lib/model-server.js';
import { mp3 } from '../lib/audio.js';
import { addBounces, addSets, audioFile, makeArtist, summaryFile } from '../lib/desk.js';

const KEY = 'sk-page-0123456789abcdef';
const server = await startModelServer();
after(() => server.stop());
const { stack, open } = await startDesk();

const health = async () => (await call(stack, 'GET', '/api/health')).body.model;

test('a model is connected, tried, used and disconnected', { skip }, async () => {
  const w = await world(stack, { name: 'Night Driver' });
  const { page, context, faults } = await open();
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a model' });
  await dialog.getByText('Empty if the server wants none.').waitFor();
  assert.deepEqual((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id), []);
  // What the server may not ask is refused in words, and nothing is kept.
  await dialog.getByLabel('Address').fill('http://192.168.0.7:8080/v1');
  await dialog.getByLabel('Model', { exact: true }).fill('small');
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await dialog.getByRole('alert').filter({ hasText: /https, or http on this machine/ }).waitFor();
  // The models of an address stand there once it is known.
  await dialog.getByLabel('Model', { exact: true }).fill('');
  await dialog.getByLabel('Address').fill(server.url);
  await dialog.getByLabel('Key').fill(KEY);
  await dialog.getByText('2 models there.').waitFor();
  assert.equal(await dialog.getByLabel('Model', { exact: true }).inputValue(), 'small');
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await dialog.getByText(new RegExp(`“${good.description}” — [\\d.]+ s, \\d+ tokens`)).waitFor();
  assert.equal(await health(), 'template');
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.ok(await soon(async () => await health() === 'connected', 5)); // within a second
  assert.equal(server.seen.at(-1).key, `Bearer ${KEY}`);

  // It writes from the next caption on, without a restart.
  const written = await call(stack, 'POST', '/api/train', { json: { artistId: w.artistId, parseId: w.parseId } });
  assert.equal(written.body.prompt, good.description);
  // The key is kept where it is, and never shown.
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  await dialog.getByText('A key is kept for this address').waitFor();
  assert.equal(await dialog.getByLabel('Key').inputValue(), '');
  assert.ok(!(await page.content()).includes(KEY));
  await dialog.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('The model is disconnected.').first().waitFor();
  assert.ok(await soon(async () => await health() === 'template', 5));
  assert.deepEqual(faults, []);
  await context.close();
});

test('before many captions it is said what they cost, and a limit that is near', { skip }, async () => {
  const costs = { currency: 'USD', months: [], today: { captions: 1, tokensIn: 1, tokensOut: 1, audioSec: 0, cost: null, unpriced: 1 },
    limit: { perDay: 500, left: 1 }, estimate: { captions: 2, tokensIn: 38000, tokensOut: 3200, audioSec: 0, cost: 0.012, sec: 90 } };
  const { page, context, faults } = await open();
  const asked = [];
  await page.route('**/api/health', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...await response.json(), model: 'connected' } });
  });
  await page.route('**/api/train/costs?*', (route) => {
    asked.push(new URL(route.request().url()).searchParams.get('captions'));
    return route.fulfill({ json: costs });
  });
  await page.reload();
  await makeArtist(page, 'Two Tracks');
  await addSets(page, [summaryFile('cost-1', 'Alpha'), summaryFile('cost-2', 'Beta')]);
  await addBounces(page, [audioFile('Alpha.mp3', mp3(31)), audioFile('Beta.mp3', mp3(32))]);
  const all = page.getByRole('button', { name: 'Generate all (2)' });
  await all.click();
  const question = page.getByRole('alertdialog', { name: 'Write 2 captions?' });
  await question.getByText('About 0.012 USD and 0:30 by the last captions. Only 1 more can be written today (CAPTION_DAILY_LIMIT).').waitFor();
  await question.getByRole('button', { name: 'Keep' }).click();
  assert.equal(await all.isVisible(), true);
  await all.click();
  await question.getByRole('button', { name: 'Write them' }).click();
  await page.getByText('2/2 written').waitFor();
  assert.deepEqual(asked, ['2', '2']);
  assert.deepEqual(faults, []);
  await context.close();
});

test('who may not is told so, and can change nothing', { skip }, async () => {
  const { page, context } = await open();
  await page.route('**/api/settings/model', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title: 'Not allowed', status: 403, code: 'forbidden', detail: 'the model is for whoever runs this server', requestId: 'x' }) }));
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a model' });
  await dialog.getByRole('alert').filter({ hasText: 'for whoever runs this server' }).waitFor();
  for (const name of ['Try it', 'Connect']) assert.equal(await dialog.getByRole('button', { name, exact: true }).isDisabled(), true);
  await context.close();
});
