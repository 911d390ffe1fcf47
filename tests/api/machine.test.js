// Goal: ./trainmode works wherever it runs (locale, path, umask, port, user,
// byte order mark, another apt at work), or says why before it makes anything.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { copyCheckout } from '../lib/checkout.js';
import {
  freePort,
  root,
  stackEnv,
  startStack,
  tempDir,
  trainmode,
} from '../lib/stack.js';

const isRoot = process.getuid() === 0;
const remove = (dir) => fs.rmSync(dir, { recursive: true, force: true });
const dirs = [];
let stack;
before(async () => {
  stack = await startStack();
});
after(async () => {
  await stack?.stop();
  dirs.forEach(remove);
});

// A folder that other users can reach; gone after all tests.
function folder(prefix) {
  const dir = tempDir(prefix);
  fs.chmodSync(dir, 0o755);
  dirs.push(dir);
  return dir;
}

// Not spawnSync: this process itself serves some of its requests.
function run(program, args, env = {}, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: stackEnv(env), ...options });
    let [out, err] = ['', ''];
    child.stdout.on('data', (d) => {
      out += d;
    });
    child.stderr.on('data', (d) => {
      err += d;
    });
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

// A Turkish locale, if the system has the sources for one.
function turkish(t) {
  const dir = folder('trainmode-locale-');
  const made = spawnSync('localedef', [
    '-i',
    'tr_TR',
    '-f',
    'UTF-8',
    path.join(dir, 'tr_TR.UTF-8'),
  ]);
  // glibc never frees the parts of LOCPATH.
  const known = path.join(dir, 'known-leaks');
  fs.writeFileSync(known, 'leak:argz_add_sep\n');
  const options = `${process.env.LSAN_OPTIONS ?? ''}:suppressions=${known}:print_suppressions=0`;
  if (made.status === 0)
    return {
      LOCPATH: dir,
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
      LSAN_OPTIONS: options,
    };
  t.skip("no Turkish locale can be made here (Debian's package locales)");
  return null;
}

test('a database is migrated in Turkish', async (t) => {
  const locale = turkish(t);
  if (!locale) return;
  const sql = folder('trainmode-sql-');
  fs.writeFileSync(path.join(sql, '29990101000009_i.sql'), 'SELECT 1;\n');
  try {
    const done = await run(path.join(root, 'deploy/migrate.sh'), [sql], {
      ...locale,
      DATABASE_URL: `host=${stack.state}/run/pg user=trainmode dbname=trainmode`,
    });
    assert.equal(done.status, 0, done.err);
    assert.match(done.out, /applying 29990101000009 i/);
  } finally {
    stack.psql("DELETE FROM schema_migrations WHERE version > '2999'");
  }
});

test('a state with an umlaut in its path is found under every locale', async (t) => {
  const state = path.join(folder('trainmode-Müsik-'), 'Sätze');
  const port = String(await freePort());
  try {
    for (const env of [
      { LC_ALL: 'C.UTF-8' },
      { LC_ALL: 'C' },
      turkish(t) ?? { LC_ALL: 'POSIX' },
    ]) {
      const up = await run(
        trainmode,
        ['up', '--port', port, '--state', state, '--detach'],
        env,
      );
      assert.equal(up.status, 0, up.out + up.err);
      const down = await run(trainmode, ['down', '--state', state], {
        LC_ALL: 'C',
      });
      assert.equal(down.status, 0, down.err);
      assert.match(down.out, /^ended/m);
    }
  } finally {
    await run(trainmode, ['down', '--state', state]);
  }
});

test('a path that is refused is refused before anything is made', async () => {
  const dir = path.join(folder('trainmode-checkout-'), 'a$b');
  copyCheckout(dir, {
    only: (name) => name === 'trainmode' || name.startsWith('deploy/'),
  });
  const before = fs.readdirSync(dir);
  const up = await run(path.join(dir, 'trainmode'), ['up', '--detach']);
  assert.equal(up.status, 1);
  assert.match(up.err, /checkout's path may not hold/);
  assert.deepEqual(fs.readdirSync(dir), before);
  for (const odd of [
    'a"b',
    'a%b',
    'a;b',
    'a\nb',
    'a*b',
    'a[b',
    'a]b',
    'a\\b',
    "a'b",
    'a@b',
    'a^b',
  ]) {
    const state = path.join(dir, odd);
    const refused = await run(trainmode, ['up', '--state', state]);
    assert.equal(refused.status, 1, odd);
    assert.match(refused.err, /state's path may hold/, odd);
    assert.equal(fs.existsSync(state), false, odd);
  }
});

test('a checkout with a blank in its path, cloned under umask 077, builds and shows its page', async () => {
  const dir = path.join(folder('trainmode-checkout-'), 'my music (1)');
  copyCheckout(dir, { umask: 0o077 });
  fs.chmodSync(dir, 0o755);
  const state = path.join(folder('trainmode-state-'), 'var');
  const port = await freePort();
  const own = path.join(dir, 'trainmode');
  const env = {
    TRAINMODE_APP: '',
    TRAINMODE_BUILD: '',
    CONFIGURE_FLAGS: 'CFLAGS=-O0',
  };
  try {
    const up = await run(
      own,
      ['up', '--port', String(port), '--state', state, '--detach'],
      env,
    );
    assert.equal(up.status, 0, up.out + up.err);
    for (const at of ['/', '/js/main.js', '/index.html', '/icon.svg']) {
      const res = await fetch(`http://127.0.0.1:${port}${at}`);
      await res.text();
      assert.equal(res.status, 200, at);
    }
  } finally {
    await run(own, ['down', '--state', state], env);
  }
});

test(
  'a page that cannot be read is no health',
  { skip: !isRoot && 'needs root' },
  async () => {
    const state = folder('trainmode-state-');
    const app = path.join(folder('trainmode-app-'), 'app');
    fs.cpSync(process.env.TRAINMODE_APP, app, { recursive: true });
    fs.chmodSync(path.join(app, 'share/trainmode/www/index.html'), 0o600);
    const up = await run(
      trainmode,
      ['up', '--port', String(await freePort()), '--state', state, '--detach'],
      { TRAINMODE_APP: app },
    );
    assert.equal(up.status, 1);
    assert.match(up.err, /the page answers 403/);
  },
);

test('a step that fails leaves no folder for sockets', async () => {
  const state = path.join(folder('trainmode a b '), 'state');
  const up = await run(
    trainmode,
    ['up', '--port', String(await freePort()), '--state', state, '--detach'],
    { MAX_ALS_MB: 'many' },
  );
  assert.equal(up.status, 1);
  const short = fs.readlinkSync(path.join(state, 'run'));
  assert.match(short, /^\/(run|tmp)\/trainmode-/);
  assert.equal(fs.existsSync(short), false);
});

test('a port in use on the address of LISTEN alone is named', async () => {
  const server = net.createServer().listen(0, '127.0.0.2');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  const state = path.join(folder('trainmode-state-'), 'var');
  try {
    for (const listen of ['127.0.0.2', '0.0.0.0']) {
      const up = await run(
        trainmode,
        ['up', '--port', String(port), '--state', state, '--detach'],
        { LISTEN: listen },
      );
      assert.equal(up.status, 1, listen);
      assert.equal(
        up.err,
        `trainmode: port ${port} is in use on ${listen} by something else; choose one with --port\n`,
      );
    }
    const nowhere = await run(
      trainmode,
      ['up', '--port', String(await freePort()), '--state', state, '--detach'],
      { LISTEN: '203.0.113.9' },
    );
    assert.equal(
      nowhere.err,
      'trainmode: LISTEN is 203.0.113.9, which is not an address of this machine\n',
    );
  } finally {
    server.close();
  }
});

test(
  'a user without a name is told so',
  { skip: !isRoot && 'needs root' },
  async (t) => {
    const state = folder('trainmode-state-');
    fs.chownSync(state, 54321, 54321);
    const as = (...args) =>
      run(
        'setpriv',
        [
          '--reuid',
          '54321',
          '--regid',
          '54321',
          '--clear-groups',
          trainmode,
          ...args,
        ],
        {},
        { cwd: '/' },
      );
    if (
      spawnSync('setpriv', [
        '--reuid',
        '54321',
        '--regid',
        '54321',
        '--clear-groups',
        'test',
        '-r',
        trainmode,
      ]).status !== 0
    ) {
      t.skip('the checkout cannot be read by others');
      return;
    }
    const up = await as(
      'up',
      '--port',
      String(await freePort()),
      '--state',
      state,
      '--detach',
    );
    assert.equal(up.status, 1);
    assert.match(up.err, /^trainmode: user 54321 has no name here, .*\n$/);
    assert.deepEqual(fs.readdirSync(state), []);
    assert.equal((await as('help')).status, 0);
    assert.equal((await as('status', '--state', state)).status, 3);
    assert.match((await as('down', '--state', state)).out, /nothing runs/);
  },
);

test('tokens are for what runs, whatever set it up', async () => {
  const state = folder('trainmode-state-');
  const add = (name, where, env) =>
    run(trainmode, ['token', 'add', name, '--state', where], env);
  try {
    const up = await run(
      trainmode,
      ['up', '--port', String(await freePort()), '--state', state, '--detach'],
      { AUTH: 'token' },
    );
    assert.equal(up.status, 0, up.err);
    const on = await add('one', state, {});
    assert.equal(on.status, 0, on.err);
    assert.doesNotMatch(on.err, /AUTH is/);
    assert.match(
      (await add('two', stack.state, { AUTH: 'token' })).err,
      /AUTH is none: tokens count once/,
    );
  } finally {
    await run(trainmode, ['down', '--state', state]);
  }
});

test('trainmode.conf may begin with a byte order mark', async () => {
  const state = folder('trainmode-state-');
  const args = [
    'up',
    '--port',
    String(await freePort()),
    '--state',
    state,
    '--detach',
  ];
  fs.writeFileSync(
    path.join(state, 'trainmode.conf'),
    '\ufeffMAX_AUDIO_MB=3\r\nURL_TTL_HOURS=2\r\n',
    { mode: 0o600 },
  );
  try {
    const up = await run(trainmode, args);
    assert.equal(up.status, 0, up.err);
    assert.match(
      fs.readFileSync(path.join(state, 'etc/nginx.conf'), 'utf8'),
      /client_max_body_size 8m;/,
    );
  } finally {
    await run(trainmode, ['down', '--state', state]);
  }
});

// ---- another apt ----

// apt-get, which finds the lock taken this many times.
function withApt(taken, said, env = {}) {
  const dir = folder('trainmode-apt-');
  const put = (name, text) =>
    fs.writeFileSync(path.join(dir, name), `#!/bin/sh\n${text}\n`, {
      mode: 0o755,
    });
  fs.writeFileSync(path.join(dir, 'left'), '.'.repeat(taken));
  put(
    'apt-get',
    `
    if [ -s ${dir}/left ]; then
        printf '%s' "$(cut -c2- ${dir}/left)" >${dir}/left
        printf '%s\\n' '${said}' >&2
        exit 100
    fi
    echo "$1" >>${dir}/done
    [ "$1" = update ] || printf '#!/bin/sh\\n' >${dir}/no-such-command
    chmod 755 ${dir}/no-such-command 2>/dev/null || true`,
  );
  put('sudo', '[ "$1" = -v ] || exec "$@"');
  put('sleep', 'exit 0');
  const script = `set -euo pipefail; die() { echo "$*" >&2; exit 1; }
    . "$0/deploy/lib/steps.sh"; . "$0/deploy/lib/packages.sh"; policy=${dir}/policy-rc.d
    packages_need "cmd no-such-command some-package"`;
  return run('bash', ['-c', script, root], {
    ...env,
    PATH: `${dir}:${process.env.PATH}`,
  }).then((r) => ({
    ...r,
    done: fs.existsSync(path.join(dir, 'done'))
      ? fs.readFileSync(path.join(dir, 'done'), 'utf8')
      : '',
  }));
}

const locked =
  'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)';

test('another apt is waited for, and named once', async () => {
  for (const said of [
    locked,
    'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)',
  ]) {
    const r = await withApt(3, said);
    assert.equal(r.status, 0, r.err);
    assert.equal(r.done, 'update\ninstall\n');
    assert.equal(
      r.out.match(
        /waiting for another apt to end: process 4711 \((unattended-upgr|apt-get)\)/g,
      ).length,
      1,
    );
  }
});

test('another apt is waited for no longer than said, and other faults not at all', async () => {
  const late = await withApt(1000, locked, { TRAINMODE_TEST_LOCK_SEC: '1' });
  assert.equal(late.status, 1);
  assert.match(
    late.err,
    /another apt \(process 4711 \(unattended-upgr\)\) has had Debian's package lock for 1 seconds/,
  );
  const broken = await withApt(1, 'E: Unable to locate package some-package');
  assert.equal(broken.status, 1);
  assert.equal(broken.done, '');
  assert.match(broken.err, /Unable to locate package/);
});

// ---- a fresh checkout ----

test('every command works first on a fresh checkout, or says what comes before', async () => {
  const dir = path.join(folder('trainmode-checkout-'), 'fresh');
  copyCheckout(dir);
  const bin = folder('trainmode-bin-');
  const put = (name, text) =>
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, {
      mode: 0o755,
    });
  put('npm', 'echo "npm $*" >>"$CALLS"; mkdir -p node_modules');
  put(
    'node',
    '[ "$1" != -p ] || { echo 20; exit 0; }; echo "node $*" >>"$CALLS"',
  );
  const calls = path.join(bin, 'calls');
  const own = (...args) =>
    run(path.join(dir, 'trainmode'), args, {
      CALLS: calls,
      PATH: `${bin}:${process.env.PATH}`,
    });

  const bench = await own('bench', '--quick');
  assert.equal(bench.status, 0, bench.err);
  assert.equal(
    fs.readFileSync(calls, 'utf8'),
    `npm install --no-audit --no-fund --no-package-lock\nnode ${dir}/bench/run.js --quick\n`,
  );
  remove(path.join(dir, 'tests/node_modules'));
  const before = fs.readdirSync(dir);
  assert.equal((await own('status')).status, 3);
  assert.match((await own('down')).out, /nothing runs/);
  const token = await own('token', 'list');
  assert.equal(token.status, 1);
  assert.match(token.err, /start it once by .\/trainmode up/);
  assert.match((await own('test', 'no-such-test')).err, /there is no test/);
  assert.equal((await own('help')).status, 0);
  assert.equal((await own()).status, 0);
  assert.deepEqual(fs.readdirSync(dir), before);
});

test('lint names what it finds, and is silent otherwise', async (t) => {
  if (
    ['shellcheck', 'codespell'].some(
      (name) => spawnSync(name, ['--version']).status !== 0,
    )
  ) {
    t.skip(
      'shellcheck and codespell are not installed; ./trainmode lint does that',
    );
    return;
  }
  const dir = path.join(folder('trainmode-checkout-'), 'lint');
  copyCheckout(dir);
  fs.mkdirSync(path.join(dir, '.ci'));
  fs.copyFileSync(path.join(root, '.ci/run'), path.join(dir, '.ci/run'));
  const lint = () => run(path.join(dir, 'trainmode'), ['lint', '--fast']);
  const clean = await lint();
  assert.equal(clean.status, 0, clean.out + clean.err);
  assert.doesNotMatch(clean.out, /FAILED/);
  fs.appendFileSync(
    path.join(dir, 'deploy/lib/token.sh'),
    'gone() { rm -rf $1/x; }\n',
  );
  fs.appendFileSync(
    path.join(dir, 'docs/page.md'),
    '[nowhere](nowhere.md) is reci\u0065ved\n',
  );
  const found = await lint();
  assert.equal(found.status, 1);
  assert.match(
    found.out,
    /FAILED {2}shell scripts[^]*SC2086[^]*FAILED {2}spelling[^]*reci\u0065ved[^]*FAILED {2}house rules[^]*nowhere\.md/,
  );
});
