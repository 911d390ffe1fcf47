// A whole afternoon by the page's own calls: a folder of sets and bounces, from
// the drop to the fetched zips, with the embedded writer and with a model that
// takes 200 ms; each phase beside what bounds it, measured right after it.
//
//   ./trainmode bench afternoon [--short] [--docs]
//
// Without ffmpeg or python3 what they bound stays empty. --docs puts the table into docs/bench.md.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, startStack } from '../tests/lib/stack.js';
import { acts, startDouble } from '../tests/lib/model-double.js';
import { SCHEMA, call } from '../tests/lib/client.js';
import { makeAfternoon } from './afternoon-files.js';
import { startDav } from './dav.js';
import { meterOf } from './meter.js';

const AT_ONCE = 3; // as the page does it, everywhere
const MODEL_MS = 200;
const command = promisify(execFile);
const cores = os.availableParallelism();

async function each(list, work, atOnce = AT_ONCE) {
  const left = [...list];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left.length > 0) await work(left.shift());
    }),
  );
}

const fail = (answer) => {
  throw new Error(
    `${answer.status} ${JSON.stringify(answer.body).slice(0, 400)}`,
  );
};
async function ask(stack, method, where, options) {
  const answer = await call(stack, method, where, options);
  return answer.status < 300 ? answer.body : fail(answer);
}

// A file's bytes as they are on the disk: fetch() would copy them.
function send(
  url,
  file,
  method,
  headers,
  head = Buffer.alloc(0),
  tail = Buffer.alloc(0),
) {
  return new Promise((resolve, reject) => {
    const size = head.length + fs.statSync(file).size + tail.length;
    const req = http.request(
      url,
      { method, headers: { ...headers, 'Content-Length': size } },
      (res) => {
        let text = '';
        res.on('data', (d) => {
          text += d;
        });
        res.on('end', () =>
          res.statusCode < 300
            ? resolve(text && JSON.parse(text))
            : reject(new Error(`${res.statusCode} ${text}`)),
        );
      },
    );
    req.on('error', reject);
    req.write(head);
    const from = fs.createReadStream(file, { highWaterMark: 1 << 18 });
    req.on('drain', () => from.resume());
    from
      .on('data', (d) => {
        if (!req.write(d)) from.pause();
      })
      .on('end', () => req.end(tail));
  });
}

const typeOf = (file) => (file.endsWith('.wav') ? 'audio/wav' : 'audio/mpeg');

function sendForm(stack, fields, file) {
  const mark = 'trainmode-bench';
  const part = (name, value) =>
    `--${mark}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${Object.entries(fields)
    .map(([k, v]) => part(k, v))
    .join(
      '',
    )}--${mark}\r\nContent-Disposition: form-data; name="audio"; filename="${path.basename(file)}"\r\nContent-Type: ${typeOf(file)}\r\n\r\n`;
  return send(
    new URL('/api/train/save', stack.url),
    file,
    'POST',
    { 'Content-Type': `multipart/form-data; boundary=${mark}` },
    Buffer.from(head),
    Buffer.from(`\r\n--${mark}--\r\n`),
  );
}

// ---- what bounds a phase ----

async function timed(fn) {
  const start = process.hrtime.bigint();
  await fn();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const has = (program, flag) => {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const PARSE = `
import sys, time, zlib, xml.parsers.expat
start = time.monotonic()
for f in sys.argv[1:]:
    p = xml.parsers.expat.ParserCreate()
    p.Parse(zlib.decompress(open(f, 'rb').read(), 31), True)
print(time.monotonic() - start)
`;

async function putAll(dir, files) {
  const dav = await startDav(dir);
  try {
    return await timed(() =>
      each(files, (file) =>
        send(
          new URL(encodeURIComponent(path.basename(file)), dav.url),
          file,
          'PUT',
          {},
        ),
      ),
    );
  } finally {
    dav.stop();
    fs.rmSync(path.join(dir, 'dav'), { recursive: true, force: true });
  }
}

const decodeAll = (files) =>
  has('ffmpeg', '-version')
    ? timed(() =>
        each(
          files,
          (file) =>
            command('ffmpeg', [
              '-v',
              'error',
              '-threads',
              '1',
              '-i',
              file,
              '-f',
              'null',
              '-',
            ]),
          cores,
        ),
      )
    : 0;
const encodeAll = (files) =>
  timed(() =>
    each(
      files,
      (file) =>
        command('lame', ['--quiet', '-b', '320', '-q', '2', file, '/dev/null']),
      cores,
    ),
  );

// Copy the content of the zip, and hash as much.
async function copyAndHash(dir, files) {
  const to = path.join(dir, 'copy');
  fs.mkdirSync(to);
  const cp = await timed(() => command('cp', [...files, to]));
  const hash = await timed(() =>
    command('sh', [
      '-c',
      'cat "$@" | openssl sha256',
      'sh',
      ...files.map((f) => path.join(to, path.basename(f))),
    ]),
  );
  fs.rmSync(to, { recursive: true });
  return { cp, hash, longer: Math.max(cp, hash) };
}

// ---- the afternoon ----

const waiting = (stack, sql) => Number(stack.psql(sql)) > 0;
async function until(fn) {
  while (fn()) await sleep(100);
}

async function captions(stack, artistId, sets) {
  const made = new Map();
  await each(sets, async (set) => {
    made.set(
      set.parseId,
      await ask(stack, 'POST', '/api/train', {
        json: { artistId, parseId: set.parseId },
      }),
    );
  });
  return made;
}

async function fetchZip(answer) {
  const res = await fetch(answer.datasetUrl);
  let n = 0;
  for await (const piece of res.body) n += piece.length;
  if (n !== answer.bytes) throw new Error(`${n} of ${answer.bytes} bytes came`);
}

// Each row: a phase, its cost, and what limits it.
async function afternoon(stack, files, dir, model) {
  const { rows, meter } = meterOf(stack);
  const bounds = [];
  const phase = async (name, fn, what, bound) => {
    const result = await meter(name, fn);
    const alone = typeof bound === 'function' ? await bound(result) : bound;
    bounds.push({ what, alone });
    return result;
  };
  const { id: artistId } = await ask(stack, 'POST', '/api/artists', {
    json: { name: 'An afternoon' },
  });
  await ask(stack, 'PUT', `/api/artists/${artistId}/schema`, { json: SCHEMA });
  const named = files.bounces.filter((b) => b.named);
  const others = files.bounces.filter((b) => !b.named);
  const paths = (list) => list.map((b) => b.file);
  const modelAlone = (n) =>
    model ? (Math.ceil(n / AT_ONCE) * MODEL_MS) / 1000 : 0;

  await phase(
    'read the sets',
    () =>
      each(files.sets, async (set) => {
        ({ parseId: set.parseId } = await ask(
          stack,
          'POST',
          `/api/library?artistId=${artistId}&filename=${encodeURIComponent(path.basename(set.file))}`,
          {
            body: fs.readFileSync(set.file),
            headers: { 'content-type': 'application/octet-stream' },
          },
        ));
      }),
    'zlib and expat, one after the other',
    async () =>
      has('python3', '--version') &&
      Number(
        (
          await command('python3', [
            '-c',
            PARSE,
            ...files.sets.map((s) => s.file),
          ])
        ).stdout,
      ),
  );

  const texts = await phase(
    'captions',
    () => captions(stack, artistId, files.sets),
    model ? `the model's ${MODEL_MS} ms` : '',
    modelAlone(files.sets.length),
  );

  let found = 0;
  const decoded = await decodeAll(paths(files.bounces));
  const share =
    others.reduce((n, b) => n + b.seconds, 0) /
    files.bounces.reduce((n, b) => n + b.seconds, 0);
  await phase(
    `upload and match ${others.length} without a name`,
    () =>
      each(others, async (b) => {
        const answer = await send(
          new URL(`/api/train/match?artistId=${artistId}`, stack.url),
          b.file,
          'POST',
          { 'Content-Type': typeOf(b.file) },
        );
        b.uploadId = answer.uploadId;
        found += answer.matches[0]?.parseId === files.sets[b.set].parseId;
      }),
    'decoding them (ffmpeg)',
    decoded * share,
  );

  const fields = (b) => {
    const { parseId } = files.sets[b.set];
    const { prompt, generationId } = texts.get(parseId);
    return { artistId, parseId, promptText: prompt, generationId };
  };
  const began = process.hrtime.bigint();
  await phase(
    `upload and save ${named.length}`,
    () => each(named, (b) => sendForm(stack, fields(b), b.file)),
    "nginx's PUT",
    () => putAll(dir, paths(named)),
  );
  await phase(
    `save ${others.length} that were matched`,
    () =>
      each(others, (b) =>
        ask(stack, 'POST', '/api/train/save', {
          json: { ...fields(b), uploadId: b.uploadId },
        }),
      ),
    '',
    0,
  );

  await phase(
    `analysis, what is left of it`,
    () =>
      until(() =>
        waiting(
          stack,
          "SELECT count(*) FROM training_items WHERE analysis_state = 'pending'",
        ),
      ),
    'decoding them (ffmpeg)',
    decoded * (1 - share),
  );
  const analyzed = Number(process.hrtime.bigint() - began) / 1e9;
  const wavs = paths(files.bounces.filter((b) => b.format === 'wav'));
  if (stack.ahead) {
    await phase(
      `${wavs.length} WAVs to MP3 ahead, what is left`,
      () =>
        until(
          () =>
            Number(stack.psql('SELECT count(path) FROM audio_conversions')) <
            wavs.length,
        ),
      'LAME on all cores',
      () => encodeAll(wavs),
    );
  }
  const { items } = await ask(
    stack,
    'GET',
    `/api/train/items?artistId=${artistId}&limit=1000`,
  );
  await phase(
    'windows of each track',
    () =>
      each(items, (it) =>
        ask(stack, 'POST', `/api/train/items/${it.id}/windows/generate`),
      ),
    model ? `the model's ${MODEL_MS} ms` : '',
    modelAlone(items.length),
  );

  const mp3s = paths(files.bounces.filter((b) => b.format === 'mp3'));
  const whole = async () => copyAndHash(dir, paths(files.bounces));
  const run = (layout, more) =>
    ask(stack, 'POST', '/api/train/export', {
      json: { artistId, layout, includeExported: true, ...more },
    });
  const first = await phase(
    'export plan',
    () => run('plan'),
    stack.ahead
      ? 'openssl sha256 of the zip'
      : 'LAME on all cores, and openssl sha256',
    async (made) =>
      (stack.ahead ? 0 : await encodeAll(wavs)) + (await hashOf(stack, made)),
  );
  await phase(
    'export plan again',
    () => run('plan'),
    'openssl sha256 of the zip',
    (made) => hashOf(stack, made),
  );
  const wide = await phase(
    'export replicate',
    () => run('replicate'),
    'cp or sha256 of the bounces',
    async () => (await whole()).longer,
  );
  await phase(
    'export replicate, by windows',
    () => run('replicate', { captions: 'windows' }),
    'openssl sha256 of the zip',
    (made) => hashOf(stack, made),
  );
  await phase(
    'export stable-audio',
    () => run('stable-audio'),
    'cp or sha256 of the bounces',
    async () => (await whole()).longer,
  );
  await phase(
    'fetch two zips',
    async () => {
      await fetchZip(first);
      await fetchZip(wide);
    },
    '',
    0,
  );
  if (mp3s.length === 0) throw new Error('no MP3 was made');
  return {
    rows: rows.map((r, i) => ({ ...r, ...bounds[i] })),
    found,
    asked: others.length,
    analyzed,
  };
}

const hashOf = (stack, made) => {
  const zip = execFileSync(
    'find',
    [
      stack.objects,
      '-name',
      decodeURIComponent(new URL(made.datasetUrl).pathname.split('/').at(-1)),
    ],
    { encoding: 'utf8' },
  ).trim();
  return timed(() => command('openssl', ['sha256', zip]));
};

// ---- the table ----

const mb = (n) => (n / 1e6).toFixed(0);
function table(title, { rows, found, asked, analyzed }) {
  const sum = (list, of) => list.reduce((n, r) => n + (of(r) || 0), 0);
  const line = (r) =>
    `| ${r.name} | ${r.wall.toFixed(2)} | ${r.cpu.toFixed(2)} | ${mb(r.read)} | ${mb(r.written)} | ${mb(r.memory)} | ${r.alone ? `${r.what}: ${r.alone.toFixed(2)}` : r.what || '-'} | ${r.alone ? (r.wall / r.alone).toFixed(2) : ''} |`;
  const all = {
    name: '**all of it**',
    wall: sum(rows, (r) => r.wall),
    cpu: sum(rows, (r) => r.cpu),
    read: sum(rows, (r) => r.read),
    written: sum(rows, (r) => r.written),
    memory: Math.max(...rows.map((r) => r.memory)),
    what: 'the sum',
    alone: sum(rows, (r) => r.alone),
  };
  return [
    `${title}; ${found} of ${asked} without a name were matched with their set; ${analyzed.toFixed(1)} s from the first save to the last analysis.`,
    '',
    '| phase | wall [s] | CPU [s] | read [MB] | written [MB] | peak [MB] | what bounds it [s] | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(line),
    line(all),
  ].join('\n');
}

function intoDocs(text) {
  const file = path.join(root, 'docs/bench.md');
  const [begin, end] = ['<!-- afternoon -->', '<!-- /afternoon -->'];
  const page = fs.readFileSync(file, 'utf8');
  const at = page.indexOf(begin),
    to = page.indexOf(end);
  if (at === -1 || to === -1)
    throw new Error('docs/bench.md has no place for it');
  fs.writeFileSync(
    file,
    `${page.slice(0, at + begin.length)}\n${text}\n${page.slice(to)}`,
  );
}

// A caption of the set, or one for each window, naming only what is in all of
// them.
function answerTo(body) {
  const caption = {
    genre: 'house',
    description: 'House with drums and a dark mood for the club',
    moods: ['dark'],
    instruments: ['drums'],
    keywords: ['club'],
    bpm: null,
    key: null,
  };
  if (!body.response_format?.json_schema?.schema.properties.windows)
    return caption;
  const { windows } = JSON.parse(body.messages[1].content.split('\n')[0]);
  return { windows: windows.map(({ position }) => ({ position, ...caption })) };
}

export async function runAfternoon({ short, docs }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-afternoon-'));
  process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
  fs.chmodSync(dir, 0o755);
  console.error('making sets and bounces ...');
  const files = await makeAfternoon(dir, { short });
  const bytes = files.bounces.reduce((n, b) => n + fs.statSync(b.file).size, 0);
  const minutes = files.bounces.reduce((n, b) => n + b.seconds, 0) / 60;
  const double = await startDouble();
  double.play(async (req, res) => {
    const answer = answerTo(double.journal.at(-1).body);
    await sleep(MODEL_MS);
    return acts.whole(answer)(req, res);
  });
  const load = os.loadavg()[0];
  const parts = [];
  for (const model of [false, true]) {
    console.error(model ? 'with a model ...' : 'with the embedded writer ...');
    const env = {
      TRAINMODE_TEST_FAST: '',
      DURABLE: 'off',
      ...(model
        ? { OPENAI_BASE_URL: double.url, CONVERT_THREADS: '' }
        : { CONVERT_THREADS: '0' }),
    };
    const stack = await startStack({ env });
    stack.ahead = model;
    try {
      parts.push(
        table(
          model
            ? `With a model of ${MODEL_MS} ms, WAVs made MP3 ahead`
            : 'With the embedded writer, nothing made ahead',
          await afternoon(stack, files, dir, model),
        ),
      );
    } finally {
      await stack.stop();
    }
  }
  await double.stop();
  const text = [
    `\`./trainmode bench afternoon${short ? ' --short' : ''}\` on ${new Date().toISOString().slice(0, 10)}: ${files.sets.length} sets, ${files.bounces.length} bounces, ${(bytes / 1e6).toFixed(0)} MB, ${minutes.toFixed(0)} minutes of sound; ${os.cpus()[0].model}, ${cores} cores, load ${load.toFixed(1)} at the start; no fsync.`,
    ...parts,
  ].join('\n\n');
  console.log(text);
  if (docs) intoDocs(text);
}
