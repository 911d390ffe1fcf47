// Goal: ./trainmode brings everything up and down as README says, whatever
// the folder, the user, the port; and nginx answers as the contract says.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  freePort,
  root,
  stackEnv,
  startStack,
  tempDir,
  trainmode,
} from '../lib/stack.js';
import { logged } from '../lib/client.js';

const isRoot = process.getuid() === 0;
let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

function call(args, env = {}) {
  const r = spawnSync(trainmode, args, {
    encoding: 'utf8',
    env: stackEnv(env),
  });
  return {
    status: r.status,
    out: r.stdout,
    err: r.stderr,
    last: r.stdout.trimEnd().split('\n').at(-1),
  };
}

// Processes whose command line names the state, or that run its programs.
function processesOf(state) {
  return fs
    .readdirSync('/proc')
    .filter((n) => /^\d+$/.test(n))
    .filter((pid) => {
      try {
        return (
          fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(state) &&
          Number(pid) !== process.pid
        );
      } catch {
        return false;
      }
    });
}

async function nothingRuns(state) {
  for (let i = 0; i < 50 && processesOf(state).length > 0; i++)
    await sleep(100);
  assert.deepEqual(processesOf(state), []);
}

const remove = (dir) => fs.rmSync(dir, { recursive: true, force: true });

// Start it in the foreground and wait until a line matches.
function foreground(args, pattern, env = {}) {
  const child = spawn(trainmode, args, { env: stackEnv(env), detached: true });
  const ended = new Promise((resolve) =>
    child.on('close', (code) => resolve(code)),
  );
  let text = '';
  const seen = new Promise((resolve, reject) => {
    const look = (data) => {
      text += data;
      if (pattern.test(text)) resolve(text);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('close', (code) =>
      reject(new Error(`ended with ${code}: ${text}`)),
    );
  });
  seen.catch(() => {});
  return { child, ended, seen, text: () => text };
}

test('status has a line per part, down ends all, the state stays', async () => {
  const state = tempDir();
  const port = await freePort();
  try {
    const up = call(['up', '--port', port, '--state', state, '--detach']);
    assert.equal(up.status, 0, up.err);
    assert.equal(up.last, `ready http://127.0.0.1:${port}/`);
    const status = call(['status', '--state', state]);
    assert.equal(status.status, 0);
    for (const part of [
      'postgres',
      'nginx',
      'train',
      'save',
      'export',
      'library',
    ])
      assert.match(
        status.out,
        new RegExp(
          `^${part} +running since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\(pid \\d+\\)$`,
          'm',
        ),
      );

    const key = fs.readFileSync(path.join(state, 'secrets/sign.key'), 'utf8');
    assert.match(key, /^[0-9a-f]{64}\n$/);
    assert.equal(
      fs.statSync(path.join(state, 'secrets/sign.key')).mode & 0o777,
      0o600,
    );
    assert.equal(
      fs.statSync(path.join(state, 'trainmode.conf')).mode & 0o777,
      isRoot ? 0o640 : 0o600,
    ); // root's, and read by its programs
    fs.appendFileSync(path.join(state, 'trainmode.conf'), 'URL_TTL_HOURS=3\n');

    assert.equal(call(['down', '--state', state]).status, 0);
    await nothingRuns(state);
    const after = call(['status', '--state', state]);
    assert.equal(after.status, 3);
    assert.equal(after.out.match(/not running$/gm).length, 6);
    assert.match(call(['down', '--state', state]).out, /nothing runs/);

    assert.equal(
      call(['up', '--port', port, '--state', state, '--detach']).status,
      0,
    );
    assert.equal(
      fs.readFileSync(path.join(state, 'secrets/sign.key'), 'utf8'),
      key,
    );
    assert.match(
      fs.readFileSync(path.join(state, 'trainmode.conf'), 'utf8'),
      /URL_TTL_HOURS=3\n$/,
    );
  } finally {
    call(['down', '--state', state]);
    remove(state);
  }
});

test('a second up says that it runs', () => {
  const { port } = new URL(stack.url);
  const again = call(['up', '--port', port, '--state', stack.state]);
  assert.equal(again.status, 0, again.err);
  assert.match(again.out, /runs on this state already/);
  assert.equal(again.last, `ready ${stack.url}`);
  const elsewhere = call(['up', '--port', '1', '--state', stack.state]);
  assert.equal(elsewhere.status, 1);
  assert.match(elsewhere.err, new RegExp(`already, at ${stack.url}`));
});

test('two states run side by side', async () => {
  const other = await startStack();
  try {
    assert.notEqual(other.url, stack.url);
    for (const s of [stack, other])
      assert.equal((await fetch(new URL('/api/health', s.url))).status, 200);
  } finally {
    await other.stop();
  }
  await nothingRuns(other.state);
  assert.equal((await fetch(new URL('/api/health', stack.url))).status, 200);
});

test('Ctrl-C ends a foreground up cleanly, and so it does half-way', async () => {
  const state = path.join(tempDir('trainmode a b '), 'state (1)');
  let runDir;
  const port = await freePort();
  try {
    const half = foreground(
      ['up', '--port', String(port), '--state', state],
      /^starting/m,
    );
    await half.seen;
    await sleep(300);
    process.kill(-half.child.pid, 'SIGINT');
    assert.equal(await half.ended, 130, half.text());
    await nothingRuns(state);

    const whole = foreground(
      ['up', '--port', String(port), '--state', state],
      /^ready http.*\n/m,
    );
    assert.match(
      await whole.seen,
      new RegExp(`ready http://127.0.0.1:${port}/\n$`),
    );
    assert.equal(
      (await fetch(`http://127.0.0.1:${port}/api/health`)).status,
      200,
    );
    runDir = fs.readlinkSync(path.join(state, 'run'));
    process.kill(-whole.child.pid, 'SIGINT');
    assert.equal(await whole.ended, 0, whole.text());
    assert.match(whole.text(), /ended\n$/);
    await nothingRuns(state);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  } finally {
    call(['down', '--state', state]);
    assert.ok(
      runDir && !fs.existsSync(runDir),
      'the short folder for sockets is gone too',
    );
    remove(fs.realpathSync(state));
    remove(path.dirname(state));
  }
});

test('a port in use is told before anything starts', async () => {
  const state = tempDir();
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  try {
    // Not spawnSync: we are the one who listens.
    const up = foreground(
      ['up', '--port', String(port), '--state', state],
      /in use/,
    );
    await up.seen;
    assert.equal(await up.ended, 1);
    assert.match(up.text(), new RegExp(`port ${port} is in use`));
    await nothingRuns(state);
  } finally {
    server.close();
    remove(state);
  }
});

test('a failing step names itself, shows its log, and leaves nothing running', async () => {
  const state = tempDir();
  const port = await freePort();
  const args = ['up', '--port', port, '--state', state, '--detach'];
  try {
    const settings = call(args, {
      OPENAI_BASE_URL: 'nonsense',
      MAX_ALS_MB: 'many',
    });
    assert.equal(settings.status, 1);
    assert.match(settings.err, /step "check the settings" failed/);
    assert.match(
      settings.err,
      /OPENAI_BASE_URL must begin with http.*MAX_ALS_MB must be a whole number/,
    );
    assert.doesNotMatch(settings.out, /ready/);
    await nothingRuns(state);

    const database = call(args, { DATABASE_URL: 'host=/nowhere dbname=none' });
    assert.equal(database.status, 1);
    assert.match(database.err, /step "migrate the database" failed/);
    assert.match(database.err, /\/nowhere/);
    await nothingRuns(state);

    const build = call(args, {
      TRAINMODE_APP: '',
      TRAINMODE_BUILD: path.join(state, 'build'),
      CONFIGURE_FLAGS: 'CC=no-such-cc',
    });
    assert.equal(build.status, 1);
    assert.match(
      build.err,
      /step "build" failed[^]*C compiler cannot|step "build" failed[^]*no-such-cc/,
    );
    await nothingRuns(state);
  } finally {
    remove(state);
  }
});

test('wrong arguments are refused in words', () => {
  for (const [args, words] of [
    [['up', '--port', '0'], /no port/],
    [['up', '--port', '70000'], /no port/],
    [['up', '--state'], /needs a value/],
    [['up', '--detached'], /unknown argument/],
    [['upp'], /unknown command/],
    [['up', '--state', 'a"b'], /may hold/],
  ]) {
    const r = call(args);
    assert.equal(r.status, 1, args.join(' '));
    assert.match(r.err, words);
  }
});

test('missing packages are installed, and none may start its service', () => {
  const dir = tempDir();
  const policy = path.join(dir, 'policy-rc.d');
  const put = (name, text) =>
    fs.writeFileSync(path.join(dir, name), `#!/bin/sh\n${text}\n`, {
      mode: 0o755,
    });
  put(
    'apt-get',
    `echo "$@" >>${dir}/calls; ${policy} || echo "policy $?" >>${dir}/calls; [ "$1" = update ] || printf '#!/bin/sh\n' >${dir}/no-such-command; chmod 755 ${dir}/no-such-command 2>/dev/null; true`,
  );
  put('sudo', '[ "$1" = -v ] || exec "$@"');
  const script = `set -euo pipefail; die() { echo "$*" >&2; exit 1; }
    . ${root}/deploy/lib/steps.sh; . ${root}/deploy/lib/packages.sh; policy=${policy}; umask 022
    packages_need "cmd sh dash"; [ ! -e ${dir}/calls ]; packages_need "cmd $1 some-package"`;
  const need = (command) =>
    spawnSync('bash', ['-c', script, 'bash', command], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${dir}:${process.env.PATH}` },
    });
  try {
    const found = need('no-such-command');
    assert.equal(found.status, 0, found.stderr);
    assert.match(found.stdout, /installing some-package/);
    assert.equal(
      fs.readFileSync(path.join(dir, 'calls'), 'utf8'),
      'update\npolicy 101\ninstall -y --no-install-recommends some-package\npolicy 101\n',
    );
    assert.equal(fs.existsSync(policy), false);
    remove(path.join(dir, 'calls'));
    const not = need('no-other-command');
    assert.equal(not.status, 1);
    assert.match(
      not.stderr,
      /still missing after the installation: some-package/,
    );
  } finally {
    remove(dir);
  }
});

test('what a killed supervisor left behind stops nothing', async () => {
  const state = tempDir();
  const port = await freePort();
  const args = ['up', '--port', port, '--state', state, '--detach'];
  try {
    assert.equal(call(args).status, 0);
    process.kill(
      Number(fs.readFileSync(path.join(state, 'run/supervisor.pid'), 'utf8')),
      'SIGKILL',
    );
    await sleep(200);
    assert.equal(call(['status', '--state', state]).status, 3);
    const up = call(args);
    assert.equal(up.status, 0, up.err);
    assert.equal(
      (await fetch(`http://127.0.0.1:${port}/api/health`)).status,
      200,
    );
  } finally {
    call(['down', '--state', state]);
    await nothingRuns(state);
    remove(state);
  }
});

test(
  'as root, a state that others cannot reach moves to where they can',
  { skip: !isRoot && 'needs root' },
  async () => {
    const closed = tempDir();
    const state = path.join(closed, 'var');
    const port = await freePort();
    try {
      const up = call(['up', '--port', port, '--state', state, '--detach']);
      assert.equal(up.status, 0, up.err);
      assert.match(up.out, new RegExp(`${closed} is closed to trainmode`));
      assert.match(
        fs.readlinkSync(state),
        /^\/var\/lib\/trainmode\/var-[0-9a-f]{10}$/,
      );
      assert.equal(call(['status', '--state', state]).status, 0);
    } finally {
      call(['down', '--state', state]);
      remove(fs.readlinkSync(state));
      remove(closed);
    }
  },
);

test(
  'an ordinary user needs no root',
  { skip: !isRoot && 'this is one' },
  async (t) => {
    const state = tempDir();
    const port = await freePort();
    const as = (args) =>
      spawnSync('runuser', ['-u', 'nobody', '--', trainmode, ...args], {
        encoding: 'utf8',
        env: stackEnv(),
        cwd: '/',
      });
    if (
      spawnSync('runuser', ['-u', 'nobody', '--', 'test', '-r', trainmode])
        .status !== 0
    ) {
      t.skip('the checkout cannot be read by others');
      return;
    }
    execFileSync('chown', ['nobody', state]);
    try {
      const up = as(['up', '--port', port, '--state', state, '--detach']);
      assert.equal(up.status, 0, up.stdout + up.stderr);
      assert.equal(
        (await fetch(`http://127.0.0.1:${port}/api/health`)).status,
        200,
      );
      for (const pid of processesOf(state))
        assert.notEqual(fs.statSync(`/proc/${pid}`).uid, 0);
    } finally {
      as(['down', '--state', state]);
      await nothingRuns(state);
      remove(state);
    }
  },
);

test(
  'as root, programs and database run as others',
  { skip: !isRoot && 'needs root' },
  () => {
    const user = (part) =>
      execFileSync('ps', ['-o', 'user=', '-p', String(stack.pid(part))], {
        encoding: 'utf8',
      }).trim();
    for (const part of ['train', 'save', 'export', 'library'])
      assert.equal(user(part), 'trainmode');
    assert.equal(user('postgres'), 'postgres');
  },
);

test('the filled nginx configuration passes nginx -t', () => {
  const file = path.join(stack.state, 'etc/nginx.conf');
  // Its log is /dev/stdout, which nginx cannot open if that is a socket.
  const r = spawnSync('sh', ['-c', 'nginx -t -c "$1" 2>&1 | cat', 'sh', file], {
    encoding: 'utf8',
  });
  assert.match(r.stdout, /test is successful/);
  assert.doesNotMatch(r.stdout, /warn|emerg/);
  assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /@[A-Z_]+@/);
});

// One request as raw bytes, the answer as text.
function raw(bytes) {
  const { port } = new URL(stack.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(Number(port), '127.0.0.1', () =>
      socket.write(bytes),
    );
    socket.on('data', (d) => {
      text += d;
      // nginx lingers if it did not read the whole body; we need not.
      const [head, body] = text.split('\r\n\r\n');
      const length = /^Content-Length: (\d+)/m.exec(head);
      if (body === undefined || (length && body.length < Number(length[1])))
        return;
      socket.destroy();
      resolve(text);
    });
    socket.on('error', reject);
  });
}

function problemIn(answer, status, code) {
  const [head, body] = answer.split('\r\n\r\n');
  assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
  assert.match(head, /\r\nContent-Type: application\/problem\+json\r\n/);
  const p = JSON.parse(body);
  assert.equal(p.status, status);
  assert.equal(p.code, code);
  assert.ok(p.title && p.detail && p.type === `urn:trainmode:problem:${code}`);
  assert.equal(
    p.requestId,
    /^X-Request-Id: ([0-9a-f]{32})$/m.exec(head.replaceAll('\r', ''))[1],
  );
  return head.replaceAll('\r', '');
}

const close = 'Host: t\r\nConnection: close\r\n';

test('nginx answers its own errors as problem documents', async () => {
  problemIn(
    await raw(`GET /api/nothing HTTP/1.1\r\n${close}\r\n`),
    404,
    'not_found',
  );
  problemIn(
    await raw(`POST /api HTTP/1.1\r\n${close}Content-Length: 0\r\n\r\n`),
    404,
    'not_found',
  );
  problemIn(
    await raw(`GET /nothing.js HTTP/1.1\r\n${close}\r\n`),
    404,
    'not_found',
  );
  problemIn(
    await raw(`GET /.store/x HTTP/1.1\r\n${close}\r\n`),
    404,
    'not_found',
  );
  problemIn(
    await raw(`GET /.problem HTTP/1.1\r\n${close}\r\n`),
    404,
    'not_found',
  );
  const method = problemIn(
    await raw(`PUT /index.html HTTP/1.1\r\n${close}Content-Length: 0\r\n\r\n`),
    405,
    'method_not_allowed',
  );
  assert.match(method, /^Allow: GET, HEAD$/m);
  problemIn(
    await raw(
      `POST /api/artists HTTP/1.1\r\n${close}Content-Length: 9000000\r\n\r\n`,
    ),
    413,
    'too_large',
  );
  problemIn(
    await raw(
      `POST /api/train/save HTTP/1.1\r\n${close}Content-Length: 9000000000\r\n\r\n`,
    ),
    413,
    'too_large',
  );
  problemIn(
    await raw(`GET /${'a'.repeat(9000)} HTTP/1.1\r\n${close}\r\n`),
    414,
    'uri_too_long',
  );
  problemIn(
    await raw(`GET / HTTP/1.1\r\n${close}X: ${'a'.repeat(40000)}\r\n\r\n`),
    431,
    'headers_too_large',
  );
  problemIn(
    await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n'),
    400,
    'bad_request',
  ); // no Host
  problemIn(await raw('NONSENSE\r\n\r\n'), 400, 'bad_request');
});

test('who is still sending what was refused is not cut off', async () => {
  const socket = net.connect(Number(new URL(stack.url).port), '127.0.0.1');
  let text = '';
  let cut = null;
  socket.on('data', (d) => (text += d));
  socket.on('error', (err) => (cut = err.code));
  socket.on('end', () => (cut ??= 'end'));
  socket.write(
    `POST /api/train/save HTTP/1.1\r\n${close}Content-Length: 9000000000\r\n\r\n`,
  );
  // By default nginx waits for 5 s.
  for (let n = 0; n < 2; n++) {
    socket.write(Buffer.alloc(1 << 16));
    await sleep(7000);
  }
  assert.match(text, /^HTTP\/1.1 413 /);
  socket.write(Buffer.alloc(1 << 16));
  await sleep(500);
  assert.equal(cut, null);
  socket.destroy();
});

test('every answer has an id and the security headers', async () => {
  const ids = new Set();
  for (const at of ['/', '/api/health', '/api/nothing', '/nothing']) {
    const res = await fetch(new URL(at, stack.url));
    await res.text();
    ids.add(res.headers.get('x-request-id'));
    assert.match(res.headers.get('x-request-id'), /^[0-9a-f]{32}$/, at);
    assert.match(
      res.headers.get('content-security-policy'),
      /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
      at,
    );
    assert.equal(res.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(res.headers.get('referrer-policy'), 'no-referrer');
  }
  assert.equal(ids.size, 4);
});

test('the page is asked for each time, and not sent twice', async () => {
  const page = await fetch(stack.url);
  await page.text();
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('cache-control'), 'no-cache');
  const again = await new Promise((resolve, reject) => {
    // Like a browser: a compressed answer has its own tag.
    const headers = {
      'If-None-Match': page.headers.get('etag'),
      'accept-encoding': 'gzip',
    };
    http
      .get(stack.url, { headers }, (res) => {
        res.resume();
        resolve(res.statusCode);
      })
      .on('error', reject);
  });
  assert.equal(again, 304);
});

test('a program that dies comes back, and requests wait for it', async () => {
  const pid = stack.pid('library');
  process.kill(pid, 'SIGKILL');
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      await sleep(20); // after its end, before its return
      return (await fetch(new URL('/api/health', stack.url))).status;
    }),
  );
  assert.deepEqual(answers, Array(8).fill(200));
  assert.notEqual(stack.pid('library'), pid);
});

test('a program that is away is told as busy', async () => {
  const control = (...args) =>
    execFileSync('supervisorctl', [
      '-c',
      path.join(stack.state, 'etc/supervisor.conf'),
      ...args,
    ]);
  control('stop', 'export:');
  try {
    const head = problemIn(
      await raw(`GET /api/train/layouts HTTP/1.1\r\n${close}\r\n`),
      503,
      'busy',
    );
    assert.match(head, /^Retry-After: \d+$/m);
  } finally {
    control('start', 'export:');
  }
});

test('no query enters a log', async () => {
  await (
    await fetch(
      new URL(
        '/files/artists/x/datasets/y.zip?signature=s3cret-one',
        stack.url,
      ),
    )
  ).text();
  await (
    await fetch(new URL('/api/health?signature=s3cret-two', stack.url))
  ).text();
  await (
    await fetch(new URL('/nothing?signature=s3cret-three', stack.url))
  ).text();
  await logged(stack, 'nginx', / GET \/nothing 404 /);
  for (const part of ['nginx', 'export', 'library'])
    assert.doesNotMatch(stack.log(part), /s3cret/);
});

test('migrations are applied once, whole or not at all', () => {
  const dir = tempDir();
  const url = `host=${stack.state}/run/pg user=trainmode dbname=trainmode`;
  const migrate = () =>
    spawnSync(path.join(root, 'deploy/migrate.sh'), [dir], {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: url },
    });
  try {
    fs.writeFileSync(
      path.join(dir, '29990101000000_one.sql'),
      'CREATE TABLE migrated (n int);\nINSERT INTO migrated VALUES (1);\n',
    );
    assert.equal(migrate().status, 0);
    assert.equal(migrate().status, 0);
    assert.equal(stack.psql('SELECT count(*) FROM migrated'), '1');
    assert.equal(
      stack.psql(
        "SELECT name FROM schema_migrations WHERE version = '29990101000000'",
      ),
      'one',
    );

    fs.writeFileSync(
      path.join(dir, '29990101000001_two.sql'),
      'INSERT INTO migrated VALUES (2);\nSELECT nonsense;\n',
    );
    const broken = migrate();
    assert.notEqual(broken.status, 0);
    assert.match(
      broken.stderr,
      /29990101000001_two\.sql:2: ERROR: +column "nonsense" does not exist/,
    );
    assert.equal(stack.psql('SELECT count(*) FROM migrated'), '1');
    assert.equal(
      stack.psql(
        "SELECT count(*) FROM schema_migrations WHERE version > '2999'",
      ),
      '1',
    );

    fs.writeFileSync(path.join(dir, 'three.sql'), '');
    assert.match(migrate().stderr, /three\.sql is not named/);
  } finally {
    stack.psql(
      "DROP TABLE IF EXISTS migrated; DELETE FROM schema_migrations WHERE version > '2999'",
    );
    remove(dir);
  }
});
