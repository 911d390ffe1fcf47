// The real thing for a test: nginx, programs and PostgreSQL in a temporary
// state folder on a free port, by `./trainmode up --detach`.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startDatabaseProxy } from './database-proxy.js';
import { startPooler } from './pooler.js';
import { startSupabase } from './supabase-double.js';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(
  /\/$/,
  '',
);
export const trainmode = path.join(root, 'trainmode');

// The server that listens there until this process ends, or nothing.
const listener = (port) =>
  new Promise((resolve) => {
    const server = net.createServer().on('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      server.unref();
      resolve(server);
    });
  });

// A port that nobody else gets until it is used: below those that the system
// assigns on request. Tests run at the same time, so a process takes forty at
// once, and listens on the first of them to claim them.
const BLOCK = 40;
let ports = 0;
export async function freePort() {
  for (;;) {
    for (let k = process.pid; ports % BLOCK === 0; k++) {
      const server = await listener(12000 + BLOCK * (k % 500));
      if (server) ports = server.address().port + 1;
    }
    const port = ports++;
    const server = await listener(port);
    if (server)
      return new Promise((resolve) => {
        server.close(() => resolve(port));
      });
  }
}

export function tempDir(prefix = 'trainmode-state-') {
  return fs.mkdtempSync(path.join(os.tmpdir(), prefix));
}

// Settings of the machine that runs the tests must not reach the programs.
const settings = [
  ...fs
    .readFileSync(path.join(root, 'README.md'), 'utf8')
    .matchAll(/^\| `([A-Z_]+)` \|/gm),
].map((m) => m[1]);

export function stackEnv(env = {}) {
  const clean = { ...process.env };
  for (const name of settings) delete clean[name];
  // Sanitizers report the place, and keep little freed memory, so that resident
  // memory can be measured.
  clean.ASAN_OPTIONS = 'quarantine_size_mb=4:detect_stack_use_after_return=0';
  clean.UBSAN_OPTIONS = 'print_stacktrace=1';
  // Conversions ahead of exports are only for tests that ask for them.
  return {
    ...clean,
    TRAINMODE_TEST_FAST: '1',
    DURABLE: 'off',
    CONVERT_THREADS: '0',
    ...env,
  };
}

const pooled =
  (process.env.TRAINMODE_TEST_POOLER ??
    (process.env.TRAINMODE_TEST_STORAGE === 'supabase'
      ? 'pgbouncer'
      : 'none')) === 'pgbouncer';

const running = new Set();
process.on('exit', () => {
  for (const stack of running) {
    spawnSync(trainmode, ['down', '--state', stack.state]);
    fs.rmSync(stack.state, { recursive: true, force: true });
  }
});

// What sanitizers found in any program, however the requests went.
function sanitizerReports(state) {
  const dir = path.join(state, 'log');
  return fs.readdirSync(dir).flatMap((name) => {
    const text = fs.readFileSync(path.join(dir, name), 'utf8');
    const at = text.search(
      /ERROR: (Address|Leak|Thread)Sanitizer|runtime error: /,
    );
    return at === -1 ? [] : [`${name}: ${text.slice(at, at + 4000)}`];
  });
}

// All files below a folder, in order; none if it does not exist (any more).
function filesBelow(dir) {
  let entries = [];
  try {
    entries = fs.readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return entries
    .flatMap((e) =>
      e.isDirectory()
        ? filesBelow(path.join(dir, e.name))
        : [path.join(dir, e.name)],
    )
    .sort();
}

// Start one. env: settings and other variables; port: a free one by default.
// With TRAINMODE_TEST_STORAGE=supabase around the tests, and a test that does
// not say otherwise, objects lie in a Supabase of its own. With
// TRAINMODE_TEST_POOLER=pgbouncer there, or pooler: true, the programs reach a
// private database through a transaction pooler only; as they do in a pass on
// Supabase's storage, unless TRAINMODE_TEST_POOLER says none.
// wire: true: they reach it by a wire that can be told to break instead.
//   url      'http://127.0.0.1:PORT/'
//   state    its folder;  conf: its trainmode.conf
//   objects  the folder in which objects are files, whatever the store
//   spool    the folder of files on their way in
//   files()  all files in either folder, by full path
//   supabase the double of it, or undefined
//   wire     of database-proxy.js
//   databaseUrl      its database, as a URI
//   psql(sql)        what psql prints, unaligned, without headers
//   pid(program)     of train, save, export, library, nginx, postgres
//   resident(program)  its memory in MB: {now, peak}
//   kill9(program)   the supervisor starts it again
//   restart(program), stopDatabase(), startDatabase()
//   beSupabase()     give its database Supabase's roles, and the policies for them
//   addToken(name, ...)  where AUTH is token: one that opens all, or --artist SLUG
//   said     what up printed
//   headers  yours to set: what each call() of client.js sends
//   log(part)        the text of its log; to wait for a line, logged() of
//                    client.js
//   stop()           ends it, looks for sanitizer reports, removes the folder
export async function startStack({
  env = {},
  port,
  pooler = pooled,
  wire,
} = {}) {
  const state = tempDir();
  port ??= await freePort();
  const stack = {
    state,
    conf: path.join(state, 'trainmode.conf'),
    url: `http://127.0.0.1:${port}/`,
  };
  if (process.env.TRAINMODE_TEST_STORAGE === 'supabase' && !env.STORAGE)
    stack.supabase = await startSupabase();
  if (pooler && !wire && !env.DATABASE_URL) {
    stack.pooler = await startPooler({
      port: await freePort(),
      socketDir: path.join(state, 'run/pg'),
    });
  }
  if (wire)
    stack.wire = await startDatabaseProxy({
      socketDir: path.join(state, 'run/pg'),
    });
  const own = stackEnv({
    ...stack.supabase?.env,
    ...env,
    ...((stack.wire ?? stack.pooler) && {
      TRAINMODE_TEST_POOLER_URL: (stack.wire ?? stack.pooler).url,
    }),
  });
  running.add(stack);
  const control = (...args) =>
    execFileSync(
      'supervisorctl',
      ['-c', path.join(state, 'etc/supervisor.conf'), ...args],
      { encoding: 'utf8' },
    );
  const named = (part) =>
    ['nginx', 'postgres'].includes(part) ? part : `${part}:${part}_0`;
  const database =
    env.DATABASE_URL ||
    `host=${path.join(state, 'run/pg')} user=trainmode dbname=trainmode`;

  const store = own.STORE_DIR ?? path.join(state, 'store');
  stack.spool = path.join(store, '.spool');
  stack.objects = stack.supabase?.bucketDir ?? path.join(store, 'dawa-exports');
  stack.files = () => [
    ...filesBelow(stack.objects),
    ...filesBelow(stack.spool),
  ];
  // As a URI, which other programs' clients take too.
  stack.databaseUrl =
    env.DATABASE_URL ||
    `postgresql:///trainmode?host=${encodeURIComponent(path.join(state, 'run/pg'))}&user=trainmode`;
  stack.psql = (sql) =>
    execFileSync(
      'psql',
      ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql],
      { encoding: 'utf8' },
    ).trim();
  stack.pid = (part) => Number(control('pid', named(part)).trim());
  stack.resident = (part) => {
    const status = fs.readFileSync(`/proc/${stack.pid(part)}/status`, 'utf8');
    const [now, peak] = ['RSS', 'HWM'].map(
      (name) =>
        Number(new RegExp(`^Vm${name}:\\s+(\\d+)`, 'm').exec(status)[1]) / 1024,
    );
    return { now, peak };
  };
  stack.kill9 = (part) => process.kill(stack.pid(part), 'SIGKILL');
  stack.restart = async (part) => {
    control('restart', named(part));
  };
  stack.stopDatabase = async () => {
    control('stop', 'postgres');
  };
  stack.startDatabase = async () => {
    control('start', 'postgres');
  };
  stack.beSupabase = () => {
    const args = [
      '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      path.join(state, 'run/pg'),
      '-U',
      'postgres',
      '-d',
      'trainmode',
    ];
    const input = fs.readFileSync(
      path.join(root, 'tests/lib/supabase-auth.sql'),
    );
    if (process.getuid() === 0)
      execFileSync('runuser', ['-u', 'postgres', '--', 'psql', ...args], {
        cwd: '/',
        input,
      });
    else execFileSync('psql', args, { input });
    // As docs/supabase.md says of an auth that comes later.
    const policies = fs
      .readdirSync(path.join(root, 'sql'))
      .filter((name) => name.endsWith('_supabase.sql'))
      .sort();
    execFileSync('psql', [
      '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      '-1',
      '-d',
      database,
      '-c',
      'SET LOCAL client_min_messages = warning',
      ...policies.flatMap((name) => ['-f', path.join(root, 'sql', name)]),
    ]);
  };
  stack.addToken = (...args) =>
    execFileSync(trainmode, ['token', 'add', ...args, '--state', state], {
      encoding: 'utf8',
      env: own,
    }).trim();
  stack.log = (part) =>
    fs.readFileSync(path.join(state, 'log', `${part}.log`), 'utf8');
  stack.stop = async () => {
    if (!running.has(stack)) return;
    await run(trainmode, ['down', '--state', state], { env: own });
    running.delete(stack);
    await (stack.wire ?? stack.pooler)?.stop();
    await stack.supabase?.stop();
    const reports = sanitizerReports(state);
    fs.rmSync(state, { recursive: true, force: true });
    if (reports.length > 0) throw new Error(reports.join('\n'));
  };
  try {
    stack.said = (
      await run(
        trainmode,
        ['up', '--detach', '--port', String(port), '--state', state],
        { env: own },
      )
    ).stdout;
  } catch (error) {
    running.delete(stack);
    await (stack.wire ?? stack.pooler)?.stop();
    await stack.supabase?.stop();
    fs.rmSync(state, { recursive: true, force: true });
    throw new Error(`./trainmode up failed:\n${error.stdout}${error.stderr}`);
  }
  return stack;
}
