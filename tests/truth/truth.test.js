// Goal: no wrong statement about any set that a person has judged.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge, judgments, told } from './truth.js';

const program = process.env.TRUTH
  ?? path.join(fileURLToPath(new URL('../..', import.meta.url)), 'build/tests/truth/truth');
const sets = judgments().filter((set) => fs.existsSync(set.path));

test('nothing wrong is said of judged sets', { skip: sets.length === 0 && 'the fixtures are not there' }, () => {
  const answers = told(program, sets.map((set) => set.path));
  const wrong = sets.flatMap((set, i) => judge(set, answers[i])
    .filter((s) => s.verdict === 'wrong').map((s) => `${set.file}: ${s.kind} ${s.what}`));
  assert.deepEqual(wrong, []);
});

test('a wrong word is found', () => {
  const set = { sounds: ['bass'], key: null, vocals: 'no', bpm: 120 };
  const said = judge(set, { caption: 'Instrumental piano', fields: { instruments: ['piano'], bpm: 90 },
    facts: { instruments: [], key: null, vocals: 'no' } });
  assert.deepEqual(said.filter((s) => s.verdict === 'wrong').map((s) => s.kind), ['instruments', 'tempo']);
});
