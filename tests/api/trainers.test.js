// Goal: for each layout, option and format of audio, what the check promises
// is what the trainer's code then does: as many samples, each with its item's
// caption, and tempo, key and meter if the trainer reads them.
//
// With TRAINMODE_TRAINERS, a folder of checkouts that somebody fetched
// (cog-musicgen-fine-tuner, audiocraft, datasets, ACE-Step-1.5, Side-Step,
// ai-toolkit, SimpleTuner, stable-audio-3, stable-audio-tools; any of them), the
// trainers' own functions run; see tests/trainers/load.py. Without, the restatements there do.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack, tempDir } from '../lib/stack.js';
import { call, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';

const checkouts = process.env.TRAINMODE_TRAINERS || '';
const build = process.env.TRAINMODE_TEST_BUILD ?? path.join(root, 'build');
const TRAINERS = {
  plan: ['cog-musicgen-fine-tuner'],
  replicate: ['cog-musicgen-fine-tuner'],
  audiocraft: ['audiocraft'],
  audiofolder: ['audiofolder'],
  'ace-step': ['ace-step-scan', 'ace-step-json', 'Side-Step'],
  'ai-toolkit': ['ai-toolkit'],
  simpletuner: ['SimpleTuner'],
  'stable-audio': ['stable-audio-3'],
  'stable-audio-3': ['stable-audio-3', 'stable-audio-tools'],
};
const CHECKOUT = {
  audiofolder: 'datasets',
  'ace-step-scan': 'ACE-Step-1.5',
  'ace-step-json': 'ACE-Step-1.5',
};
const OPTIONS = [
  {},
  { segmentSec: 15, trigger: 'ndrv' },
  { split: 0.34 },
  { split: 0.34, segmentSec: 15, trigger: 'ndrv' },
  { captions: 'windows', trigger: 'ndrv' },
  { captions: 'windows', split: 0.34 },
];

let stack;
let artistId;
const captions = [
  'Deep house, warm, analog bass, 124 bpm, A minor',
  'Night drive through “Köln”, four on the floor, 124 bpm',
  'Short and dark',
  'Of an OGG, dry',
  'Of an AIFF, wet',
];
// The windows of each, and their other facts.
const cuts = [
  [0, 19.5, 40],
  [0, 12, 30, 47],
  [0, 9.5, 20],
  [0, 8, 17],
  [0, 7.25, 16],
];
const piece = (i, k) =>
  `${captions[i]}, piece ${k + 1} of ${i + 1} at 124 BPM in A minor`;
const table = [];

before(async () => {
  stack = await startStack();
  const w = await world(stack);
  ({ artistId } = w);
  const sound = (...of) =>
    execFileSync(path.join(build, 'tests/audio/sound'), of.map(String), {
      maxBuffer: 1 << 26,
    });
  const tracks = [
    mp3(40),
    wav(47, { channels: 2 }),
    sound('flac', 20),
    sound('ogg', 17),
    sound('aiff', 16),
  ];
  for (const [i, audio] of tracks.entries()) {
    const { status, body } = await save(stack, w, audio, {
      promptText: captions[i],
    });
    assert.equal(status, 201, JSON.stringify(body));
    const at = `/api/train/items/${body.trainingItemId}`;
    assert.ok(
      await soon(
        async () => (await call(stack, 'GET', at)).body.analysis !== 'pending',
        60,
      ),
    );
    const windows = cuts[i].slice(1).map((endSec, k) => ({
      startSec: cuts[i][k],
      endSec,
      promptText: piece(i, k),
    }));
    const put = await call(stack, 'PUT', `${at}/windows`, {
      json: { windows },
    });
    assert.equal(put.status, 200, JSON.stringify(put.body));
  }
});
after(async () => {
  await stack?.stop();
  if (table.length)
    process.stdout.write(
      `${table
        .map((r) =>
          r
            .map((c, i) => String(c).padEnd([15, 47, 24, 9, 14, 12, 0][i]))
            .join(' ')
            .trimEnd(),
        )
        .join('\n')}\n`,
    );
});

const post = async (at, json) =>
  (
    await call(stack, 'POST', at, {
      json: { artistId, includeExported: true, ...json },
    })
  ).body;

// The zip's folder, unpacked again for each trainer: some cut the files they
// find.
function unpacked(zip) {
  const dir = tempDir('trainers');
  execFileSync('unzip', ['-qq', zip, '-d', dir]);
  return dir;
}

function load(trainer, zip) {
  const checkout = path.join(checkouts, CHECKOUT[trainer] || trainer);
  const own = checkouts !== '' && fs.existsSync(checkout);
  const dir = unpacked(zip);
  try {
    const out = execFileSync(
      'python3',
      [
        '-B',
        path.join(root, 'tests/trainers/load.py'),
        trainer,
        dir,
        ...(own ? [checkout] : []),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return {
      own,
      samples: out
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  } finally {
    fs.rmSync(dir, { recursive: true });
    fs.rmSync(`${dir}.meta`, { recursive: true, force: true });
  }
}

const placeOf = (file) =>
  /(\d+)(?:-(\d+))?(?:_chunk\d+)?(?:\/audio)?\.\w+$/
    .exec(file)
    ?.slice(1)
    .map((n) => n - 1);

// The expected caption of a file: for a window, the window's own.
function captionOf(file, options) {
  const [item, part] = placeOf(file);
  return options.captions ? piece(item, part) : captions[item];
}

for (const [layout, trainers] of Object.entries(TRAINERS)) {
  test(`${layout}: what is promised is what its trainers do`, async (t) => {
    const { layouts } = (await call(stack, 'GET', '/api/train/layouts')).body;
    const takes = layouts
      .find((l) => l.name === layout)
      .options.map((o) => o.name ?? o);
    for (const options of OPTIONS.filter((o) =>
      Object.keys(o).every((name) => takes.includes(name)),
    )) {
      const words = JSON.stringify(options);
      const check = await post('/api/train/export/check', {
        layout,
        ...options,
      });
      if (check.blocks.length) {
        // A block is a promise too: the trainer would not do with it.
        t.diagnostic(`${words}: ${check.blocks.map((b) => b.code)}`);
        table.push([layout, words, '', 'blocked', check.blocks[0].code]);
        continue;
      }
      const { datasetUrl } = await post('/api/train/export', {
        layout,
        ...options,
      });
      const zip = path.join(stack.state, 'trainers.zip');
      fs.writeFileSync(
        zip,
        Buffer.from(await (await fetch(datasetUrl)).arrayBuffer()),
      );
      for (const trainer of trainers) {
        const { own, samples } = load(trainer, zip);
        const where = `${layout} ${words} ${trainer}${own ? ' (own code)' : ''}`;
        assert.equal(
          samples.length,
          check.trainer.pieces,
          `${where}: ${JSON.stringify(samples)}`,
        );
        const right = samples.filter(
          (s) =>
            s.caption.includes(captionOf(s.file, options)) &&
            s.caption.startsWith(options.trigger ?? ''),
        );
        assert.equal(
          right.length,
          check.trainer.samplesWithText,
          `${where}: ${JSON.stringify(samples)}`,
        );
        for (const s of samples) {
          if ('bpm' in s) assert.equal(s.bpm, 124, where);
          if ('key' in s) assert.equal(s.key.toLowerCase(), 'a minor', where);
          if ('meter' in s) assert.equal(String(s.meter), '4', where);
        }
        if (trainer === 'ai-toolkit') {
          const told = check.warns.some((w) => w.code === 'metas_not_read');
          assert.equal(
            told,
            !('key' in samples[0]),
            `${where}: ${JSON.stringify(check.warns)}`,
          );
        }
        const read = ['bpm', 'key', 'meter'].filter(
          (name) => samples.length && name in samples[0],
        );
        table.push([
          layout,
          words,
          trainer,
          own ? 'own code' : 'restated',
          `${samples.length} of ${check.trainer.pieces} taken`,
          `${right.length} captions`,
          read.join(', ') || 'captions alone',
        ]);
      }
    }
  });
}

test("stable-audio-3: a random crop finds its window's caption, of a piece too", async () => {
  const w = await world(stack);
  const {
    body: { trainingItemId },
  } = await save(stack, w, wav(40, { hz: 440 }), {
    promptText: 'The whole track',
  });
  const analyzed = async () =>
    (await call(stack, 'GET', `/api/train/items/${trainingItemId}`)).body
      .analysis !== 'pending';
  assert.ok(await soon(analyzed, 60));
  const list = [
    [0, 12, 'Pads alone'],
    [12, 25, 'The drop'],
    [30, 40, 'Drums alone'],
  ].map(([startSec, endSec, promptText]) => ({ startSec, endSec, promptText }));
  const put = await call(
    stack,
    'PUT',
    `/api/train/items/${trainingItemId}/windows`,
    { json: { windows: list } },
  );
  assert.equal(put.status, 200, JSON.stringify(put.body));
  for (const segmentSec of [undefined, 20]) {
    const { body } = await call(stack, 'POST', '/api/train/export', {
      json: {
        artistId: w.artistId,
        layout: 'stable-audio-3',
        includeExported: true,
        trigger: 'ndrv',
        segmentSec,
      },
    });
    const zip = path.join(stack.state, 'timeline.zip');
    fs.writeFileSync(
      zip,
      Buffer.from(await (await fetch(body.datasetUrl)).arrayBuffer()),
    );
    const { samples } = load('stable-audio-tools', zip);
    assert.equal(samples.length, segmentSec ? 2 : 1);
    const seen = new Set();
    for (const { file, crops } of samples) {
      const from = segmentSec && /-02\./.test(file) ? segmentSec : 0;
      assert.equal(crops.length, 40);
      for (const [start, end, prompt] of crops) {
        const shared = list.map(
          (x) =>
            Math.min(end + from, x.endSec) - Math.max(start + from, x.startSec),
        );
        const best = Math.max(...shared);
        const words =
          best > 0 ? list[shared.indexOf(best)].promptText : 'The whole track';
        assert.ok(
          prompt.startsWith(`ndrv, ${words}`),
          `${start} to ${end} of ${file}: ${prompt}`,
        );
        seen.add(words);
      }
    }
    assert.ok(seen.size >= 3, [...seen].join());
  }
});
