// Goal: reviewing 200 items one after another does not grow the page's memory:
// no nodes, listeners or captions of earlier items stay.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { skip, startDesk } from '../lib/browser.js';
import { call, save, soon, SUMMARY } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';
import { captionOf, SECTIONS } from '../lib/desk.js';

const COUNT = 200;
const { stack, open } = await startDesk();

// An artist whose items all have audio and a caption.
async function manyItems() {
  const { id: artistId } = (
    await call(stack, 'POST', '/api/artists', { json: { name: 'Two Hundred' } })
  ).body;
  const caption =
    'Deep house, warm pads over a sub bass, 124 bpm, A minor. '.repeat(8);
  const one = async (n) => {
    const parseId = `many-${n}`;
    await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
      json: {
        parseId,
        alsFilename: `${parseId}.als`,
        projectName: parseId,
        summary: { ...SUMMARY, sections: SECTIONS },
      },
    });
    const saved = await save(stack, { artistId, parseId }, mp3(6), {
      promptText: `${parseId}: ${caption}`,
    });
    assert.equal(saved.status, 201, JSON.stringify(saved.body));
  };
  for (let n = 0; n < COUNT; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, i) => one(n + i)));
}

async function measure(devtools) {
  for (let n = 0; n < 3; n++)
    await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name) => metrics.find((m) => m.name === name).value;
  return {
    heap: of('JSHeapUsedSize'),
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
  };
}

// The page at rest: what it fetches and draws late is part of it.
async function atRest(devtools) {
  let last = await measure(devtools);
  for (let n = 0, same = 0; n < 60 && same < 3; n++) {
    await sleep(500);
    const now = await measure(devtools);
    same =
      now.nodes === last.nodes && now.listeners === last.listeners
        ? same + 1
        : 0;
    last = now;
  }
  return last;
}

test(`memory stays where it was over ${COUNT} items`, { skip }, async (t) => {
  await manyItems();
  // What is found out of a track gets into its row: all of it before the first
  // look.
  assert.ok(
    await soon(
      () =>
        stack.psql(
          "SELECT count(*) FROM training_items WHERE analysis_state = 'pending'",
        ) === '0',
      300,
    ),
  );
  const { page, context, faults } = await open();
  await page.getByText(`${COUNT}/${COUNT} ready`).waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  const heading = page.locator('#set-name');
  // The next one: seen, its waveform there, listened to, its caption changed.
  const review = async (n) => {
    const before = await heading.textContent();
    await page.keyboard.press('j');
    // A boolean, not a node: a node that is handed to a test stays in memory.
    await page.waitForFunction(
      (name) =>
        Boolean(
          document.getElementById('set-name').textContent !== name &&
          document.getElementById('caption').value &&
          document.querySelector('#sections li'),
        ),
      before,
    );
    await page.keyboard.press('ArrowRight');
    if (n % 5 === 0) {
      await captionOf(page).fill(`Changed ${n}`);
      await page.keyboard.press('Escape');
    }
  };
  await page.locator('#tracks .pick').first().click();
  // How many rows of the list are drawn differs from item to item, so the most
  // of several counts.
  const first = { heap: 0, nodes: 0, listeners: 0 };
  for (let n = 1; n < 40; n++) {
    await review(n);
    if (n < 35) continue;
    const now = await atRest(devtools);
    for (const name of Object.keys(first))
      first[name] = Math.max(first[name], now[name]);
  }
  for (let n = 0; n < COUNT; n++) await review(n);
  // What the last items still fetch and decode is theirs for a while.
  let last;
  const stays = async () => {
    last = await measure(devtools);
    return (
      last.heap - first.heap < 1.5e6 &&
      last.nodes - first.nodes < 600 &&
      last.listeners - first.listeners < 50
    );
  };
  await soon(stays);
  t.diagnostic(JSON.stringify({ first, last }));
  assert.ok(
    last.heap - first.heap < 1.5e6,
    `the heap grew from ${first.heap} to ${last.heap}`,
  );
  assert.ok(
    last.nodes - first.nodes < 600,
    `nodes grew from ${first.nodes} to ${last.nodes}`,
  );
  assert.ok(
    last.listeners - first.listeners < 50,
    `listeners grew from ${first.listeners} to ${last.listeners}`,
  );
  assert.deepEqual(faults, []);
  await context.close();
});
