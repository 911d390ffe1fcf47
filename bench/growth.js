// What ten times the tracks take: the same calls for an artist with few sets and
// items and for one with ten times as many, in turn, on one stack. Measures the
// time, and the peak of the program's resident memory. No fsync; only the
// bounce that is compared with all sets is analyzed.
//
//   ./trainmode bench growth [TRACKS]
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../tests/lib/stack.js';
import { call, soon, world } from '../tests/lib/client.js';
import { crc32 } from '../tests/lib/crc32.js';
import { bounceOf, song, summaryOf } from '../tests/lib/song.js';

const FEW = Number(process.argv[2] ?? 300);
const ROUNDS = 5;
const BYTES = 50000; // of each track's audio
const ROWS = 200; // that go into the database at once

if (!(FEW >= 1 && FEW <= 5000)) {
  console.error('trainmode bench growth: how many tracks, 1 to 5000?');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.exit(1));
const stack = await startStack({
  env: { ANALYSIS_THREADS: '1', TRAINMODE_TEST_FAST: '', DURABLE: 'off' },
});
const median = (v) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];

async function ask(method, where, options) {
  const answer = await call(stack, method, where, options);
  if (answer.status >= 300)
    throw new Error(`${where}: ${JSON.stringify(answer.body).slice(0, 400)}`);
  return answer.body;
}

async function each(n, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < n) await work(next++);
    }),
  );
}

// As saves would leave them, but straight into the table and the store.
function items(artist, parseIds) {
  const rows = parseIds.map((parseId, n) => {
    const id = `${artist.id.slice(0, 24)}${n.toString(16).padStart(12, '0')}`;
    const folder = path.join(
      stack.objects,
      'artists',
      artist.slug,
      'training',
      id,
    );
    const bytes = Buffer.alloc(BYTES, `audio ${n} `);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const at = `artists/${artist.slug}/training/${id}`;

    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'audio.mp3'), bytes);
    return `('${id}', '${artist.id}', '${parseId}', 'Song ${n}.als', 'Song ${n}', '${at}/audio.mp3',
      '${at}/prompt.txt', 'Deep house, warm pads over analog bass, song ${n}', 'ready', 'train-v1', 'gpt-4o-mini',
      now(), now() - ${n} * interval '1 second', 'mp3', ${BYTES}, '${sha256}', 60, 44100, 2, 320000, ${crc32(bytes)}, 'done')`;
  });
  for (let i = 0; i < rows.length; i += ROWS)
    stack.psql(`INSERT INTO training_items (id, artist_id, parse_id, als_filename, project_name, audio_path,
      prompt_path, prompt_text, status, system_prompt_version, model_name, generated_at, created_at,
      audio_format, audio_bytes, audio_sha256, audio_duration_sec, audio_sample_rate, audio_channels,
      audio_bitrate, audio_crc32, analysis_state) VALUES ${rows.slice(i, i + ROWS).join(',')}`);
  stack.psql('ANALYZE training_items'); // as PostgreSQL does by itself, within a minute
  const { uid, gid } = fs.statSync(stack.objects);
  for (const under of ['', 'training'])
    fs.chownSync(
      path.join(stack.objects, 'artists', artist.slug, under),
      uid,
      gid,
    );
}

// An artist with n sets, an item of each, and a bounce of the first.
async function fill(n) {
  const { artist } = await world(stack);
  const parseIds = [];
  await each(n, async (i) => {
    const { parseId } = await ask(
      'POST',
      `/api/library?artistId=${artist.id}`,
      {
        json: {
          parseId: `${artist.id}-${i}`,
          alsFilename: `Song ${i}.als`,
          projectName: `Song ${i}`,
          summary: summaryOf(song(i, { bpm: 110 + (i % 30) }), `Song ${i}`),
        },
      },
    );
    parseIds[i] = parseId;
  });
  items(artist, parseIds);
  await sleep(100); // so that connections that ended meanwhile are noticed
  const { trainingItemId } = await ask('POST', '/api/train/save', {
    json: {
      artistId: artist.id,
      parseId: parseIds[0],
      promptText: 'the bounce',
      audioBase64: bounceOf(song(0, { bpm: 110 })).toString('base64'),
    },
  });
  const heard = await soon(
    async () =>
      (await ask('GET', `/api/train/items/${trainingItemId}`)).analysis ===
      'done',
    120,
  );
  if (!heard) throw new Error('the bounce was not analyzed');
  return { n, artistId: artist.id, slug: artist.slug, bounce: trainingItemId };
}

// All of a list, page by page.
async function pages(where) {
  let cursor = '';
  do {
    const page = await ask('GET', `${where}&limit=200${cursor}`);
    cursor =
      page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor);
}

const forgetZips = (a) =>
  fs.rmSync(path.join(stack.objects, 'artists', a.slug, 'datasets'), {
    recursive: true,
    force: true,
  });

const calls = [
  [
    'library, all pages',
    'library',
    (a) => pages(`/api/library?artistId=${a.artistId}`),
  ],
  [
    'items, all pages',
    'save',
    (a) => pages(`/api/train/items?artistId=${a.artistId}`),
  ],
  [
    'match of one bounce with all sets',
    'save',
    (a) =>
      ask('POST', `/api/train/match?artistId=${a.artistId}`, {
        json: { itemId: a.bounce },
      }),
  ],
  [
    'check of an export',
    'export',
    (a) =>
      ask('POST', '/api/train/export/check', {
        json: {
          artistId: a.artistId,
          layout: 'replicate',
          includeExported: true,
        },
      }),
  ],
  [
    'export',
    'export',
    (a) =>
      ask('POST', '/api/train/export', {
        json: {
          artistId: a.artistId,
          layout: 'replicate',
          includeExported: true,
        },
      }),
    forgetZips,
  ],
];

// Milliseconds, and the peak of the program's memory since just before [MB].
async function measure(program, run, artist) {
  fs.writeFileSync(`/proc/${stack.pid(program)}/clear_refs`, '5');
  const began = performance.now();
  await run(artist);
  const took = performance.now() - began;
  return { took, peak: stack.resident(program).peak };
}

try {
  const few = await fill(FEW);
  const many = await fill(10 * FEW);
  console.log(
    `${os.cpus()[0].model}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}: ${FEW} sets and tracks beside ${10 * FEW}, medians of ${ROUNDS} in turn\n`,
  );
  console.log(
    '| what | few [ms] | ten times [ms] | times | peak, few [MB] | ten times [MB] |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [what, program, run, after = () => {}] of calls) {
    const got = new Map([few, many].map((a) => [a, { took: [], peak: [] }]));
    for (let round = 0; round <= ROUNDS; round++)
      for (const [artist, to] of got) {
        const { took, peak } = await measure(program, run, artist);
        after(artist);
        if (round === 0) continue; // a warm-up
        to.took.push(took);
        to.peak.push(peak);
      }
    const [a, b] = [...got.values()].map((v) => ({
      took: median(v.took),
      peak: median(v.peak),
    }));
    console.log(
      `| ${what} | ${a.took.toFixed(1)} | ${b.took.toFixed(1)} | ${(b.took / a.took).toFixed(1)} | ${a.peak.toFixed(1)} | ${b.peak.toFixed(1)} |`,
    );
  }
} finally {
  await stack.stop();
}
