// Goal: each source is tested by a program of its name, by one that includes
// its header, or by what is listed here beside it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const list = (dir, pattern) =>
  fs
    .readdirSync(path.join(root, dir), { recursive: true })
    .filter((name) => pattern.test(name) && !name.includes('node_modules'))
    .sort();

// Tests, what of src/ they test, and why not by its name.
const through = [
  // A reader and a writer with one way in, held by sets in and summaries out.
  [
    'als/test_als.c als/test_rules.c als/test_variants.c',
    `als/covered als/device als/follow als/grammar als/heard als/key als/mix
     als/motion als/onsets als/patterns als/play als/reader_begin
     als/reader_value als/role als/set als/source als/stats als/summary_devices
     als/summary_sections als/summary_timeline als/summary_tracks als/tempo_heard
     als/tones`,
  ],
  // One pass over the samples, tested by sounds that go in and the numbers that come out.
  [
    'audio/test_analysis.c',
    'audio/flux audio/input audio/meters audio/strip audio/view',
  ],
  [
    'audio/test_probe.c',
    'audio/mp3_header audio/mp3_info audio/mp3_xing audio/tags',
  ],
  // What a caption becomes on its way from question to answer.
  [
    'caption/test_stream.c caption/test_answer.c',
    `caption/complaint caption/judge caption/line caption/scan caption/sse`,
  ],
  [
    'caption/test_grounding.c caption/test_template.c caption/test_screen.c',
    'caption/evidence caption/speech caption/style',
  ],
  [
    'api/windows.test.js api/hears.test.js',
    'caption/window_ask caption/windows caption/fields_edit app/remake',
  ],
  // Parts of one walk; what counts is the zip.
  [
    'dataset/test_export.c dataset/test_layout.c trainers/load.py',
    `dataset/manifest dataset/object dataset/outcome dataset/pack
     dataset/pack_audio dataset/rules dataset/rules_ace dataset/rules_caption
     dataset/sheet dataset/sidecar dataset/sidecar_ace dataset/sidecar_stable
     dataset/source`,
  ],
  ['dataset/test_prepare.c api/conversions.test.js', 'dataset/conversion'],
  [
    'api/archive.test.js',
    'dataset/unpacker db/names library/archive library/bounces',
  ],
  ['api/make.test.js api/archive.test.js', 'library/beside'],
  // One question each; who may ask is held by owners.c for all of them.
  [
    'db/test_library.c db/test_items.c db/owners.c',
    `db/artists db/datasets db/edits db/export_items db/exports db/generations
     db/objects db/rows db/sets db/uploads`,
  ],
  [
    'db/test_status.c db/test_pg.c',
    'db/fault db/link db/outcome db/pool db/trip',
  ],
  ['api/items.test.js db/owners.c', 'db/ranges'],
  ['api/settings.test.js', 'db/model train/settings app/connection'],
  ['api/costs.test.js', 'db/spending train/budget train/costs'],
  ['api/auth-supabase.test.js', 'auth/gotrue auth/signin db/user_sessions'],
  ['auth/test_jwt.c auth/test_jwks.c', 'auth/key'],
  [
    'ingest/test_json_stream.c ingest/test_multipart.c',
    'ingest/fields ingest/json_lex ingest/reader',
  ],
  [
    'music/test_facts.c music/test_chords.c',
    'music/chord_names music/evidence music/name_key',
  ],
  ['api/match.test.js music/test_align.c', 'music/song'],
  ['net/test_http.c', 'net/exchange net/head net/trust'],
  ['store/test_store.c', 'store/local store/sign store/spooldir store/tree'],
  [
    'web/test_serve.c web/test_request.c web/test_auth.c',
    `web/body web/cookie web/cors web/dispatch web/events web/fcgi web/guard
     web/problem web/reading web/reply`,
  ],
  ['base/test_base.c', 'base/id_slug base/json_check base/strs'],
  // A table of rows each, loaded and told as a whole.
  [
    'base/test_conf.c api/conf.test.js',
    `audio/settings auth/settings base/setting caption/settings db/settings
     ingest/settings store/settings trainer/settings web/settings`,
  ],
  // Handlers, and what they share: lists of steps that mean something only
  // with nginx before and a database and a storage behind.
  [
    'api/save.test.js api/kill.test.js api/faults-save.test.js',
    'app/arrival app/handed app/objects app/track app/upload save/item_audio',
  ],
  ['api/auth.test.js', 'app/who library/session'],
  ['api/owner.test.js', 'app/owner app/sweep save/sweep admin/main'],
  [
    'api/items.test.js api/match.test.js',
    `audio/pairing save/item_json save/items save/judge save/match save/pair
     save/pool save/rest save/save`,
  ],
  ['api/conversions.test.js', 'save/ahead'],
  [
    'api/export.test.js api/windows-export.test.js',
    `export/check export/claim export/datasets export/export export/files
     export/options export/roll export/running export/verify`,
  ],
  [
    'api/trainings.test.js',
    'export/training export/trainings export/webhook trainer/signature',
  ],
  ['api/library.test.js', 'library/artists library/sets'],
  ['api/platform.test.js', 'library/health app/app'],
  [
    'api/train.test.js api/train-aimock.test.js',
    'train/check train/generations train/load train/worker train/write',
  ],
  ['api/hears.test.js page/model.test.js', 'train/consent train/hear'],
  ['api/windows.test.js', 'train/windows train/windows_make'],
  [
    'api/make.test.js',
    'make/client make/names make/report make/scan make/steps make/write',
  ],
  // A main hands its arguments on.
  [
    'api/contract.test.js api/als.test.js api/make.test.js save/test_analyzer.c',
    `als/main als/parse audio/analyze export/main library/main make/main save/main
     train/main`,
  ],
];

const tests = list('tests', /^\w+\/\w+\.c$/);
const own = new Set(
  tests
    .map((name) => name.match(/^(\w+)\/test_(\w+)\.c$/))
    .filter((m) => m)
    .map(([, room, file]) => `${room}/${file}`),
);
const included = new Set(
  tests.flatMap((name) =>
    [
      ...fs
        .readFileSync(path.join(root, 'tests', name), 'utf8')
        .matchAll(/^#include "(\w+\/\w+)\.h"/gm),
    ].map((m) => m[1]),
  ),
);
// probe_flac.c is a part of probe.c.
const named = (source) => {
  const words = source.split('_');
  return words.some((_, i) => own.has(words.slice(0, i + 1).join('_')));
};
const sources = list('src', /\.c$/).map((name) => name.slice(0, -2));
const said = through.flatMap(([, what]) => what.split(/\s+/));

test('each source has a test, or stands here with what tests it', () => {
  assert.deepEqual(
    sources.filter((s) => !named(s) && !included.has(s) && !said.includes(s)),
    [],
  );
});

test('what stands here has no test of its own, and is there', () => {
  assert.deepEqual(
    said.filter(
      (s) =>
        !sources.includes(s) ||
        named(s) ||
        said.indexOf(s) !== said.lastIndexOf(s),
    ),
    [],
  );
  for (const name of through.flatMap(([by]) => by.split(' ')))
    assert.ok(fs.existsSync(path.join(root, 'tests', name)), name);
});
