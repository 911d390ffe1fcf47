// Goal: 512 captions wait for the model at once in one small process.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, startStack } from '../lib/stack.js';
import { acts, good, startDouble } from '../lib/model-double.js';
import { parsed, seed, SUMMARY } from '../lib/train.js';

// A set as large as they come: 200 tracks of real names, some 15 kB.
const LARGE = {
  ...SUMMARY,
  tracks: Array.from({ length: 200 }, (_, i) => ({
    name: `${['Bass', 'Drums', 'Pad', 'Lead', 'Vox'][i % 5]} ${i} ${'layered take '.repeat(2)}`,
    kind: i % 3 ? 'midi' : 'audio',
    clips: i,
  })),
};

describe('many at once', () => {
  let double;
  let stack;
  const agent = new http.Agent({ maxSockets: 600 });
  before(async () => {
    double = await startDouble();
    // Sanitizers take several times the memory; this test measures the programs
    // as users run them.
    const plain = {
      TRAINMODE_APP: '',
      TRAINMODE_BUILD: path.join(root, 'build'),
      CONFIGURE_FLAGS: '--enable-werror',
    };
    stack = await startStack({
      env: { ...plain, OPENAI_BASE_URL: double.url, MODEL_STALL_SEC: '100' },
    });
  });
  after(async () => {
    agent.destroy();
    await stack?.stop();
    await double?.stop();
  });

  const one = (ids) =>
    new Promise((resolve, reject) => {
      const req = http
        .request(
          new URL('api/train', stack.url),
          {
            agent,
            method: 'POST',
            headers: {
              'Content-Type': 'application/json',
              Accept: 'text/event-stream',
            },
          },
          (res) => {
            let text = '';
            res.on('data', (d) => {
              text += d;
            });
            res.on('end', () => resolve(parsed(text).at(-1)));
          },
        )
        .on('error', reject);
      req.end(JSON.stringify(ids));
    });

  for (const [what, summary] of [
    ['a usual set', SUMMARY],
    ['a very large one', LARGE],
  ]) {
    test(`512 captions of ${what} in flight, in at most 64 MB`, async (t) => {
      const ids = seed(stack, { summary });
      let open;
      double.play(
        acts.late(
          new Promise((resolve) => {
            open = resolve;
          }),
        ),
      );
      const all = Array.from({ length: 512 }, () => one(ids));
      for (let i = 0; i < 3000 && double.journal.length < 512; i++)
        await sleep(10);
      assert.equal(double.journal.length, 512);
      // The memory of the questions is given back within a second or two.
      let { now: held } = stack.resident('train');
      for (let i = 0; i < 50 && held > 64; i++) {
        await sleep(100);
        held = stack.resident('train').now;
      }
      t.diagnostic(
        `${held.toFixed(1)} MB resident with 512 in flight, ${JSON.stringify(summary).length} bytes of summary, ${JSON.stringify(double.journal[0].body).length} of request`,
      );
      open();
      const ends = await Promise.all(all);
      assert.ok(
        ends.every(
          (e) => e.name === 'done' && e.data.prompt === good.description,
        ),
      );
      assert.equal(new Set(ends.map((e) => e.data.generationId)).size, 512);
      assert.ok(held <= 64, `${held} MB`);
    });
  }
});
