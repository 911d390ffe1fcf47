// Goal: whatever is killed, and whenever, nothing that was acknowledged is
// lost: programs, nginx and PostgreSQL's backends are killed at random moments
// while six clients save, replace, delete and export. Afterwards each row has
// its objects, each 2xx is there by its SHA-256, each dataset can be fetched,
// and no export is stuck.
// TRAINMODE_TEST_KILLS: how many, 60 by default; TRAINMODE_TEST_SEED: whose
// moments and victims.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../lib/stack.js';
import { call, save, soon, world } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';

const KILLS = Number(process.env.TRAINMODE_TEST_KILLS ?? 60);
const SEED = Number(process.env.TRAINMODE_TEST_SEED ?? Date.now() % 1e6);

let stack;
// As it ships: without it PostgreSQL itself may forget a commit when it is killed.
before(async () => {
  stack = await startStack({ env: { DURABLE: 'on', TRAINMODE_TEST_FAST: '' } });
});
after(() => stack?.stop());

// mulberry32: the same seed, the same moments.
let seed = SEED;
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const oneOf = (list) => list[Math.floor(random() * list.length)];
const sha = (b) => createHash('sha256').update(b).digest('hex');

/* ---- who can be killed ---- */

function processes() {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = fs
          .readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          .replaceAll('\0', ' ');
        const parent = fs
          .readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) . /s, '')
          .split(' ')[0];
        return [{ pid: Number(pid), parent: Number(parent), words }];
      } catch {
        return []; // it has just ended
      }
    });
}

const kinds = [
  'train',
  'save',
  'export',
  'library',
  'nginx',
  'worker',
  'backend',
];
function victims(kind, postmaster) {
  const all = processes();
  const master = all.find(
    ({ words }) =>
      words.startsWith('nginx: master') &&
      words.includes(`${stack.state}/etc/`),
  );
  if (kind === 'nginx') return master ? [master] : [];
  if (kind === 'worker') return all.filter((p) => p.parent === master?.pid);
  if (kind === 'backend')
    return all.filter(
      (p) => p.parent === postmaster && /^postgres: trainmode /.test(p.words),
    );
  return all.filter(({ words }) =>
    words.startsWith(`${stack.state}/app/libexec/${kind}.fcgi`),
  );
}

async function kill(count) {
  const postmaster = stack.pid('postgres');
  for (let n = 0; n < count;) {
    await sleep(100 + 900 * random());
    const victim = oneOf(victims(oneOf(kinds), postmaster));
    if (!victim) continue;
    try {
      process.kill(victim.pid, 'SIGKILL');
      n++;
    } catch {
      // It ended before we came.
    }
  }
}

/* ---- what clients do, and the answers they got ---- */

const saved = new Map(); // id → the SHA-256s that its audio may have
const deleted = new Set();
const datasets = [];
const told = []; // answers that no outage explains
let over = false;

// null: nobody knows whether it was done.
async function ask(fn, expected) {
  let answer;
  try {
    answer = await fn();
  } catch {
    return null; // the line broke
  }
  if (answer.status < 300) return answer;
  if (answer.status < 500 && !expected.includes(answer.body.code))
    told.push(JSON.stringify(answer.body));
  return null;
}

const audio = () => mp3(5 + 20 * random());
async function saveOne(w) {
  const bytes = audio();
  const answer = await ask(() => save(stack, w, bytes), []);
  if (!answer) return null;
  saved.set(answer.body.trainingItemId, new Set([sha(bytes)]));
  return answer.body.trainingItemId;
}

async function saver(w) {
  while (!over) if (!(await saveOne(w))) await sleep(50);
}

// An operation with an unknown outcome may also be done later than the one
// after it.
async function replacer(w) {
  const unsure = new Set();
  let id = null;
  while (!over) {
    id ??= await saveOne(w);
    if (!id) {
      await sleep(50);
      continue;
    }
    const bytes = audio();
    unsure.add(sha(bytes));
    saved.set(id, new Set([...saved.get(id), ...unsure]));
    const done = await ask(
      () =>
        call(stack, 'PUT', `/api/train/items/${id}/audio`, {
          body: bytes,
          headers: { 'content-type': 'audio/mpeg' },
        }),
      [],
    );
    if (!done) continue;
    unsure.delete(sha(bytes));
    saved.set(id, new Set([sha(bytes), ...unsure]));
  }
}

async function deleter(w) {
  while (!over) {
    const id = await saveOne(w);
    if (!id) {
      await sleep(50);
      continue;
    }
    saved.delete(id);
    if (
      await ask(
        () => call(stack, 'DELETE', `/api/train/items/${id}?now=1`),
        ['item_not_found'],
      )
    )
      deleted.add(id);
  }
}

const exportOf = ({ artistId }) =>
  call(stack, 'POST', '/api/train/export', {
    json: { artistId, includeExported: true },
  });
async function exporter(w) {
  while (!over) {
    const made = await ask(
      () => exportOf(w),
      ['export_running', 'nothing_ready', 'conflict'],
    );
    if (made) datasets.push(made.body);
    else await sleep(100);
  }
}

/* ---- what is left ---- */

const object = (name) => sha(fs.readFileSync(path.join(stack.objects, name)));

function checkRows() {
  const rows = JSON.parse(
    stack.psql(`SELECT coalesce(json_agg(json_build_array(id, audio_path, audio_sha256, prompt_path)), '[]')
    FROM training_items`),
  );
  for (const [id, audioPath, hash, promptPath] of rows) {
    assert.equal(object(audioPath), hash, `the audio of ${id}`);
    assert.ok(
      fs.existsSync(path.join(stack.objects, promptPath)),
      `the caption of ${id}`,
    );
  }
  return new Map(rows.map(([id, , hash]) => [id, hash]));
}

async function fetched(id) {
  const res = await call(stack, 'POST', `/api/train/datasets/${id}/url`, {
    json: {},
  });
  assert.equal(res.status, 200, JSON.stringify(res.body));
  return sha(
    Buffer.from(await (await fetch(res.body.datasetUrl)).arrayBuffer()),
  );
}

test(`after ${KILLS} kills nothing that was acknowledged is lost (seed ${SEED})`, async () => {
  const worlds = await Promise.all([...Array(3)].map(() => world(stack)));
  const clients = [
    saver(worlds[0]),
    saver(worlds[1]),
    replacer(worlds[1]),
    deleter(worlds[2]),
    exporter(worlds[0]),
    exporter(worlds[1]),
  ];
  await kill(KILLS);
  over = true;
  await Promise.all(clients);
  for (const w of worlds.slice(0, 2)) {
    let made;
    assert.ok(
      await soon(async () => {
        made = await exportOf(w).catch((error) => ({ body: error.cause }));
        return made.status === 200;
      }, 75),
      `all is up again, and no export is stuck beyond a minute: ${JSON.stringify(made.body)}`,
    );
    datasets.push(made.body);
  }
  const rows = checkRows();
  for (const [id, hashes] of saved)
    assert.ok(
      hashes.has(rows.get(id)),
      `${id} is there as it was saved: ${rows.get(id)} is in ${[...hashes]}`,
    );
  for (const id of deleted) assert.ok(!rows.has(id), `${id} stays deleted`);
  for (const { datasetId, sha256 } of datasets)
    assert.equal(await fetched(datasetId), sha256);
  assert.deepEqual(told, []);
  assert.ok(saved.size > 0, `${saved.size} saved`);
});
