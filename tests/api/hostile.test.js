// Goal: attacks that once worked against the running product work no more: sets
// that take forever, somebody else's Host, links where root writes, half a
// request, a password in the list of processes.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  freePort,
  root,
  stackEnv,
  startStack,
  tempDir,
  trainmode,
} from '../lib/stack.js';
import { wav } from '../lib/audio.js';
import { call, save, world } from '../lib/client.js';

const isRoot = process.getuid() === 0;
let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

test('16 sets that take long hold up neither health nor each other', async () => {
  const w = await world(stack);
  const long = gzipSync(
    Buffer.concat([
      Buffer.from(
        '<Ableton MajorVersion="5" Creator="Ableton Live 11.0"><LiveSet>',
      ),
      Buffer.alloc(20 << 20, '<a b="0123456789"/>\n'),
      Buffer.from('</LiveSet></Ableton>'),
    ]),
    { level: 9 },
  );
  const sets = Array.from({ length: 16 }, (_, i) =>
    call(
      stack,
      'POST',
      `/api/library?artistId=${w.artistId}&filename=${i}.als`,
      {
        body: Buffer.concat([long, Buffer.from([i])]),
        headers: { 'content-type': 'application/octet-stream' },
      },
    ),
  );
  assert.equal((await call(stack, 'GET', '/api/health')).status, 200);
  for (const answer of await Promise.all(sets))
    assert.ok(
      answer.status === 422 ||
        (answer.status === 429 && answer.headers.get('retry-after')),
      JSON.stringify(answer.body),
    );
});

test('a set of half a kilobyte that asks for hours is answered at once', async () => {
  const w = await world(stack);
  const set =
    '<Ableton MajorVersion="5" Creator="Ableton Live 11.0"><LiveSet><Tracks><MidiTrack Id="1"><DeviceChain><MainSequencer>' +
    '<ClipTimeable><ArrangerAutomation><Events><MidiClip><CurrentStart Value="0"/><CurrentEnd Value="16"/><Loop><LoopStart Value="0"/>' +
    '<LoopEnd Value="0.001"/><StartRelative Value="1e10"/><LoopOn Value="true"/></Loop><Notes><KeyTracks><KeyTrack><Notes>' +
    '<MidiNoteEvent Time="0" Duration="1" Velocity="1"/></Notes><MidiKey Value="60"/></KeyTrack></KeyTracks></Notes></MidiClip></Events>' +
    '</ArrangerAutomation></ClipTimeable></MainSequencer></DeviceChain></MidiTrack></Tracks><MasterTrack/></LiveSet></Ableton>';
  const { status, body } = await call(
    stack,
    'POST',
    `/api/library?artistId=${w.artistId}`,
    {
      body: gzipSync(set),
      headers: { 'content-type': 'application/octet-stream' },
    },
  );
  assert.ok([201, 422].includes(status), JSON.stringify(body));
});

test('Host is a name to be called by, not a place to connect to', async () => {
  const w = await world(stack);
  await save(stack, w, wav(12));
  let calls = 0;
  const theirs = http.createServer((req, res) => {
    calls++;
    res.end('PK');
  });
  await new Promise((resolve) => {
    theirs.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${theirs.address().port}`;
  const answer = await new Promise((resolve, reject) => {
    const req = http
      .request(
        new URL('api/train/export', stack.url),
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', host },
        },
        (res) => {
          let text = '';
          res
            .on('data', (d) => {
              text += d;
            })
            .on('end', () =>
              resolve({ status: res.statusCode, body: JSON.parse(text) }),
            );
        },
      )
      .on('error', reject);
    req.end(JSON.stringify({ artistId: w.artistId }));
  });
  theirs.close();
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(calls, 0);
  assert.equal(answer.body.verified, true); // by the server's own address
});

// nginx waits ten seconds for the rest of a head; while thousands come in
// halves, others are answered.
test('4,300 half-sent requests keep nobody out', async () => {
  const { port } = new URL(stack.url);
  const half = await Promise.all(
    Array.from(
      { length: 4300 },
      () =>
        new Promise((resolve) => {
          const s = net.connect(port, '127.0.0.1', () => {
            s.write('GET / HTTP/1.1\r\nHost: x\r\n');
            resolve(s);
          });
          s.on('error', () => resolve(s));
        }),
    ),
  );
  try {
    assert.equal((await call(stack, 'GET', '/api/health')).status, 200);
  } finally {
    for (const s of half) s.destroy();
  }
});

test('a link in the store leads nowhere', async () => {
  if (stack.supabase) return; // there is none
  const w = await world(stack);
  const { item } = (await save(stack, w, wav(1))).body;
  const file = path.join(stack.objects, item.audioPath);
  const secret = path.join(stack.state, 'store/secret.txt');
  fs.writeFileSync(secret, 'nobody asked for this');
  fs.rmSync(file);
  fs.symlinkSync(secret, file);
  const got = await call(stack, 'GET', `/api/train/items/${item.id}/audio`, {
    raw: true,
  });
  assert.ok(got.status >= 400, `${got.status}`);
  assert.ok(!(await got.text()).includes('nobody asked'));
});

// ---- root and the user of its programs ----

const up = (state, env = {}) =>
  spawnSync(
    trainmode,
    ['up', '--detach', '--state', state, '--port', String(up.port)],
    { encoding: 'utf8', env: stackEnv(env) },
  );

test(
  'root follows no link that its programs can plant',
  { skip: !isRoot && 'needs root' },
  async () => {
    const state = fs.realpathSync(tempDir());
    const target = path.join(tempDir(), 'shadow');
    up.port = await freePort();
    fs.chmodSync(state, 0o711);
    fs.writeFileSync(target, 'root only\n', { mode: 0o600 });
    fs.mkdirSync(path.join(state, 'secrets'));
    fs.symlinkSync(target, path.join(state, 'secrets/sign.key'));
    const refused = up(state);
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /sign\.key is a link/);
    assert.equal(fs.statSync(target).uid, 0);

    fs.unlinkSync(path.join(state, 'secrets/sign.key'));
    fs.linkSync(target, path.join(state, 'secrets/sign.key'));
    assert.match(up(state).stderr, /second name/);
    assert.equal(fs.statSync(target).uid, 0);
    fs.rmSync(state, { recursive: true });
  },
);

test(
  'where the store is, root believes root alone',
  { skip: !isRoot && 'needs root' },
  async () => {
    const state = fs.realpathSync(tempDir());
    const conf = path.join(state, 'trainmode.conf');
    fs.chmodSync(state, 0o711);
    up.port = await freePort();
    for (const line of ['STORE_DIR=/etc\n', '\ufeff STORE_DIR = "/etc"\r\n']) {
      fs.writeFileSync(conf, line, { mode: 0o600 });
      fs.chownSync(conf, 33, 33);
      const refused = up(state);
      assert.notEqual(refused.status, 0);
      assert.match(
        refused.stdout + refused.stderr,
        /sets STORE_DIR and belongs/,
      );
      assert.equal(fs.statSync('/etc').uid, 0);
    }
    fs.rmSync(state, { recursive: true });
  },
);

test(
  "settings and the folder of the key are root's",
  { skip: !isRoot && 'needs root' },
  () => {
    const look = (name) => {
      const s = fs.statSync(path.join(stack.state, name));
      return [s.uid, (s.mode & 0o777).toString(8)];
    };
    assert.deepEqual(look('trainmode.conf'), [0, '640']);
    assert.deepEqual(look('secrets'), [0, '750']);
    assert.equal(look('secrets/sign.key')[1], '600');
    assert.equal(
      execFileSync('ps', ['-o', 'user:32=', '-p', String(stack.pid('save'))], {
        encoding: 'utf8',
      }).trim(),
      'trainmode',
    );
  },
);

// ---- what others see ----

test('no password of the database is in the list of processes', () => {
  const dir = tempDir();
  const out = path.join(dir, 'said');
  fs.writeFileSync(
    path.join(dir, 'psql'),
    `#!/bin/sh\nprintf '%s\\n' "$*" >${out}\ncat "$PGPASSFILE" >>${out}\ncat >/dev/null\n`,
    { mode: 0o755 },
  );
  for (const [url, password] of [
    ['postgresql://u:p%40ss%3Aw0rd@h/db', 'p@ss\\:w0rd'],
    ['postgres://h/db?user=u&password=a%26b', 'a&b'],
    ["host=h password='two words' dbname=d", 'two words'],
    ['host=h password=plain dbname=d', 'plain'],
  ]) {
    execFileSync(path.join(root, 'deploy/migrate.sh'), {
      env: {
        ...process.env,
        PATH: `${dir}:${process.env.PATH}`,
        DATABASE_URL: url,
      },
    });
    const [args, file] = fs.readFileSync(out, 'utf8').split('\n');
    assert.equal(file, `*:*:*:*:${password}`);
    assert.ok(
      !args.includes('p%40ss') &&
        !args.includes('two words') &&
        !args.includes('plain') &&
        !args.includes('a%26b'),
      args,
    );
    assert.match(args, /h/);
  }
});

test('the systemd unit leaves little open', (t) => {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0)
    return t.skip('no systemd-analyze');
  const unit = path.join(tempDir(), 'trainmode@save.service');
  fs.copyFileSync(path.join(root, 'deploy/systemd/trainmode@.service'), unit);
  const { stdout, stderr, status } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', unit],
    { encoding: 'utf8' },
  );
  if (status === null || /unrecognized option|Unknown/.test(stderr))
    return t.skip('this systemd-analyze does not look at files');
  const score = Number(/exposure level for [^:]*: ([0-9.]+)/.exec(stdout)?.[1]);
  assert.ok(score <= 2, `${score}\n${stderr}`);
});
