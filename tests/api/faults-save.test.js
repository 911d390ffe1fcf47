// Goal: slow clients, full disks, hostile bodies and crashes during a save:
// others are served in the meantime, the answer is honest, and nothing is left.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../lib/stack.js';
import { call, problem, save, soon, world } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';
import { smallStack } from '../lib/small-stack.js';

let stack;
before(async () => {
  stack = await startStack({ env: { ANALYSIS_LEASE_SEC: '3' } });
});
after(() => stack?.stop());

const sha = (b) => createHash('sha256').update(b).digest('hex');

// Run it and assert that it left no file and no row.
async function leavesNothing(s, w, fn) {
  const rows = () =>
    s.psql(
      `SELECT count(*) FROM training_items WHERE artist_id = '${w.artistId}'`,
    );
  // nginx removes the body of the request before this one a moment after it.
  assert.ok(await soon(() => fs.readdirSync(s.spool).length === 0));
  const had = new Set(s.files());
  const before = rows();
  await fn();
  const left = () => s.files().filter((f) => !had.has(f));
  await soon(() => left().length === 0);
  assert.deepEqual(left(), []);
  assert.equal(rows(), before);
}

const jsonHeaders = { 'content-type': 'application/json' };
const post = (s, body, headers = jsonHeaders) =>
  call(s, 'POST', '/api/train/save', { body, headers });
const target = (s, w) =>
  `/api/train/save?${new URLSearchParams({ artistId: w.artistId, parseId: w.parseId, promptText: 'x' })}`;
const raw = (s, w, audio) =>
  call(s, 'POST', target(s, w), {
    body: audio,
    headers: { 'content-type': 'audio/mpeg' },
  });

function form(w, audio) {
  const f = new FormData();
  f.set('artistId', w.artistId);
  f.set('parseId', w.parseId);
  f.set('promptText', 'x');
  f.set('audio', new Blob([audio], { type: 'audio/mpeg' }), 'a.mp3');
  return f;
}

// What a plain socket receives for these bytes, until the server ends it or it
// is quiet for a while; half: we close our side after them.
function talk(s, parts, { half = false } = {}) {
  const { hostname, port } = new URL(s.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      port: Number(port),
      host: hostname,
      allowHalfOpen: true,
    });
    let text = '';
    const end = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(10000, end);
    socket.on('data', (d) => {
      text += d;
    });
    socket.on('end', end);
    socket.on('error', (e) => (text ? resolve(text) : reject(e)));
    for (const part of parts) socket.write(part);
    if (half) socket.end();
  });
}

test('500 uploads that trickle do not hold up 20 that do not', async (t) => {
  const w = await world(stack);
  const audio = mp3(30);
  const twenty = async () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 20; i++) {
      const answer = await save(stack, w, audio);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    }
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const { trainingItemId: id } = (await save(stack, w, mp3(31))).body;
  await twenty(); // the first ones open connections and files
  const alone = await twenty();
  const had = stack.files().length;

  const { hostname, port } = new URL(stack.url);
  let dead = 0;
  const sockets = await Promise.all(
    Array.from(
      { length: 500 },
      () =>
        new Promise((resolve, reject) => {
          const socket = net.connect(Number(port), hostname, () => {
            socket.write(
              `POST ${target(stack, w)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/mpeg\r\nContent-Length: 1000000\r\n\r\n`,
            );
            resolve(socket);
          });
          socket.on('error', reject);
          socket.on('close', () => {
            dead++;
          });
        }),
    ),
  );
  const drop = Buffer.alloc(500, 1);
  const drip = setInterval(() => {
    for (const socket of sockets) socket.write(drop);
  }, 500);
  try {
    await sleep(1500);
    const beside = await twenty();
    // Whichever way the bodies take now, they arrive.
    const others = [
      () => raw(stack, w, audio),
      () => call(stack, 'POST', '/api/train/save', { body: form(w, audio) }),
      () =>
        call(stack, 'PUT', `/api/train/items/${id}/audio`, {
          body: audio,
          headers: { 'content-type': 'audio/mpeg' },
        }),
    ];
    for (const send of others) {
      const answer = await send();
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
      assert.equal((answer.body.item ?? answer.body).audio.sha256, sha(audio));
    }
    assert.equal(dead, 0, 'the slow ones are still there');
    // Usual time: this machine and this process also serve 500 sockets.
    t.diagnostic(
      `20 saves took ${alone.toFixed(0)} ms alone, ${beside.toFixed(0)} ms beside 500 slow ones`,
    );
    assert.ok(beside < 4 * alone + 1000);
  } finally {
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
  }
  await soon(() => stack.files().length <= had + 44);
  assert.equal(
    stack.files().length,
    had + 44,
    'each save has an audio and a caption, the slow ones nothing',
  );
});

test('ten thousand members and ten thousand parts are passed over', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  const more = Object.fromEntries(
    Array.from({ length: 10000 }, (_, i) => [`field${i}`, 'x'.repeat(20)]),
  );
  const answer = await save(stack, w, audio, more);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  assert.equal(answer.body.item.audio.sha256, sha(audio));

  const body = form(w, audio);
  for (const name of Object.keys(more)) body.set(name, 'x');
  const multi = await call(stack, 'POST', '/api/train/save', { body });
  assert.equal(multi.status, 201, JSON.stringify(multi.body));
  assert.equal(multi.body.item.audio.sha256, sha(audio));
});

test('a member name of a gigabyte is refused in flat memory', async () => {
  const w = await world(stack);
  await save(stack, w, mp3(30));
  const was = stack.resident('save').peak;
  await leavesNothing(stack, w, async () => {
    const script =
      '(printf \'{"\'; head -c 1000000000 /dev/zero | tr "\\0" a; printf \'":1}\') | ' +
      'curl -sS -X POST -H "Content-Type: application/json" -H Expect: -T - -w "\\n%{http_code}" "$0"';
    const child = spawn(
      'sh',
      ['-c', script, new URL('/api/train/save', stack.url).href],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    for await (const d of child.stdout) out += d;
    const [body, status] = out.trim().split(/\n(?=\d+$)/);
    assert.equal(status, '413', out);
    assert.equal(JSON.parse(body).code, 'too_large');
  });
  const { peak } = stack.resident('save');
  assert.ok(peak - was < 8, `grew from ${was} MB to ${peak} MB`);
});

test('audio that is given twice is refused and leaves nothing', async () => {
  const w = await world(stack);
  const b64 = mp3(30).toString('base64');
  await leavesNothing(stack, w, async () => {
    problem(
      await post(
        stack,
        `{"artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"${b64}","audioBase64":"${b64}"}`,
      ),
      400,
      'invalid_field',
      'audioBase64',
    );
    problem(
      await post(
        stack,
        `{"artistId":"${w.artistId}","artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"${b64}"}`,
      ),
      400,
      'invalid_field',
      'artistId',
    );
  });
});

test('base64 in every spelling gives the same bytes; broken base64 gives none', async () => {
  const w = await world(stack);
  const all = mp3(30);
  for (const cut of [0, 1, 2]) {
    // No layer drops the trailing bytes of a frame: what is sent is stored.
    const audio = Buffer.concat([
      all,
      all.subarray(all.length - 417, all.length - 417 + cut),
    ]);
    const std = audio.toString('base64');
    const spellings = [
      std,
      std.replace(/=+$/, ''),
      std.replaceAll('+', '-').replaceAll('/', '_'),
      audio.toString('base64url'),
      std.replace(/.{64}/g, '$&\n'),
      std.replace(/.{76}/g, '$&\r\n') + '\r\n',
      std.replaceAll('/', '\\/'),
      `data:audio/mpeg;base64,${std}`,
    ];
    for (const s of spellings) {
      const text = s.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
      const answer = await post(
        stack,
        `{"artistId":"${w.artistId}","parseId":"${w.parseId}","promptText":"x","audioBase64":"${text}"}`,
      );
      assert.equal(
        answer.status,
        201,
        `${s.slice(0, 30)}…${s.slice(-8)}: ${JSON.stringify(answer.body)}`,
      );
      assert.equal(answer.body.item.audio.sha256, sha(audio));
    }
  }
  const std = all.toString('base64').replace(/=+$/, '');
  const whole = std.slice(0, std.length - (std.length % 4));
  await leavesNothing(stack, w, async () => {
    for (const bad of [
      `${whole}A`,
      `${whole}===`,
      `${whole.slice(0, -8)}==${whole.slice(-8)}`,
      `${whole.slice(0, -1)}\u00e9`,
    ])
      problem(
        await save(stack, w, Buffer.alloc(0), { audioBase64: bad }),
        400,
        'invalid_field',
        'audioBase64',
      );
  });
});

test('chunked bodies are read like others', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  const json = JSON.stringify({
    artistId: w.artistId,
    parseId: w.parseId,
    promptText: 'x',
    audioBase64: audio.toString('base64'),
  });
  const chunk = (b) =>
    Buffer.concat([
      Buffer.from(`${b.length.toString(16)}\r\n`),
      b,
      Buffer.from('\r\n'),
    ]);
  for (const [at, type, body] of [
    ['/api/train/save', 'application/json', Buffer.from(json)],
    [target(stack, w), 'audio/mpeg', audio],
  ]) {
    const head = `POST ${at} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const text = await talk(stack, [
      head,
      chunk(body.subarray(0, 1)),
      chunk(body.subarray(1, 70000)),
      chunk(body.subarray(70000)),
      '0\r\n\r\n',
    ]);
    assert.match(text, /^HTTP\/1\.1 201 /, text.slice(0, 500));
    assert.ok(text.includes(sha(audio)));
    await leavesNothing(stack, w, async () => {
      await talk(stack, [head, chunk(body.subarray(0, 70000))], { half: true });
      assert.match(await talk(stack, [head, 'zzz\r\n']), /^HTTP\/1\.1 400 /);
    });
  }
});

test('a Content-Length that lies leaves nothing', async () => {
  const w = await world(stack);
  const audio = mp3(30);
  const body = Buffer.from(
    JSON.stringify({
      artistId: w.artistId,
      parseId: w.parseId,
      promptText: 'x',
      audioBase64: audio.toString('base64'),
    }),
  );
  const head = (n) =>
    `POST /api/train/save HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${n}\r\n\r\n`;
  await leavesNothing(stack, w, async () => {
    // Too short: the object ends early, and the rest is not a request.
    const short = await talk(stack, [head(body.length - 100), body]);
    assert.match(short, /^HTTP\/1\.1 400 /, short.slice(0, 300));
    assert.match(short, /"code":"invalid_json"/);
    // Too long: the rest never comes.
    await talk(stack, [head(body.length + 100), body], { half: true });
    for (const n of ['-1', '1x', '99999999999999999999999'])
      assert.match(await talk(stack, [head(n)]), /^HTTP\/1\.1 4\d\d /);
  });
  assert.equal((await save(stack, w, audio)).status, 201);
});

// ---- a full disk ----

// With one thread no upload goes straight through: nginx spools them all.
for (const [how, SAVE_THREADS] of [
  ['straight through', '16'],
  ['spooled', '1'],
])
  test(`a full disk is said, leaves nothing, and saves work once there is room: ${how}`, async (t) => {
    const small = await smallStack(t, 32, { SAVE_THREADS });
    if (!small) return;
    try {
      const w = await world(small);
      const audio = mp3(0, { bytes: 6e6 });
      const room = (n) => {
        small.leave(n);
      };
      const full = async (what, send) => {
        await leavesNothing(small, w, async () => {
          const free = small.free();
          const answer = await send();
          assert.equal(
            answer.status,
            507,
            `${what}, ${free} bytes were free, ${small.free()} are: ${JSON.stringify(answer.body)}`,
          );
          problem(answer, 507, 'disk_full');
        });
      };
      // There is no room for the body.
      room(3e6);
      await full('the body, raw', () => raw(small, w, audio));
      await full('the body, JSON', () => save(small, w, audio));
      // There is room for the body, but not for what is decoded from it.
      if (how === 'spooled') {
        room(10e6);
        await full('the decoded audio', () => save(small, w, audio));
      }
      // There is room for the audio, but not for its caption: what was stored
      // is removed.
      room(audio.length);
      if (!small.supabase)
        await full('the caption', () => raw(small, w, audio)); // otherwise it is elsewhere
      const empty = await call(small, 'POST', '/api/train/items', {
        json: { artistId: w.artistId, parseIds: [w.parseId] },
      });
      const { id } = empty.body.items[0];
      room(3e6);
      await full('the body of a PUT', () =>
        call(small, 'PUT', `/api/train/items/${id}/audio`, {
          body: audio,
          headers: { 'content-type': 'audio/mpeg' },
        }),
      );
      assert.equal(
        (await call(small, 'GET', `/api/train/items/${id}`)).body.status,
        'needs_audio',
      );

      room(24e6);
      const answer = await save(small, w, audio);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      const got = await call(
        small,
        'GET',
        `/api/train/items/${answer.body.trainingItemId}/audio`,
        { raw: true },
      );
      assert.equal(sha(Buffer.from(await got.arrayBuffer())), sha(audio));
    } finally {
      await small.end();
    }
  });

// ---- what a crash leaves ----

test('the sweeper takes what was begun a day ago and has no row, and nothing else', async () => {
  const w = await world(stack);
  const { item } = (await save(stack, w, mp3(31))).body;
  const exported = await call(stack, 'POST', '/api/train/export', {
    json: { artistId: w.artistId },
  });
  assert.equal(exported.status, 200, JSON.stringify(exported.body));

  const bucket = stack.objects;
  const { spool } = stack;
  const mine = path.join(bucket, 'artists', w.artist.slug);
  const known = stack.files().filter((f) => f.startsWith(`${mine}/`));
  assert.ok(
    known.some((f) => f.endsWith('.zip')) &&
      known.some((f) => f.endsWith('audio.mp3')),
    known.join('\n'),
  );

  const hour = 3600 * 1000;
  // Whoever runs the programs can remove what one of their programs left.
  const { uid, gid } = fs.statSync(bucket);
  const folder = (dir) => {
    if (fs.existsSync(dir)) return;
    folder(path.dirname(dir));
    fs.mkdirSync(dir);
    fs.chownSync(dir, uid, gid);
  };
  const made = (file, age) => {
    folder(path.dirname(file));
    fs.writeFileSync(file, 'x');
    fs.chownSync(file, uid, gid);
    fs.utimesSync(file, new Date(Date.now() - age), new Date(Date.now() - age));
    return file;
  };
  const nobody = '00000000-0000-4000-8000-000000000000';
  const go = [
    made(path.join(spool, 'old-body'), 25 * hour),
    made(path.join(mine, 'training', nobody, 'audio.mp3'), 25 * hour),
    made(path.join(mine, 'training', nobody, 'prompt.txt'), 25 * hour),
    made(path.join(mine, 'training', item.id, 'audio.wav'), 25 * hour),
    made(path.join(mine, 'datasets', `${nobody}.zip`), 25 * hour),
    made(
      path.join(
        bucket,
        'artists',
        'no-such-artist',
        'training',
        nobody,
        'audio.mp3',
      ),
      25 * hour,
    ),
  ];
  const stay = [
    ...known,
    made(path.join(spool, 'young-body'), 23 * hour),
    made(
      path.join(mine, 'training', nobody.replace(/0$/, '1'), 'audio.mp3'),
      23 * hour,
    ),
    made(
      path.join(mine, 'datasets', `${nobody.replace(/0$/, '1')}.zip`),
      23 * hour,
    ),
    made(path.join(mine, 'datasets', 'never-ours.zip'), 900 * hour),
    made(path.join(bucket, 'not-ours', 'notes.txt'), 900 * hour),
    made(path.join(path.dirname(bucket), 'README'), 900 * hour),
  ];
  // As the programs put it down before they write. A row may come late.
  const begun = (list, due) =>
    list
      .filter((f) => f.startsWith(bucket))
      .map((f) => path.relative(bucket, f))
      .forEach((name) =>
        stack.psql(
          `INSERT INTO store_intents VALUES ('${name}', 'written', now() + interval '${due}')`,
        ),
      );
  begun(go, '-1 hour');
  begun(
    stay.filter((f) => !known.includes(f) && /0+1[./]/.test(f)),
    '1 hour',
  );
  begun(known, '-1 hour');
  // What rows know of may be as old as it likes.
  for (const f of known)
    fs.utimesSync(
      f,
      new Date(Date.now() - 900 * hour),
      new Date(Date.now() - 900 * hour),
    );

  await stack.restart('save');
  const there = (list) => list.filter((f) => fs.existsSync(f));
  await soon(() => there(go).length === 0);
  assert.deepEqual(there(go), []);
  // It says so when it is through; a second one has nothing to do.
  await stack.restart('save');
  await sleep(1500);
  assert.deepEqual(there(stay), stay);

  const got = await fetch(exported.body.datasetUrl);
  assert.equal(got.status, 200);
  assert.equal((await got.arrayBuffer()).byteLength, exported.body.bytes);
  for (const f of stay.filter((f) => !known.includes(f))) fs.rmSync(f);
});

test('analyses outlive a save.fcgi that is killed in the middle of them', async () => {
  const w = await world(stack);
  // Items left by earlier tests would be analyzed first.
  stack.psql(
    "UPDATE training_items SET analysis_state = 'done' WHERE analysis_state = 'pending'",
  );
  const count = (what) =>
    stack.psql(
      `SELECT count(*) FROM training_items WHERE analysis_state = 'pending' AND ${what}`,
    );
  // All at once, and long enough to be seen at work. Uploads may take longer
  // than the analyses: then others are sent.
  let ids;
  let seen = false;
  for (let n = 1; !seen && n <= 5; n++) {
    const answers = await Promise.all(
      [0, 1, 2, 3].map((i) =>
        save(stack, w, wav(120 * n + i, { hz: 200 + 50 * i })),
      ),
    );
    for (const answer of answers)
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    ids = answers.map((answer) => answer.body.trainingItemId);
    await soon(() => {
      seen = count('analysis_lease IS NOT NULL') !== '0';
      return seen || count('true') === '0';
    });
  }
  assert.ok(seen);
  stack.kill9('save');
  // The one in progress is leased to the dead program for three seconds. The
  // analysis has the lowest priority: with other work it takes its time.
  assert.ok(await soon(() => count('true') === '0', 300));
  for (const id of ids) {
    const { body } = await call(stack, 'GET', `/api/train/items/${id}`);
    assert.equal(body.analysis, 'done', JSON.stringify(body));
    assert.equal(body.peaks.length, 800);
  }
});
