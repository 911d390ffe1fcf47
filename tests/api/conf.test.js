// Goal: README, a new trainmode.conf and the scripts describe settings exactly
// as the programs' own table does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, stackEnv, tempDir } from '../lib/stack.js';

const build = process.env.TRAINMODE_TEST_BUILD;
const admin = path.join(build, 'trainmode-admin');

// In a separate state with this trainmode.conf.
function withFile(conf) {
  const state = tempDir();
  if (conf !== undefined)
    fs.writeFileSync(path.join(state, 'trainmode.conf'), conf);
  const env = { ...stackEnv(), TRAINMODE_STATE: state };
  delete env.DURABLE;
  delete env.CONVERT_THREADS;
  return {
    tell: (...args) =>
      execFileSync(admin, ['settings', ...args], { env, encoding: 'utf8' }),
    // As ./trainmode has them.
    shell: (...names) =>
      execFileSync(
        'bash',
        [
          '-euc',
          `ROOT=$1 STATE=$2; shift 2
           . "$ROOT/deploy/lib/steps.sh"; . "$ROOT/deploy/lib/state.sh"
           admin() { "$ADMIN" "$@"; }
           settings_read
           for name; do printf '%s=%s\\n' "$name" "$(setting "$name")"; done`,
          'bash',
          root,
          state,
          ...names,
        ],
        { env: { ...env, ADMIN: admin }, encoding: 'utf8' },
      ),
    remove: () => fs.rmSync(state, { recursive: true }),
  };
}

test("README's table of settings is the program's", () => {
  const s = withFile();
  const table = fs
    .readFileSync(path.join(root, 'README.md'), 'utf8')
    .match(/^\| setting \| default \|[^]*?\n(?=\n)/m)[0];
  assert.equal(
    table,
    s.tell('--markdown'),
    'tools/readme-settings.sh build/trainmode-admin README.md writes it anew',
  );
  s.remove();
});

test('a new trainmode.conf offers each setting with its default', () => {
  const none = withFile();
  const file = none.tell('--file');
  for (const line of file.split('\n')) assert.ok(line.length <= 80, line);
  const all = withFile(file.replace(/^#(?=[A-Z_]+=)/gm, ''));
  const bare = (text) => text.replace(/ \((file|default)\)$/gm, '');
  const values = (s) =>
    bare(s.tell()).replace(/^STORE_DIR=.*$/m, 'STORE_DIR=its own');
  assert.ok(none.tell().split('\n').length > 50);
  assert.equal(values(all), values(none));
  assert.match(all.tell(), /^STORAGE=local \(file\)$/m);
  none.remove();
  all.remove();
});

test('scripts read the file as the programs do', () => {
  const s = withFile(
    '\ufeff  OPENAI_MODEL = "a \'model\'"  \r\n' +
      'MAX_ALS_MB=7\nMAX_ALS_MB = 008 \r\n' + // the last counts
      "SUPABASE_BUCKET='$(echo x) \"`y`'\n" +
      '#URL_TTL_HOURS=9\nexport DB_CONNECTIONS=9\n' + // no line of a shell
      'TRAINING_TRAINERS="one/*\nOPENAI_API_KEY=sk-a=b#c\nPROXIES=\n' +
      'no line at all\nLISTEN=""\n',
  );
  assert.equal(
    s.shell(
      'OPENAI_MODEL',
      'MAX_ALS_MB',
      'SUPABASE_BUCKET',
      'URL_TTL_HOURS',
      'DB_CONNECTIONS',
      'TRAINING_TRAINERS',
      'OPENAI_API_KEY',
      'PROXIES',
      'LISTEN',
    ),
    "OPENAI_MODEL=a 'model'\nMAX_ALS_MB=8\n" +
      'SUPABASE_BUCKET=$(echo x) "`y`\nURL_TTL_HOURS=24\nDB_CONNECTIONS=8\n' +
      'TRAINING_TRAINERS="one/*\nOPENAI_API_KEY=sk-a=b#c\nPROXIES=\n' +
      'LISTEN=127.0.0.1\n',
  );
  assert.doesNotMatch(s.tell(), /sk-a/); // the visible output contains no key
  assert.match(s.tell(), /^OPENAI_API_KEY is set \(file\)$/m);
  s.remove();
});
