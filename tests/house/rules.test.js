// Goal: the house is as CONTRIBUTING.md says: one library one room,
// includes only downward, SQL only in db/, no file forgotten, nothing too long.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(
  /\/$/,
  '',
);
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');

function walk(dir) {
  return fs
    .readdirSync(path.join(root, dir), { withFileTypes: true })
    .flatMap((e) => {
      const name = `${dir}/${e.name}`;
      if (e.name === 'node_modules') return [];
      return e.isDirectory() ? walk(name) : [name];
    });
}

// C without its comments; line numbers stay.
const code = (text) =>
  text.replace(/\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|\/\/[^\n]*/g, (m) =>
    m.startsWith('"') ? m : m.replace(/[^\n]/g, ''),
  );
const withoutStrings = (text) => text.replace(/"(?:\\.|[^"\\\n])*"/g, '""');
const strings = (text) =>
  [...text.matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map((m) => m[1]);

const sources = walk('src').filter((n) => /\.[ch]$/.test(n));
const files = sources.map((name) => ({
  name,
  text: read(name),
  code: code(read(name)),
}));

// Lines of all files that match the pattern outside of the allowed places.
function strangers(pattern, allowed, pick = (f) => withoutStrings(f.code)) {
  return files
    .filter((f) => ![allowed].flat().some((a) => f.name.startsWith(a)))
    .flatMap((f) =>
      pick(f)
        .split('\n')
        .flatMap((line, i) =>
          pattern.test(line) ? [`${f.name}:${i + 1}: ${line.trim()}`] : [],
        ),
    );
}

for (const [what, pattern, home] of [
  ['libpq', /\bPQ[a-z]\w*\s*\(|\bPG(conn|result)\b/, 'src/db/'],
  ['libcurl', /\bcurl_\w+\s*\(|\bCURL\b/, 'src/net/'],
  ['libfcgi', /\bFCGX_/, 'src/web/'],
  ['libarchive', /\barchive_(read|write|entry)_\w+/, 'src/dataset/'],
  ['libdeflate', /\blibdeflate_\w+\s*\(/, 'src/base/crc.c'],
  [
    'the audio libraries',
    /\b(mpg123|sf|ebur128|chromaprint)_\w+\s*\(/,
    'src/audio/',
  ],
  ['FFTW', /\bfftwf?_\w+/, 'src/music/fft.c'],
  ['expat', /\bXML_[A-Z]\w+\s*\(/, 'src/als/'],
  [
    'OpenSSL',
    /\b(EVP|HMAC)_?\w*\s*\(/,
    ['src/base/hash.c', 'src/auth/key.c', 'src/auth/seal.c'],
  ],
  [
    'a timed wait (clock_wait goes by the clock that nobody sets)',
    /\bpthread_cond_(timed|clock)wait\s*\(/,
    'src/base/clock.c',
  ],
  ['the environment', /\b(secure_)?getenv\s*\(/, 'src/base/conf_source.c'],
]) {
  test(`${what} is called in ${home} only`, () => {
    assert.deepEqual(strangers(pattern, home), []);
  });
}

const floors = [
  'base',
  'music',
  'web',
  'ingest',
  'net',
  'db',
  'auth',
  'store',
  'audio',
  'als',
  'caption',
  'dataset',
  'trainer',
  'app',
];
const programs = ['train', 'save', 'export', 'library', 'admin', 'make'];

test('a room includes only itself and rooms below it', () => {
  const wrong = [];
  for (const f of files) {
    const room = f.name.split('/')[1];
    for (const [, inside] of f.text.matchAll(/^#include "([a-z]+)\//gm)) {
      if (inside === room) continue;
      const down = programs.includes(room)
        ? floors.includes(inside)
        : floors.indexOf(inside) >= 0 &&
          floors.indexOf(inside) < floors.indexOf(room);
      if (!down) wrong.push(`${f.name} includes ${inside}/`);
    }
    for (const [, flat] of f.text.matchAll(/^#include "([^"/]+)"/gm))
      wrong.push(`${f.name} includes "${flat}" without its room`);
  }
  assert.deepEqual(wrong, []);
});

// The table of docs/house.md: | `room/` | content | `door` `door` |
const doors = new Map(
  [
    ...read('docs/house.md').matchAll(
      /^\| `([a-z]+)\/` \|[^|]*\| ((?:`[a-z0-9_]+` ?)+)\|$/gm,
    ),
  ].map(([, room, names]) => [
    room,
    [...names.matchAll(/`([a-z0-9_]+)`/g)].map(([, name]) => name),
  ]),
);

test('a room is entered by its doors, and each door is used', () => {
  assert.deepEqual([...doors.keys()], floors);
  const used = new Set();
  const past = files.flatMap((f) =>
    [...f.text.matchAll(/^#include "([a-z]+)\/(\w+)\.h"/gm)].flatMap(
      ([, room, name]) => {
        if (room === f.name.split('/')[1]) return [];
        used.add(`${room}/${name}`);
        return doors.get(room)?.includes(name)
          ? []
          : [`${f.name} includes ${room}/${name}.h`];
      },
    ),
  );
  assert.deepEqual(past, []);
  assert.deepEqual(
    [...doors]
      .flatMap(([room, names]) => names.map((name) => `${room}/${name}`))
      .filter((d) => !used.has(d)),
    [],
  );
});

test('each folder of src/ is a room of the house', () => {
  const rooms = fs.readdirSync(path.join(root, 'src'));
  assert.deepEqual(
    rooms.filter((r) => !floors.includes(r) && !programs.includes(r)),
    [],
  );
});

test('SQL stands in db/ only', () => {
  const sql =
    /^\s*(SELECT\s|INSERT INTO\s|UPDATE \w+ SET\s|DELETE FROM\s|(CREATE|ALTER|DROP) (TABLE|INDEX)\s|WITH \w+ AS \()/;
  const wrong = files
    .filter((f) => !f.name.startsWith('src/db/'))
    .flatMap((f) =>
      strings(f.code)
        .filter((s) => sql.test(s))
        .map((s) => `${f.name}: ${s}`),
    );
  assert.deepEqual(wrong, []);
});

test('SQL of more than one line stands above its function', () => {
  const text = String.raw`"(?:\\.|[^"\\\n])*"`;
  const macro = String.raw`[A-Z][A-Z0-9_]+(?:\([^()]*\))?`;
  const statement = new RegExp(
    String.raw`(?:${macro}\s*)*"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b` +
      String.raw`(?:\\.|[^"\\\n])*"(?:\s*(?:${text}|${macro}))*`,
    'g',
  );
  const wrong = files
    .filter((f) => /^src\/db\/\w+\.c$/.test(f.name))
    .flatMap((f) =>
      [...f.code.matchAll(/^\{\n([^]*?)^\}/gm)]
        .flatMap(([, body]) => body.match(statement) ?? [])
        .filter((s) => s.includes('\n'))
        .map((s) => `${f.name}: ${s.split('\n')[0]}`),
    );
  assert.deepEqual(wrong, []);
});

// Those of the program itself: the queue of the analysis, the sweeper, tokens;
// and names_compose, which reads no row.
const selfish = [
  'db_ping',
  'commit_marks_trim',
  'artists_list',
  'artist_insert',
  'object_known',
  'item_take_for_analysis',
  'item_keep_for_analysis',
  'item_put_analysis',
  'item_give_back',
  'names_compose',
  'upload_analysis',
  'uploads_forget',
  'items_rested',
  'spending_take',
  'spending_today',
];

// Headers of which that is true as a whole, or that no other room sees.
const selfishHeaders = [
  'conversions',
  'model',
  'objects',
  'outcome',
  'pg',
  'pool',
];

test("every question to the database is asked about what is another user's", () => {
  const asked = read('tests/db/owners.c');
  const questions = files
    .filter((f) => /^src\/db\/\w+\.h$/.test(f.name))
    .filter((f) => !selfishHeaders.includes(path.basename(f.name, '.h')))
    .flatMap((f) => [...f.text.matchAll(/^int (\w+)\(struct db \*/gm)])
    .map(([, name]) => name)
    .filter(
      (name) => !/^(token|user_session)/.test(name) && !selfish.includes(name),
    );
  assert.ok(questions.length > 40);
  assert.deepEqual(
    questions.filter(
      (name) => !new RegExp(`(refused|works)\\(\\s*${name}\\(`).test(asked),
    ),
    [],
  );
});

test('an HTTP status line is written in web/ only', () => {
  const wrong = files
    .filter((f) => !f.name.startsWith('src/web/'))
    .flatMap((f) =>
      strings(f.code)
        .filter((s) => /^Status: /.test(s))
        .map((s) => `${f.name}: ${s}`),
    );
  assert.deepEqual(wrong, []);
});

test('JSON is not made from pieces of text', () => {
  const wrong = files.flatMap((f) =>
    strings(f.code)
      .filter((s) => /^\{\\"\w+\\":.*%/.test(s))
      .map((s) => `${f.name}: ${s}`),
  );
  assert.deepEqual(wrong, []);
});

test("every source is in its room's list, and every test program too", () => {
  const listed = [...walk('src'), ...walk('tests')]
    .filter((n) => n.endsWith('Makefile.inc'))
    .map(read)
    .join('\n');
  const words = new Set(listed.split(/[\s\\=]+/));
  const tests = walk('tests').filter(
    (n) =>
      /^tests\/[^/]+\/[^/]+\.[ch]$/.test(n) && !n.startsWith('tests/fuzz/'),
  );
  assert.deepEqual(
    [...sources, ...tests].filter((n) => !words.has(n)),
    [],
  );
  const main = read('tests/Makefile.inc');
  const rooms = new Set(tests.map((n) => n.split('/')[1]));
  assert.deepEqual(
    [...rooms].filter((r) => !main.includes(`include tests/${r}/Makefile.inc`)),
    [],
  );
});

test('tests mirror src/', () => {
  const wrong = walk('tests')
    .filter((n) => /\/test_[^/]*\.c$/.test(n))
    .map((n) => n.split('/')[1])
    .filter((room) => !floors.includes(room) && !programs.includes(room));
  assert.deepEqual(wrong, []);
});

test('no file is longer than 400 lines but says why, and lines end at 80', () => {
  const long = files
    .filter(
      (f) =>
        f.text.split('\n').length > 401 && !/^ \* Long, since /m.test(f.text),
    )
    .map((f) => `${f.name}: ${f.text.split('\n').length} lines`);
  // A string that would be torn apart may stick out.
  const wide = files.flatMap((f) =>
    f.text
      .split('\n')
      .flatMap((line, i) =>
        [...line.replace(/\t/g, '        ')].length > 80 &&
        !/"/.test(line) &&
        !/https?:/.test(line)
          ? [`${f.name}:${i + 1}`]
          : [],
      ),
  );
  assert.deepEqual([...long, ...wide], []);
});

test('what owns something starts empty', () => {
  const wrong = strangers(
    /^\s+auto_\w+(\([a-z_]+\))? [^=;(]*;/,
    [],
    (f) => f.code,
  );
  assert.deepEqual(wrong, []);
});

test('no function is longer than 60 lines', () => {
  const wrong = files
    .filter((f) => f.name.endsWith('.c'))
    .flatMap((f) => {
      const lines = f.code.split('\n');
      return lines.flatMap((line, i) => {
        if (line !== '{') return [];
        const end = lines.indexOf('}', i);
        return end - i - 1 > 60 ? [`${f.name}:${i}: ${end - i - 1} lines`] : [];
      });
    });
  assert.deepEqual(wrong, []);
});

test('every file begins by saying what it is', () => {
  assert.deepEqual(
    files.filter((f) => !f.text.startsWith('/*')).map((f) => f.name),
    [],
  );
});

test('nothing is left to be done in a comment', () => {
  const wrong = files.flatMap((f) =>
    /\b(TODO|FIXME|XXX|HACK)\b/.test(f.text) ? [f.name] : [],
  );
  assert.deepEqual(wrong, []);
});

// The rooms are one archive, in which the linker takes the first of two.
test('a name that other files can call is defined once', () => {
  const homes = new Map();
  for (const f of files)
    for (const [, type, name] of f.code.matchAll(
      /^([a-z][\w *]*)\n(\w+)\([^;{]*\)\n\{/gm,
    ))
      if (!type.startsWith('static') && name !== 'main')
        homes.set(name, [...(homes.get(name) || []), f.name]);
  assert.ok(homes.size > 500);
  assert.deepEqual(
    [...homes].filter(([, names]) => names.length > 1),
    [],
  );
});

test('what a header offers is used by another file', () => {
  const all = [
    ...files,
    ...walk('tests')
      .filter((n) => /\.[ch]$/.test(n))
      .map((name) => ({ name, code: code(read(name)) })),
  ].map((f) => ({ ...f, words: new Set(f.code.match(/\w+/g)) }));
  const alone = [];
  for (const h of all.filter((f) => /^src.*\.h$/.test(f.name)))
    for (const [line, name] of h.code.matchAll(
      /^(?!static|#|extern)[a-z][\w *]*?[ *](\w+)\([^{]*?;/gm,
    )) {
      const users = all.filter(
        (f) =>
          f !== h &&
          f.words.has(name) &&
          !new RegExp(`^${name}\\(`, 'm').test(f.code),
      );
      const here = new RegExp(`\\b${name}\\b`).test(h.code.replace(line, ''));
      if (users.length === 0 && !here) alone.push(`${h.name}: ${name}`);
    }
  assert.deepEqual(alone, []); // make it static
});

// What only tests call: doubles and resets, readers of sets for tests/truth, and
// questions that ask the database about what another one has done.
const forTests = [
  'als_summary_from_file',
  'child_folder',
  'clock_shift',
  'conf_open_bare',
  'ear_forget',
  'export_beat',
  'item_insert',
  'object_known',
  'request_forget',
  'windows_list',
];

test('what a header offers is called by the programs, not by tests alone', () => {
  const uses = new Map();
  for (const f of files.filter((f) => f.name.endsWith('.c')))
    for (const word of f.code.match(/\w+/g))
      uses.set(word, (uses.get(word) || 0) + 1);
  const unused = files
    .filter((f) => f.name.endsWith('.h'))
    .flatMap((h) =>
      [
        ...h.code.matchAll(
          /^(?!static|#|extern)[a-z][\w *]*?[ *](\w+)\([^{]*?;/gm,
        ),
      ]
        .map(([line, name]) => [name, h.code.replace(line, '')])
        .filter(([name, rest]) => !new RegExp(`\\b${name}\\b`).test(rest))
        .map(([name]) => name),
    )
    .filter((name) => (uses.get(name) || 0) < 2)
    .sort();
  assert.deepEqual(unused, forTests);
});

test('each member of struct conf that a setting fills has one row, in one room', () => {
  const rows = files
    .filter((f) => f.name.endsWith('/settings.c'))
    .flatMap((f) => [...f.code.matchAll(/CONF_AT\((\w+)\)/g)])
    .map((m) => m[1]);
  const made = ['rooms', 'state', 'spool_dir', 'sign_key'];
  const struct = files
    .find((f) => f.name === 'src/base/conf.h')
    .code.match(/struct conf \{([^]*?)\n\};/)[1];
  const members = [...struct.matchAll(/(\w+)(?=[,;])/g)].map((m) => m[1]);
  assert.ok(members.length > 50);
  assert.deepEqual(
    rows.sort(),
    members.filter((m) => !made.includes(m)).sort(),
  );
});

test('scripts ask for settings that there are, and know no default', () => {
  const said = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    ([, name]) => name,
  );
  const asked = walk('deploy').flatMap((name) =>
    [...read(name).matchAll(/\$\(setting ([^()]*)\)/g)].map((m) => m[1]),
  );
  assert.ok(asked.length > 10);
  assert.deepEqual(
    asked.filter((name) => !said.includes(name)),
    [],
  );
});

test('migrations have the names that the Supabase CLI takes', () => {
  const names = fs.existsSync(path.join(root, 'sql'))
    ? fs.readdirSync(path.join(root, 'sql'))
    : [];
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((n) => !/^\d{14}_[a-z0-9_]+\.sql$/.test(n)),
    [],
  );
  // A second one of the same version would never be applied.
  const versions = names.map((n) => n.slice(0, 14));
  assert.deepEqual(
    names.filter((n) => versions.indexOf(n.slice(0, 14)) !== names.indexOf(n)),
    [],
  );
});
