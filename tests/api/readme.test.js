// Goal: README's walk-through works as pasted, except for the port.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack } from '../lib/stack.js';
import { mp3 } from '../lib/audio.js';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

// These documents' blocks as one script, in a folder with a track.
function walk(docs) {
  const script = docs
    .map((doc) => {
      const text = fs.readFileSync(path.join(root, doc), 'utf8');
      return /<!-- walk-through[^]*?```sh\n([^]*?)```/.exec(text)[1];
    })
    .join('')
    .replace('http://127.0.0.1:8080', stack.url.replace(/\/$/, ''));
  assert.ok(script.includes(stack.url.replace(/\/$/, '')));
  const dir = fs.mkdtempSync(path.join(stack.state, 'walk-'));
  const audio = mp3(40);
  fs.writeFileSync(path.join(dir, 'track.mp3'), audio);
  const out = execFileSync('bash', ['-euc', script], {
    cwd: dir,
    encoding: 'utf8',
  });
  return { dir, out, audio };
}

test('the walk-through ends with the dataset on the disk', () => {
  const { dir, out, audio } = walk(['README.md']);
  assert.match(out, /124 ?bpm/i);
  assert.match(out, /dataset\/item-1\/audio\.mp3/);
  assert.match(out, /dataset\/item-1\/prompt\.txt/);
  const bytes = execFileSync(
    'unzip',
    ['-p', path.join(dir, 'dataset.zip'), 'dataset/item-1/audio.mp3'],
    { maxBuffer: 1e8 },
  );
  assert.deepEqual(bytes, audio);
});

test('what the documents say of matching and of windows works after it', () => {
  const { dir, out } = walk(['README.md', 'docs/audio.md', 'docs/windows.md']);
  assert.match(out, /"matches":\[\{/);
  assert.match(out, /"excluded":true/);
  assert.match(out, /Deep house, drums alone, at 124 BPM/);
  const names = execFileSync('unzip', ['-Z1', path.join(dir, 'windows.zip')], {
    encoding: 'utf8',
  });
  assert.match(names, /item-1-01\//, names);
});
