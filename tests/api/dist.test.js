// Goal: what `make dist` packs is the whole checkout, so that it can be built,
// tested and read without one.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { checkoutFiles } from '../lib/checkout.js';
import { tempDir } from '../lib/stack.js';

const build = process.env.TRAINMODE_TEST_BUILD;

const below = (dir, at = '') =>
  fs
    .readdirSync(path.join(dir, at), { withFileTypes: true })
    .flatMap((e) =>
      e.isDirectory()
        ? below(dir, path.join(at, e.name))
        : [path.join(at, e.name)],
    );

test('a distribution has every file of the checkout, and nothing that was made', () => {
  const dir = tempDir('trainmode-dist-');
  try {
    const made = spawnSync(
      'make',
      ['-C', build, 'distdir', `distdir=${dir}/trainmode`],
      { encoding: 'utf8' },
    );
    assert.equal(made.status, 0, made.stdout + made.stderr);
    const own = /^(Makefile\.in|aclocal\.m4|configure|build-aux\/.*)$/;
    assert.deepEqual(
      below(`${dir}/trainmode`)
        .filter((name) => !own.test(name))
        .sort(),
      checkoutFiles(),
    );
    assert.notEqual(fs.statSync(`${dir}/trainmode/trainmode`).mode & 0o111, 0);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

// Builds all of it again, and runs the unit tests there: minutes.
test(
  'a distribution builds, passes its tests and leaves nothing behind',
  {
    skip: !process.env.TRAINMODE_TEST_LONG && 'TRAINMODE_TEST_LONG is not set',
  },
  () => {
    const checked = spawnSync('make', ['-C', build, 'distcheck'], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    assert.equal(
      checked.status,
      0,
      checked.stdout.slice(-4000) + checked.stderr.slice(-4000),
    );
  },
);
