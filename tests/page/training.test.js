// Goal: from a dataset on the page, a user starts a training and sees its
// progress; without an account, the user copies a call that a shell accepts
// unchanged.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startStack } from '../lib/stack.js';
import { skip, startBrowser } from '../lib/browser.js';
import { startReplicate } from '../lib/replicate-double.js';
import { call, save, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

const run = promisify(execFile);
const open = await startBrowser();
const replicate = await startReplicate();
after(() => replicate.stop());

// A page that shows the URL of a dataset made before.
async function onDataset(stack, then) {
  const w = await world(stack, { name: 'Night Driver' });
  await save(stack, w, mp3(40));
  assert.equal(
    (
      await call(stack, 'POST', '/api/train/export', {
        json: { artistId: w.artistId, layout: 'replicate' },
      })
    ).status,
    200,
  );
  const { page, context, faults } = await open(stack.url);
  await page.getByText('Past datasets').click();
  await page.getByRole('button', { name: /^New link/ }).click();
  await page.getByText('Train on Replicate').click();
  await page.getByLabel('Your model there').fill('night-driver/my-model');
  // The cost is shown before anything is requested.
  const asked = replicate.journal.length;
  await page.getByRole('button', { name: 'Start training' }).click();
  await page
    .getByRole('alertdialog')
    .getByText(/charges the account .* about 10 dollars/)
    .waitFor();
  await page.getByRole('button', { name: 'Keep' }).click();
  assert.equal(replicate.journal.length, asked);
  await page.getByRole('button', { name: 'Start training' }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: 'Start training' })
    .click();
  await then(page);
  assert.deepEqual(faults, []);
  await context.close();
}

test('a training is started and followed', { skip }, async () => {
  const stack = await startStack({
    env: {
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.url,
    },
  });
  try {
    await onDataset(stack, async (page) => {
      await page.getByText(/^starting · /).waitFor();
      const [training] = Object.values(replicate.trainings);
      Object.assign(training, {
        status: 'processing',
        logs: 'Unpacking\nepoch 1 of 3\n',
      });
      await page.getByText(/^processing · /).waitFor();
      await page.getByText('epoch 1 of 3', { exact: true }).waitFor();
      Object.assign(training, {
        status: 'failed',
        error: 'CUDA out of memory',
      });
      await page.getByText('CUDA out of memory').waitFor();
      await page.reload();
      await page.getByText('Trainings (1)').click();
      await page.getByText(/^failed · /).waitFor();
      assert.match(
        await page
          .getByRole('link', { name: 'Replicate' })
          .getAttribute('href'),
        new RegExp(`/p/${training.id}$`),
      );
    });
  } finally {
    await stack.stop();
  }
});

test('a training is canceled, but not by one click', { skip }, async () => {
  const stack = await startStack({
    env: {
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: replicate.url,
    },
  });
  try {
    await onDataset(stack, async (page) => {
      await page.getByText(/^starting · /).waitFor();
      const training = Object.values(replicate.trainings).at(-1);
      const button = page.getByRole('button', {
        name: 'Cancel training of night-driver/my-model',
      });
      await button.click();
      await page.getByRole('button', { name: 'Keep' }).click();
      assert.equal(training.status, 'starting');
      // Replicate is away: the page says so, and the button is there to try
      // again.
      replicate.fail(500, /cancel$/);
      await button.click();
      await page
        .getByRole('alertdialog')
        .getByRole('button', { name: 'Cancel training' })
        .click();
      await page
        .getByRole('alert')
        .filter({ hasText: 'out of order' })
        .waitFor();
      // No news of the training takes that away before it is read.
      await (
        await page.waitForResponse((r) => r.url().includes('/trainings?'))
      ).finished();
      await page.evaluate(() => new Promise((go) => setTimeout(go)));
      assert.equal(
        await page
          .getByRole('alert')
          .filter({ hasText: 'out of order' })
          .isVisible(),
        true,
      );
      await button.click();
      await page
        .getByRole('alertdialog')
        .getByRole('button', { name: 'Cancel training' })
        .click();
      await page.getByText(/^canceled · /).waitFor();
      assert.equal(training.status, 'canceled');
      await button.waitFor({ state: 'hidden' });
    });
  } finally {
    await stack.stop();
  }
});

test(
  'without an account the call is there to copy, and works in a shell',
  { skip },
  async () => {
    const stack = await startStack();
    try {
      await onDataset(stack, async (page) => {
        await page
          .getByRole('alert')
          .filter({ hasText: 'REPLICATE_API_TOKEN' })
          .waitFor();
        const text = await page
          .getByLabel('Copy the command below and add your token')
          .inputValue();
        assert.ok(!text.includes(replicate.token));
        const before = replicate.journal.length;
        const shell = text.replace('https://api.replicate.com', replicate.url);
        await run('bash', ['-euc', shell], {
          env: { ...process.env, REPLICATE_API_TOKEN: replicate.token },
        });
        const made = replicate.journal[before];
        assert.equal(made.headers.authorization, `Bearer ${replicate.token}`);
        assert.equal(made.body.destination, 'night-driver/my-model');
        assert.equal((await fetch(made.body.input.dataset_path)).status, 200);
      });
    } finally {
      await stack.stop();
    }
  },
);
