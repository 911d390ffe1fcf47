// Goal: no wrong statement about any set that a person has judged; a model's
// captions are judged in the same way.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { acts, good, startDouble } from '../lib/model-double.js';
import { als } from '../lib/als.js';
import { byModel, judge, judgments, told } from './truth.js';

const program =
  process.env.TRUTH ??
  path.join(
    fileURLToPath(new URL('../..', import.meta.url)),
    'build/tests/truth/truth',
  );
const fixtures = fileURLToPath(
  new URL('../../../shared/fixtures', import.meta.url),
);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-truth-'));
after(() => fs.rmSync(dir, { recursive: true, force: true }));
const sets = judgments(dir);

test('nothing wrong is said of judged sets', () => {
  const answers = told(
    program,
    sets.map((set) => set.path),
  );
  const wrong = sets.flatMap((set, i) =>
    judge(set, answers[i])
      .filter((s) => s.verdict === 'wrong')
      .map((s) => `${set.file}: ${s.kind} ${s.what}`),
  );
  assert.deepEqual(wrong, []);
});

test('a wrong word is found', () => {
  const set = { sounds: ['bass'], key: null, vocals: 'no', bpm: 120 };
  const said = judge(set, {
    caption: 'Instrumental piano',
    fields: { instruments: ['piano'], bpm: 90 },
    facts: { instruments: [], key: null, vocals: 'no' },
  });
  assert.deepEqual(
    said.filter((s) => s.verdict === 'wrong').map((s) => s.kind),
    ['instruments', 'tempo'],
  );
});

test('a model is judged for each prompt: right, wrong, unsupported, missing, failed, tokens, cost', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-truth-'));
  const double = await startDouble();
  try {
    const file = path.join(dir, 'bass.als');
    fs.writeFileSync(file, als());
    const set = {
      file: 'bass.als',
      path: file,
      sounds: ['bass'],
      key: 'E minor',
      vocals: 'no',
      bpm: 120,
      why: 'a made set',
    };
    const env = {
      PATH: process.env.PATH,
      OPENAI_BASE_URL: double.url,
      OPENAI_MODEL: 'm',
      OPENAI_PRICE_IN: '1',
      OPENAI_PRICE_OUT: '10',
    };
    const judged = async (description, version = 'train-v1') => {
      double.play(acts.stream({ ...good, description }));
      const { right, wrong, unsupported, missing, failed } = await byModel(
        program,
        [set],
        version,
        undefined,
        env,
      );
      return [right, wrong, unsupported, missing, failed];
    };
    assert.deepEqual(
      await judged('Deep house with bass at 120 BPM in E minor'),
      [3, 0, 0, 0, 0],
    );
    assert.match(
      double.journal[0].body.messages[0].content,
      /You write the training caption/,
    );
    assert.deepEqual(
      await judged('Deep house with soft vocals, at 120 BPM'),
      [1, 1, 0, 2, 0],
    );
    assert.deepEqual(
      await judged('Instrumental house with bass in E minor', 'train-v2'),
      [3, 0, 0, 1, 0],
    );
    assert.match(double.journal[0].body.messages[0].content, /your ears color/);
    double.play(
      acts.stream({
        ...good,
        description: 'Deep house with bass at 120 BPM in E minor',
      }),
    );
    const two = await byModel(program, [set, set], 'train-v1', undefined, env);
    assert.deepEqual(
      [two.captions, two.tokensIn, two.tokensOut],
      [2, 1800, 160],
    );
    assert.ok(Math.abs(two.cost - (2 * (900 + 800)) / 1e6) < 1e-9);
    double.play(acts.error(401, { message: 'no' }));
    assert.equal(
      (await byModel(program, [set], 'train-v1', undefined, env)).failed,
      1,
    );
  } finally {
    await double.stop();
    fs.rmSync(dir, { recursive: true });
  }
});

// In a fresh clone these are all that there is.
test('what sets that we make show is said', () => {
  const own = sets.filter((set) => set.path.startsWith(dir));
  const answers = told(
    program,
    own.map((set) => set.path),
  );
  const said = own.flatMap((set, i) => judge(set, answers[i]));
  assert.ok(own.length >= 12);
  assert.ok(
    said.filter((s) => s.kind === 'instruments' && s.verdict === 'right')
      .length >= 15,
  );
  assert.ok(
    said.filter((s) => s.kind === 'key' && s.verdict === 'right').length >= 4,
  );
  assert.deepEqual(
    said.filter((s) => s.kind === 'tempo' && s.verdict !== 'right'),
    [],
  );
});

test(
  'each set of the fixtures is judged',
  { skip: !fs.existsSync(fixtures) && 'the fixtures are not there' },
  () => {
    const judged = new Set(sets.map((set) => path.basename(set.path)));
    const there = ['als', 'pairs']
      .flatMap((folder) => fs.readdirSync(path.join(fixtures, folder)))
      .filter((name) => name.endsWith('.als'));
    assert.deepEqual(
      there.filter((name) => !judged.has(name)),
      [],
    );
  },
);
