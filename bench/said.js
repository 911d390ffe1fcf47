// How much of what MusicGen's trainer is told is true of the seconds that it
// hears: each set is exported whole with one caption and as windows, read and
// cut by the trainer's own code, and drawn from as its dataset class draws.
//
//   ./trainmode bench said [--checkout DIR] SET.als...
//
// DIR: a checkout of sakemin/cog-musicgen-fine-tuner that somebody fetched;
// without it tests/trainers/load.py restates what it does. The audio is a tone
// as long as the set, said to lie at its beginning. What sounds in which two
// seconds is told by the set's own timeline. Prints the share of draws whose
// caption names only what sounds somewhere in the very seconds drawn.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack, tempDir } from '../tests/lib/stack.js';
import { call } from '../tests/lib/client.js';
import { mp3 } from '../tests/lib/audio.js';

const DRAWS = 200_000;
// config/solver/musicgen/default.yaml and musicgen_base_32khz.yaml: every file
// has the same probability, and a segment may begin where at least 0.8 of it
// are left (audio_dataset.py:380-441).
const SEGMENT = 30,
  RATIO = 0.8;
const STEP = 2; // seconds per slot of the comparison

const args = process.argv.slice(2);
const at = args.indexOf('--checkout');
const checkout =
  at === -1
    ? []
    : args
        .splice(at, 2)
        .slice(1)
        .map((dir) => path.resolve(dir));
if (args.length === 0) {
  console.error('trainmode bench said: name the sets, each a file .als');
  process.exit(2);
}

const stack = await startStack({ env: { ANALYSIS_THREADS: '0' } });
const ok = (answer) => {
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const post = async (to, json) => ok(await call(stack, 'POST', to, { json }));

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

// Names of parts that a caption gives as one.
const PARTS = {
  drums: [
    'kick drum',
    'snare',
    'claps',
    'hi-hats',
    'cymbals',
    'toms',
    'rimshot',
    'percussion',
  ],
};

// Each sound that is named, with the steps in which it does not sound.
function silences(heard, names) {
  return names.map((name) => {
    const any = [name, ...(PARTS[name] ?? [])];
    return new Set(
      heard.flatMap((sounds, i) => (any.some((n) => sounds.has(n)) ? [] : [i])),
    );
  });
}

// A set, an item of it with the template's caption, and its windows.
async function addSet(artistId, file) {
  const name = path.basename(file);
  const { parseId } = ok(
    await call(
      stack,
      'POST',
      `/api/library?artistId=${artistId}&filename=${encodeURIComponent(name)}`,
      {
        body: fs.readFileSync(file),
        headers: { 'content-type': 'application/octet-stream' },
      },
    ),
  );
  const sec = Math.floor(
    ok(await call(stack, 'GET', `/api/library/${parseId}`)).summary.length.sec,
  );
  const { prompt, generationId } = await post('/api/train', {
    artistId,
    parseId,
  });
  const { trainingItemId: id } = await post('/api/train/save', {
    artistId,
    parseId,
    promptText: prompt,
    generationId,
    audioBase64: mp3(sec).toString('base64'),
  });
  stack.psql(
    `UPDATE training_items SET analysis_state = 'done', alignment = '{"verdict":"same","offsetSec":0,"drift":0}' WHERE id = '${id}'`,
  );
  const where = `/api/train/items/${id}/windows`;
  const { fields } = ok(await call(stack, 'GET', `/api/train/items/${id}`));
  const { windows } = await post(`${where}/generate`, {});
  const steps = Array.from({ length: Math.floor(sec / STEP) }, (_, i) => ({
    startSec: i * STEP,
    endSec: (i + 1) * STEP,
  }));
  const told = ok(
    await call(stack, 'PUT', where, { json: { windows: steps } }),
  ).windows;
  const heard = told.map((w) => new Set(w.sounds));
  const said = (prompt, { instruments }, start) => ({
    prompt,
    start,
    wrong: silences(heard, instruments),
  });
  await post(`${where}/generate`, {}); // the same again, for the export
  return {
    name,
    heard,
    steps: steps.length,
    track: said(prompt, fields, 0),
    windows: windows.map((w) => said(w.promptText, w.fields, w.startSec)),
  };
}

// The files that are trained on, as the trainer's own code reads and cuts them.
async function samplesOf(artistId, sets, captions) {
  const { datasetUrl } = await post('/api/train/export', {
    artistId,
    layout: 'replicate',
    includeExported: true,
    captions,
  });
  const dir = tempDir('said');
  const zip = path.join(dir, 'x.zip');
  fs.writeFileSync(
    zip,
    Buffer.from(await (await fetch(datasetUrl)).arrayBuffer()),
  );
  execFileSync('unzip', ['-qq', zip, '-d', path.join(dir, 'x')]);
  const out = execFileSync(
    'python3',
    [
      '-B',
      path.join(root, 'tests/trainers/load.py'),
      'cog-musicgen-fine-tuner',
      path.join(dir, 'x'),
      ...checkout,
    ],
    { encoding: 'utf8' },
  );
  fs.rmSync(dir, { recursive: true });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ file, seconds, caption }) => {
      const [, item, part, chunk] =
        /item-(\d+)(?:-(\d+))?(?:_chunk(\d+))?\.\w+$/.exec(file);
      const set = sets[item - 1];
      const said = part ? set.windows[part - 1] : set.track;
      if (!caption.includes(said.prompt))
        throw new Error(`${file} is told ${caption}`);
      return {
        set,
        wrong: said.wrong,
        start: said.start + Number(chunk ?? 0),
        seconds,
      };
    });
}

// Whether all that is named sounds somewhere in the seconds that are heard.
function holds(sample, from, to) {
  return sample.wrong.every((steps) => {
    for (
      let i = Math.floor(from / STEP);
      i * STEP < to && i < sample.set.steps;
      i++
    )
      if (!steps.has(i)) return true;
    return false;
  });
}

function drawn(samples) {
  let right = 0;
  for (let i = 0; i < DRAWS; i++) {
    const sample = samples[Math.floor(random() * samples.length)];
    const seek = random() * Math.max(0, sample.seconds - SEGMENT * RATIO);
    const from = sample.start + seek;
    right += holds(
      sample,
      from,
      sample.start + Math.min(sample.seconds, seek + SEGMENT),
    );
  }
  return right / DRAWS;
}

try {
  const artistId = (await post('/api/artists', { name: 'Said' })).id;
  const sets = [];
  for (const file of args) sets.push(await addSet(artistId, file));
  stack.psql(
    `UPDATE training_items SET created_at = now() + interval '1 second' * (SELECT count(*) FROM training_items o WHERE o.created_at < training_items.created_at)`,
  );
  const [whole, pieces] = [
    await samplesOf(artistId, sets, 'track'),
    await samplesOf(artistId, sets, 'windows'),
  ];
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  for (const set of [...sets, null]) {
    const of = (list) => list.filter((s) => set === null || s.set === set);
    console.log(
      `${(set?.name ?? 'all').padEnd(28)} one caption ${percent(drawn(of(whole))).padStart(8)} of ${of(whole).length} files,   ` +
        `windows ${percent(drawn(of(pieces))).padStart(8)} of ${of(pieces).length}`,
    );
  }
  console.log(
    `${DRAWS} draws each; ${checkout.length ? "the trainer's own code" : 'restated'}`,
  );
} finally {
  await stack.stop();
}
