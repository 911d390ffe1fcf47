// Goal: anybody may have written a summary, in any form; the page ignores what
// it does not know, and nothing throws.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';

const { open } = await startDesk();

test('odd summaries give no facts and no error', { skip }, async () => {
  const { page, context } = await open();
  const run = (...given) =>
    page.evaluate(
      async ([body, args]) => {
        const module = await import('/js/facts.js');
        return module[body](...args);
      },
      [given[0], given.slice(1)],
    );
  for (const odd of [
    { tracks: 7 },
    { tracks: [null] },
    { tracks: 'x' },
    { tracks: [7, 'y', []] },
    { tracks: [{ role: {}, name: 7 }] },
    { tracks: null, sections: null },
    { sections: 7 },
    { sections: [null, 'x'] },
    { tempo: null, key: 7, meter: [], length: 'x', live: null },
    {},
    [],
    null,
  ]) {
    assert.deepEqual(await run('partsOf', odd), [], JSON.stringify(odd));
    assert.deepEqual(await run('sectionsOf', odd, 60), [], JSON.stringify(odd));
    if (odd)
      assert.deepEqual(await run('factsOf', {}, odd), [], JSON.stringify(odd));
  }
  const facts = { tempo: { bpm: 124 }, meter: '6/8', durationSec: 61 };
  assert.deepEqual(
    await run('factsOf', { key: 'A minor', liveVersion: '12.1' }, { facts }),
    ['124 BPM', 'A minor', '6/8', '1:01', 'Live 12.1'],
  );
  assert.deepEqual(
    await run('sectionsOf', { sections: [{ name: 7, startSec: 1 }] }, 60),
    [{ name: 'Section 1', from: 1, to: 60 }],
  );
  assert.deepEqual(
    await run('partsOf', {
      tracks: [null, { role: 'bass', instrument: { name: 'Operator' } }],
    }),
    [['bass', 'Operator']],
  );
  await context.close();
});
