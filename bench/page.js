// The page with a long list: how soon it is usable, what blocks it, how it
// scrolls and what it takes, with 500 and with 10,000 tracks.
//
//   ./trainmode bench page
//
// In Chromium, without a window, on this machine; the figures are one run's.
import { launch, skip } from '../tests/lib/browser.js';
import { startStack } from '../tests/lib/stack.js';
import { call, save, world } from '../tests/lib/client.js';
import { mp3 } from '../tests/lib/audio.js';

if (skip) {
  console.error(`trainmode bench page: ${skip}`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.exit(1));

// An artist with n saved tracks: one by the API, its rows copied.
async function artistWith(stack, n) {
  const w = await world(stack, { name: `Tracks ${n}` });
  const saved = await save(stack, w, mp3(40), {
    promptText: 'Warm deep house with a rolling bass, at 124 BPM in A minor',
  });
  if (saved.status !== 201) throw new Error(JSON.stringify(saved.body));
  stack.psql(`
    INSERT INTO als_summaries SELECT (jsonb_populate_record(s,
      jsonb_build_object('id', gen_random_uuid(), 'parse_id',
        '${w.parseId}-' || i, 'project_name', 'Track ' || i))).*
      FROM als_summaries s, generate_series(2, ${n}) i
      WHERE s.parse_id = '${w.parseId}';
    INSERT INTO training_items SELECT (jsonb_populate_record(t,
      jsonb_build_object('id', gen_random_uuid(), 'parse_id', s.parse_id,
        'als_summary_id', s.id, 'project_name', s.project_name,
        'created_at', t.created_at + interval '1 s' * s.n,
        'idem_key', NULL))).*
      FROM training_items t JOIN (SELECT *,
        substr(project_name, 7)::int AS n FROM als_summaries
        WHERE project_name LIKE 'Track %') s USING (artist_id)
      WHERE t.parse_id = '${w.parseId}' AND s.parse_id <> t.parse_id;
    ANALYZE training_items; ANALYZE als_summaries;`);
  return w.artist.slug;
}

// Frames while a scroller goes from top to bottom and back within 3 s.
const scroll = (page, selector) =>
  page.evaluate(async (of) => {
    const scroller = document.querySelector(of);
    const times = [];
    const begun = performance.now();
    for (let at = 0; at < 3000; at = performance.now() - begun) {
      times.push(await new Promise(requestAnimationFrame));
      const part = at < 1500 ? at / 1500 : 2 - at / 1500;
      scroller.scrollTop = part * scroller.scrollHeight;
    }
    const gaps = times.slice(1).map((t, i) => t - times[i]);
    return {
      fps: (1000 * gaps.length) / (times.at(-1) - times[0]),
      worst: Math.max(...gaps),
    };
  }, selector);

async function measure(browser, stack, n) {
  const slug = await artistWith(stack, n);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) =>
      window.longTasks.push(...list.getEntries().map((e) => e.duration)),
    ).observe({ type: 'longtask', buffered: true });
  });
  const tasks = () =>
    page.evaluate(() => {
      const all = window.longTasks.splice(0);
      return all.length
        ? `${all.length}, the longest ${Math.round(Math.max(...all))} ms`
        : 'none';
    });
  const begun = performance.now();
  await page.goto(`${stack.url}?artist=${slug}`);
  await page.locator('#tracks .badge.ready').first().waitFor();
  const seen = performance.now() - begun;
  await page.getByText(`${n}/${n} ready`).waitFor();
  const usable = performance.now() - begun;
  await page.waitForLoadState('networkidle');
  const opening = await tasks();
  const list = await scroll(page, '#tracks-scroll');
  const scrolling = await tasks();
  const searched = performance.now();
  await page.locator('#tracks-search').fill(`Track ${n}`);
  await page.waitForFunction(
    () => document.getElementById('tracks-count').textContent === '1',
  );
  const search = performance.now() - searched;
  await page.locator('#tracks-search').fill('');
  await page.waitForFunction(
    (all) => document.getElementById('tracks-count').textContent === all,
    String(n),
  );
  const typing = await tasks();
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await page.locator('#table-body > tr').first().waitFor();
  const table = await scroll(page, '#table-scroll');
  const tabling = await tasks();
  const devtools = await context.newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const nodes = await page.evaluate(
    () => document.querySelectorAll('*').length,
  );
  await context.close();
  return {
    'the first tracks are seen after [ms]': Math.round(seen),
    'all are there after [ms]': Math.round(usable),
    'long tasks till then (over 50 ms)': opening,
    'list: frames a second, longest gap [ms]': `${Math.round(list.fps)}, ${Math.round(list.worst)}`,
    'long tasks while it scrolls': scrolling,
    'search and its 150 ms of waiting [ms]': Math.round(search),
    'long tasks of searching': typing,
    'table: frames a second, longest gap [ms]': `${Math.round(table.fps)}, ${Math.round(table.worst)}`,
    'long tasks while the table scrolls': tabling,
    'JavaScript heap [MB]': (usedSize / 1e6).toFixed(1),
    'elements in the page': nodes,
  };
}

const stack = await startStack({ env: { ANALYSIS_THREADS: '0' } });
const browser = await launch();
try {
  const found = {};
  for (const n of [500, 10000]) {
    found[n] = await measure(browser, stack, n);
  }
  const { version } = (await call(stack, 'GET', '/api/openapi.json')).body.info;
  console.log(`Chromium ${browser.version()}, Trainmode ${version}\n`);
  console.log('| | 500 tracks | 10,000 tracks |\n| --- | --- | --- |');
  for (const name of Object.keys(found[500])) {
    console.log(`| ${name} | ${found[500][name]} | ${found[10000][name]} |`);
  }
} finally {
  await browser.close();
  await stack.stop();
}
