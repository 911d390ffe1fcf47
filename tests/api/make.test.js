// Goal: ./trainmode make turns a folder into a dataset, reports what it leaves
// out and why, and continues when it is run again.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startStack } from '../lib/stack.js';
import { call } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';
import { als } from '../lib/als.js';

let stack;
let dir;
before(async () => {
  stack = await startStack();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-make-'));
});
after(async () => {
  await stack?.stop();
  if (dir) fs.rmSync(dir, { recursive: true, force: true });
});

const put = (name, bytes) => {
  const file = path.join(dir, 'songs', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
};

// The program as `up` installed it; JSON lines as objects.
const make = (...args) =>
  new Promise((resolve) => {
    execFile(
      path.join(stack.state, 'app/libexec/trainmode-make'),
      args,
      {
        env: { ...process.env, TRAINMODE_URL: stack.url, TRAINMODE_TOKEN: '' },
      },
      (error, stdout, stderr) => {
        resolve({
          code: error?.code ?? 0,
          stdout,
          stderr,
          lines:
            args.includes('--json') && stdout
              ? stdout
                  .trim()
                  .split('\n')
                  .map((line) => JSON.parse(line))
              : [],
        });
      },
    );
  });

test('a folder becomes a dataset, and again', async () => {
  put('Night Drive Project/Night Drive.als', als({ track: 'Bass', bpm: 120 }));
  put('Night Drive Project/Samples/Recorded/take.mp3', mp3(33));
  put('Für Elise.als', als({ track: 'Pad', bpm: 90 }));
  put('broken.als', Buffer.from('no set'));
  put('bounces/night-drive (Master) v2.mp3', mp3(40));
  put('bounces/FÜR elise.mp3', mp3(41)); // ASCII alone is folded: Ü stays Ü
  put('bounces/Für Elise mixdown.mp3', mp3(42));
  put('bounces/stranger.mp3', mp3(43));
  const out = path.join(dir, 'dataset.zip');
  const args = [
    path.join(dir, 'songs'),
    '--artist',
    'Maker',
    '--out',
    out,
    '--yes',
    '--json',
  ];
  const first = await make(...args);
  assert.equal(first.code, 0, first.stdout + first.stderr);
  const done = first.lines.at(-1);
  assert.equal(done.event, 'done');
  assert.equal(done.dataset.itemCount, 2);
  const why = Object.fromEntries(done.leftOut.map((l) => [l.name, l.why]));
  assert.match(why['bounces/stranger.mp3'], /no set is surely its own/);
  assert.ok(why['broken.als']);
  assert.ok(!Object.keys(why).some((name) => name.includes('Samples')));
  const saved = first.lines.filter(
    (l) => l.event === 'track' && l.state === 'saved',
  );
  assert.deepEqual(saved.map((l) => l.set).sort(), [
    'Für Elise.als',
    'Night Drive Project/Night Drive.als',
  ]);
  assert.ok(saved.every((l) => l.caption));
  assert.equal(fs.statSync(out).size, done.dataset.bytes);

  const again = await make(...args);
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.ok(
    again.lines
      .filter((l) => l.event === 'track')
      .every((l) => l.state !== 'saved'),
  );
  assert.equal(again.lines.at(-1).dataset.itemCount, 2);
  const { artists } = (await call(stack, 'GET', '/api/artists')).body;
  const [maker] = artists.filter((a) => a.name === 'Maker');
  assert.equal(
    (await call(stack, 'GET', `/api/train/items?artistId=${maker.id}`)).body
      .total,
    2,
  );

  // Its windows are made on the way, once.
  const pieces = await make(
    ...args,
    '--captions',
    'windows',
    '--layout',
    'replicate',
  );
  assert.equal(pieces.code, 0, pieces.stdout + pieces.stderr);
  const { items } = (
    await call(stack, 'GET', `/api/train/items?artistId=${maker.id}`)
  ).body;
  for (const item of items)
    assert.ok(
      (await call(stack, 'GET', `/api/train/items/${item.id}/windows`)).body
        .windows.length > 0,
      JSON.stringify(item),
    );
  assert.match(
    execFileSync('unzip', ['-Z1', out], { encoding: 'utf8' }),
    /item-001-01\./,
  );

  const table = await make(
    path.join(dir, 'songs'),
    '--artist=Maker',
    '--yes',
    `--out=${out}`,
  );
  assert.equal(table.code, 0, table.stderr);
  assert.match(
    table.stdout,
    /kept\s+bounces\/night-drive \(Master\) v2\.mp3 <- Night Drive Project\/Night Drive\.als/,
  );
  assert.match(table.stdout, /Left out:[^]*stranger\.mp3: no set/);
  assert.match(table.stdout, /2 tracks, .*dataset\.zip\nhttp:/);
});

test('what is wrong is said', async () => {
  const empty = path.join(dir, 'empty');
  fs.mkdirSync(empty, { recursive: true });
  assert.match(
    (await make(empty, '--artist', 'x', '--yes')).stderr,
    /holds no audio/,
  );
  assert.match(
    (await make(path.join(dir, 'none'), '--artist', 'x')).stderr,
    /No such file/,
  );
  assert.equal((await make(empty)).code, 2);
  assert.match(
    (await make(empty, '--artist', 'x', '--captions', 'odd')).stderr,
    /track or windows/,
  );
  assert.match(
    (await make(empty, '--artist', 'x', '--odd')).stderr,
    /unknown argument/,
  );
});
