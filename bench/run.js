// Side by side: Trainmode and the routes' first stack (../shared/peer), one
// after the other in turn, on the same database server and the same disk, in
// one run. Prints medians, ratios and peak memory; judges nothing.
//
//   ./trainmode bench [--quick | uploads [--quick] | exports [--quick] |
//       afternoon [--short] [--docs]]
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, root, startStack } from '../tests/lib/stack.js';
import { call, save, world } from '../tests/lib/client.js';
import { mp3 } from '../tests/lib/audio.js';
import { runAfternoon } from './afternoon.js';
import { answers } from './answers.js';
import { captions } from './caption.js';
import { startDav } from './dav.js';

const peerSource = path.resolve(root, '../shared/peer');
const isAfternoon = process.argv[2] === 'afternoon';
const only = ['uploads', 'exports'].find((a) => a === process.argv[2]);
const known = isAfternoon
  ? ['afternoon', '--short', '--docs']
  : [only ?? '--quick', '--quick'];
const unknown = process.argv.slice(2).filter((a) => !known.includes(a));
if (unknown.length > 0) {
  console.error(
    `trainmode bench: unknown argument '${unknown[0]}'; there are only ${known.join(', ')}`,
  );
  process.exit(2);
}
const quick = process.argv.includes('--quick');
// The stacks end themselves at exit; a signal is one.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.exit(1));
const RUNS = quick ? 3 : 5;
const median = (v) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];
const MB = 1e6;
// Not the blocking kind, under which a server may close a connection unseen.
const command = promisify(execFile);

// Quick, unsafe PostgreSQL is for tests only.
const quiet = { ANALYSIS_THREADS: '0', TRAINMODE_TEST_FAST: '' };

async function startPeer(dir, databaseUrl) {
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    NEXT_TELEMETRY_DISABLED: '1',
  };

  fs.cpSync(peerSource, dir, { recursive: true });
  execFileSync('chmod', ['-R', 'u+w', dir]);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent'], {
    cwd: dir,
  });
  execFileSync('npx', ['next', 'build'], {
    cwd: dir,
    stdio: 'ignore',
    env: environment,
  });
  const port = await freePort();
  const child = spawn(
    'npx',
    ['next', 'start', '-H', '127.0.0.1', '-p', String(port)],
    {
      cwd: dir,
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
      env: { ...environment, STORAGE_ROOT: path.join(dir, 'store') },
    },
  );
  const stop = () => {
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGTERM');
  };
  process.on('exit', stop);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { dir, url, store: path.join(dir, 'store'), stop };
}

// Seconds that the slowest of several commands takes, all started at the same
// time, by their own clocks: the time that this process, which holds the files
// in memory, needs to start another one does not count. seconds(text) finds
// them in the command's output.
async function atOnce(clients, args, seconds) {
  const times = await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const { stdout, stderr } = await command(args(i)[0], args(i).slice(1), {
        env: { ...process.env, LC_ALL: 'C' },
      });
      return seconds(stdout + stderr);
    }),
  );
  return Math.max(...times);
}

// Each client sends the file once; `more` are further arguments of curl.
const send = (file, clients, more) =>
  atOnce(
    clients,
    () =>
      ['curl', '-sSf', '-o', '/dev/null', '-w', '%{time_total}'].concat(
        ['-H', 'Expect:', '-T', file],
        more(),
      ),
    Number,
  );

const post = (url, file, type, clients) =>
  send(file, clients, () => ['-X', 'POST', '-H', `Content-Type: ${type}`, url]);

// The same bytes to nginx alone, each time under new names: replacing a file
// takes the time of giving the old one's pages back.
let puts = 0;
const put = (dav, f, clients) =>
  send(f.raw, clients, () => [new URL(`${puts++}.mp3`, dav.url).href]);

const status = (pid, name) =>
  Number(
    new RegExp(`${name}:\\s+(\\d+)`).exec(
      fs.readFileSync(`/proc/${pid}/status`, 'utf8'),
    )[1],
  );
// In the program itself and in the kernel.
function cpuTimes(pid) {
  const f = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return { user: Number(f[11]) / 100, system: Number(f[12]) / 100 };
}
const cpuSeconds = (pid) => cpuTimes(pid).user + cpuTimes(pid).system;

// What the disk takes with a real sync: dd with a final fsync.
async function dd(dir, file, clients) {
  const out = (i) => path.join(dir, `dd.${i}`);
  const took = await atOnce(
    clients,
    (i) => ['dd', `if=${file}`, `of=${out(i)}`, 'bs=64k', 'conv=fsync'],
    (text) => Number(/ copied, ([\d.e-]+) s/.exec(text)[1]),
  );
  for (let i = 0; i < clients; i++) fs.rmSync(out(i));
  return took;
}

function row(what, ours, theirs, note = '') {
  const ratio = theirs ? (theirs / ours).toFixed(2) : '';
  console.log(
    [
      what.padEnd(52),
      ours.toFixed(3).padStart(9),
      (theirs ? theirs.toFixed(3) : '').padStart(9),
      ratio.padStart(7),
      note,
    ].join(' '),
  );
}

function inputs(dir, w, bytes) {
  const audio = mp3(0, { bytes });
  const raw = path.join(dir, `${bytes}.mp3`);
  const json = path.join(dir, `${bytes}.json`);
  fs.writeFileSync(raw, audio);
  fs.writeFileSync(
    json,
    JSON.stringify({
      artistId: w.artistId,
      parseId: w.parseId,
      alsFilename: 'a.als',
      projectName: 'a',
      audioBase64: audio.toString('base64'),
      promptText: 'x',
    }),
  );
  return { raw, json, bytes: audio.length };
}

// Data that is not yet on the disk must not be written during another
// measurement.
const settle = () => execFileSync('sync');

// CPU seconds of an nginx's workers so far.
const workersCpu = (nginx) =>
  execFileSync('pgrep', ['-P', String(nginx)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(cpuTimes)
    .reduce((a, b) => ({ user: a.user + b.user, system: a.system + b.system }));

// What fn takes of it, per gigabyte. of: name to a function of the seconds so
// far. As text, with the sum of all.
async function cpuOf(of, bytes, fn) {
  const all = () => Object.entries(of).map(([name, at]) => [name, at()]);
  const before = all();
  await fn();
  const parts = all().map(([name, { user, system }], i) => [
    name,
    (user - before[i][1].user) / (bytes / 1e9),
    (system - before[i][1].system) / (bytes / 1e9),
  ]);
  const sum = parts.reduce((n, [, user, system]) => n + user + system, 0);
  return `${parts
    .map(
      ([name, user, system]) =>
        `${name} ${user.toFixed(2)} + ${system.toFixed(2)}`,
    )
    .join(', ')} (${sum.toFixed(2)})`;
}

const query = (w) =>
  new URLSearchParams({
    artistId: w.artistId,
    parseId: w.parseId,
    promptText: 'x',
  });

// One size and number of clients: each way once per round, in turn. What one
// wrote is removed before the next: who writes into memory that was never used
// pays for that, who comes after a removal does not.
async function saveRows(fast, durable, peer, dav, w, dir, f, clients, pool) {
  const to = (url, q = '') => new URL(`/api/train/save${q}`, url).href;
  const json =
    ({ url }) =>
    () =>
      post(to(url), f.json, 'application/json', clients);
  const raw =
    ({ url }) =>
    () =>
      post(to(url, `?${query(w)}`), f.raw, 'audio/mpeg', clients);
  const ways = {
    fastJson: json(fast),
    fastRaw: raw(fast),
    peer: peer && json(peer),
    syncJson: json(durable),
    syncRaw: raw(durable),
    put: () => put(dav, f, clients),
    dd: () => dd(dir, f.raw, clients),
  };
  const t = Object.fromEntries(Object.keys(ways).map((k) => [k, []]));
  for (let run = 0; run <= RUNS; run++)
    for (const [name, way] of Object.entries(ways)) {
      if (!way) continue;
      settle();
      const took = await way();
      if (run > 0) t[name].push(took); // the first is a warm-up
      dav.forget();
      if (!pool) forget([fast, durable], peer); // the pool still reads it
    }
  const size = `${Math.round(f.bytes / MB)} MB × ${clients}${pool}`;
  const best = (a, b) =>
    b.length > 0
      ? `; best of each: ${(Math.min(...b) / Math.min(...a)).toFixed(2)}`
      : '';
  const show = (what, a, b, note) =>
    row(
      `${what}, ${size} [s]`,
      median(a),
      b.length > 0 ? median(b) : 0,
      note + best(a, b),
    );
  show('save base64, no fsync', t.fastJson, t.peer, 'ours, peer');
  show('save raw, no fsync', t.fastRaw, t.peer, 'ours, peer by base64');
  show('save raw, no fsync', t.fastRaw, t.put, "ours, nginx's own PUT");
  show('save base64, fsync', t.syncJson, t.dd, 'ours, dd conv=fsync');
  show('save raw, fsync', t.syncRaw, t.dd, 'ours, dd conv=fsync');
}

// Saved audio has been measured and is no longer needed: it only takes room.
function forget(stacks, peer) {
  for (const stack of stacks)
    execFileSync('find', [
      path.join(stack.state, 'store/dawa-exports'),
      '-name',
      'audio.*',
      '-delete',
    ]);
  if (peer)
    fs.rmSync(path.join(peer.store, 'artists'), {
      recursive: true,
      force: true,
    });
}

async function saves(fast, durable, peer, w, dir, pool = '') {
  const dav = await startDav(dir);
  try {
    await savesBeside(dav, fast, durable, peer, w, dir, pool);
  } finally {
    dav.stop();
  }
}

async function savesBeside(dav, fast, durable, peer, w, dir, pool) {
  for (const bytes of [10 * MB, 100 * MB]) {
    const f = inputs(dir, w, bytes);

    for (const clients of quick && bytes > 10 * MB ? [1] : [1, 4]) {
      await saveRows(fast, durable, peer, dav, w, dir, f, clients, pool);
    }
  }
}

// A file of that many bytes: raw, or as the JSON that carries it.
function bigFile(file, w, bytes, asJson) {
  const fd = fs.openSync(file, 'w');
  const piece = mp3(0, { bytes: Math.min(bytes, 30 * MB) });
  const frames = piece.subarray(
    40,
    40 + 417 * 3 * Math.floor((piece.length - 40) / 1251),
  ); // for which base64 needs no padding
  const put = (b) => fs.writeSync(fd, asJson ? b.toString('base64') : b);
  let n = 0;

  if (asJson)
    fs.writeSync(
      fd,
      `{"artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"`,
    );
  for (; n < bytes * 0.98; n += frames.length) put(frames);
  if (asJson) fs.writeSync(fd, '"}');
  fs.closeSync(fd);
  return n;
}

async function memoryAndCpuBeside(dav, stack, w, dir) {
  const file = path.join(dir, 'big');
  const url = new URL('/api/train/save', stack.url).href;
  const programs = {
    'save.fcgi': () => cpuTimes(stack.pid('save')),
    nginx: () => workersCpu(stack.pid('nginx')),
  };
  const davOnly = { "nginx's own PUT": () => workersCpu(dav.pid) };

  for (const bytes of quick
    ? [1 * MB, 300 * MB]
    : [1 * MB, 500 * MB, 2000 * MB])
    for (const asJson of [false, true]) {
      const size = bigFile(file, w, bytes, asJson);
      const upload = async () => {
        await post(
          asJson ? url : `${url}?${query(w)}`,
          file,
          asJson ? 'application/json' : 'audio/mpeg',
          1,
        );
        forget([stack]);
      };
      const beside = async () => {
        await put(dav, { raw: file }, 1);
        dav.forget();
      };
      const notes = [];

      await upload(); // a warm-up: memory that was never used costs more
      if (bytes > 100 * MB) {
        notes.push(await cpuOf(programs, size, upload));
        if (!asJson) notes.push(await cpuOf(davOnly, size, beside));
      }
      row(
        `save.fcgi peak resident, ${Math.round(size / MB)} MB ${asJson ? 'base64' : 'raw'} [MB]`,
        status(stack.pid('save'), 'VmHWM') / 1024,
        0,
        notes.length > 0 ? `CPU s/GB, user + system: ${notes.join('; ')}` : '',
      );
      fs.rmSync(file);
    }
}

async function memoryAndCpu(stack, w, dir) {
  const dav = await startDav(dir);
  try {
    await memoryAndCpuBeside(dav, stack, w, dir);
  } finally {
    dav.stop();
  }
}

// The same during the analysis of what was just saved. One pool for both
// stacks: they are two nodes on one store.
async function besideAnalysis(ours, peer, w, dir) {
  const env = { ...quiet, DATABASE_URL: ours.databaseUrl };
  let durable;

  ours.psql(
    "UPDATE training_items SET analysis_state = 'done' WHERE analysis_state = 'pending'",
  );
  const fast = await startStack({
    env: { ...env, DURABLE: 'off', ANALYSIS_THREADS: '1' },
  });
  try {
    durable = await startStack({
      env: { ...env, DURABLE: 'on', STORE_DIR: path.join(fast.state, 'store') },
    });
    await saves(fast, durable, peer, w, dir, ', analysis on');
  } finally {
    await durable?.stop();
    await fast.stop();
  }
}

// One export of the same files on each side, and cp -r of them.
async function exports_(ours, peer, dir) {
  const n = quick ? 20 : 100;
  const w = await world(ours);
  const audio = mp3(0, { bytes: 5 * MB });
  const b64 = audio.toString('base64');
  for (let i = 0; i < n; i++) await save(ours, w, audio, { audioBase64: b64 });
  const from = path.join(
    ours.state,
    'store/dawa-exports/artists',
    w.artist.slug,
    'training',
  );
  const t = { ours: [], peer: [], cp: [], cpu: [], hash: [] };
  const pid = ours.pid('export');
  const zips = path.join(
    ours.state,
    'store/dawa-exports/artists',
    w.artist.slug,
    'datasets',
  );
  if (peer) {
    fs.mkdirSync(path.join(peer.store, 'artists', w.artist.slug), {
      recursive: true,
    });
    fs.cpSync(
      from,
      path.join(peer.store, 'artists', w.artist.slug, 'training'),
      { recursive: true },
    );
  }
  const timed = async (fn) => {
    settle();
    const start = process.hrtime.bigint();
    await fn();
    return Number(process.hrtime.bigint() - start) / 1e9;
  };
  for (let run = 0; run <= RUNS; run++) {
    const before = cpuSeconds(pid);
    // As for saves: each begins with what the one before gave back.
    const cp = await timed(() =>
      command('cp', ['-r', from, path.join(dir, 'copy')]),
    );
    fs.rmSync(path.join(dir, 'copy'), { recursive: true });
    const one = {
      cp,
      ours: await timed(async () => {
        const answer = await call(ours, 'POST', '/api/train/export', {
          json: { artistId: w.artistId, includeExported: true },
        });
        if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      }),
      peer: 0,
      cpu: cpuSeconds(pid) - before,
      hash: await timed(() =>
        command('openssl', [
          'sha256',
          path.join(zips, fs.readdirSync(zips).sort().at(-1)),
        ]),
      ),
    };
    for (const name of fs.readdirSync(zips)) fs.rmSync(path.join(zips, name));
    if (peer) {
      ours.psql(
        `UPDATE training_items SET status = 'ready' WHERE artist_id = '${w.artistId}'`,
      );
      one.peer = await timed(async () => {
        const res = await fetch(`${peer.url}/api/train/export`, {
          method: 'POST',
          body: JSON.stringify({ artistId: w.artistId }),
          headers: { 'content-type': 'application/json' },
        });
        if (res.status !== 200) throw new Error(await res.text());
      });
      const made = path.join(peer.store, 'artists', w.artist.slug, 'datasets');
      fs.rmSync(made, { recursive: true, force: true });
    }
    if (run > 0) for (const k of Object.keys(t)) t[k].push(one[k]);
  }
  row(
    `export ${n} × 5 MB, no fsync [s]`,
    median(t.ours),
    median(t.peer),
    'ours, peer',
  );
  row(
    `export ${n} × 5 MB, no fsync [s]`,
    median(t.ours),
    median(t.cp),
    'ours, cp -r (ratio above 0.80 is within 1.25 ×)',
  );
  row(
    `the same, the fastest of each [s]`,
    Math.min(...t.ours),
    Math.min(...t.cp),
    'ours, cp -r',
  );
  row(
    'export.fcgi CPU of one export [s]',
    median(t.cpu),
    median(t.hash),
    'ours, openssl sha256 of the zip',
  );
  row('export.fcgi peak resident [MB]', status(pid, 'VmHWM') / 1024, 0);
}

// A model that answers at once; both have a stack of their own.
async function captionRows(peer) {
  const t = await captions(peer?.dir);
  row(
    "a caption, added to the model's time [ms]",
    t.ours.added,
    t.peer?.added,
    `ours, peer; the model alone ${t.ours.alone.toFixed(2)}`,
  );
  row(
    `train.fcgi resident, ${t.ours.inFlight} in flight [MB]`,
    t.ours.held,
    t.peer?.held,
    'ours, peer',
  );
}

async function main() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-bench-'));
  process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
  const ours = await startStack({ env: { ...quiet, DURABLE: 'off' } });
  const durable = await startStack({
    env: { ...quiet, DURABLE: 'on', DATABASE_URL: ours.databaseUrl },
  });
  let peer;
  try {
    if (!only && fs.existsSync(peerSource))
      peer = await startPeer(path.join(dir, 'peer'), ours.databaseUrl);
    else if (!only)
      console.log(
        'no peer: ../shared/peer is not there, so its column stays empty',
      );
    console.log(
      `${os.cpus()[0].model}, ${os.cpus().length} cores; ${RUNS} runs after a warm-up, medians\n`,
    );
    console.log(
      [
        'what'.padEnd(52),
        'ours'.padStart(9),
        'other'.padStart(9),
        'ratio'.padStart(7),
        'columns',
      ].join(' '),
    );
    const w = await world(ours);
    if (only !== 'exports') {
      await saves(ours, durable, peer, w, dir);
      await memoryAndCpu(ours, w, dir);
    }
    if (only === 'uploads') return;
    await exports_(ours, peer, dir);
    if (only === 'exports') return;
    await besideAnalysis(ours, peer, w, dir);
    await captionRows(peer);
  } finally {
    peer?.stop();
    await durable.stop();
    await ours.stop();
  }
}

if (isAfternoon)
  await runAfternoon({
    short: process.argv.includes('--short'),
    docs: process.argv.includes('--docs'),
  });
else await main();
