// ./trainmode truth [FILES...]: compares what is said of judged sets with what
// a person judged of them. tests/truth/*.json hold the judgments of sets that
// others made, made.js those of its own. `sounds` may be said; `key`, `vocals`
// and `bpm` are right (a list: any of them), `says` is expected
// in the caption and `saysNot` wrong there, and `why` gives the reason. Prints
// right, wrong, unsupported and missing for each kind of statement; ends with 1
// if anything is wrong.
//
// With --model the same of a model that OPENAI_BASE_URL or OPENAI_API_KEY, and
// OPENAI_MODEL, name: for each version of the prompt, from the sets alone and
// without audio, with what it cost by OPENAI_PRICE_IN and OPENAI_PRICE_OUT.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeSets } from './made.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '../..');
const kinds = ['instruments', 'key', 'vocals', 'tempo', 'patterns', 'nothing'];

// Judgments of the available sets; sets that are made for them are in `dir`.
export const judgments = (dir) => [
  ...makeSets(dir),
  ...foreign().filter((set) => fs.existsSync(set.path)),
];

const foreign = () =>
  fs
    .readdirSync(here)
    .filter((n) => n.endsWith('.json'))
    .flatMap((n) => {
      const { folder, sets } = JSON.parse(
        fs.readFileSync(path.join(here, n), 'utf8'),
      );
      return sets.map((set) => ({
        ...set,
        path: path.join(root, folder, set.file),
      }));
    });

// What the program says about each file.
export function told(program, files) {
  if (files.length === 0) return [];
  const out = execFileSync(program, files, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const any = (want) => [want].flat();

// Each statement as {kind, verdict, what}.
export function judge(set, { facts, caption, fields }) {
  const said = [];
  const add = (kind, verdict, what) => said.push({ kind, verdict, what });
  if (set.nothing || !caption) {
    add(
      'nothing',
      Boolean(set.nothing) === !caption ? 'right' : 'wrong',
      caption ?? 'nothing',
    );
    return said;
  }
  for (const word of fields.instruments)
    add('instruments', set.sounds.includes(word) ? 'right' : 'wrong', word);
  const known = facts.instruments
    .filter((i) => i.evidence !== 'guessed')
    .map((i) => i.name);
  for (const word of known.filter((w) => !set.sounds.includes(w)))
    add('instruments', 'unsupported', word);
  for (const word of set.sounds.filter((w) => !known.includes(w)))
    add('instruments', 'missing', word);
  const key =
    facts.key && facts.key.evidence !== 'guessed' ? facts.key.text : null;
  if (key) add('key', any(set.key).includes(key) ? 'right' : 'wrong', key);
  else if (!any(set.key).includes(null)) add('key', 'missing', any(set.key)[0]);
  const instrumental = /\binstrumental\b/i.test(caption);
  if (facts.vocals !== 'unknown' || instrumental)
    add(
      'vocals',
      any(set.vocals).includes(facts.vocals) ? 'right' : 'wrong',
      facts.vocals,
    );
  else if (!any(set.vocals).includes('unknown'))
    add('vocals', 'missing', any(set.vocals)[0]);
  const bpm = fields.bpm ?? null;
  if (bpm !== null)
    add(
      'tempo',
      any(set.bpm).includes(Math.round(bpm)) ? 'right' : 'wrong',
      bpm,
    );
  else if (!any(set.bpm).includes(null))
    add('tempo', 'missing', any(set.bpm)[0]);
  const says = (words) => caption.toLowerCase().includes(words);
  for (const words of set.says ?? [])
    add('patterns', says(words) ? 'right' : 'missing', words);
  for (const words of (set.saysNot ?? []).filter(says))
    add('patterns', 'wrong', words);
  return said;
}

/* ---- by a model ---- */

export const versions = ['train-v1', 'train-v2'];

// The statements of a model's caption. One that contradicts the judgment is
// wrong; an instrument that neither the judgment has nor the set rules out is
// unsupported; what the judgment has and the caption lacks is missing.
export function judgeCaption(set, { caption, said, warnings }) {
  const list = [];
  const add = (kind, verdict, what) => list.push({ kind, verdict, what });
  const sounds = set.nothing ? [] : set.sounds;
  const ruledOut = warnings
    .filter((w) => w.field === 'instruments')
    .map((w) => w.said.toLowerCase());
  const named = said.named.filter((one) => one.name !== 'vocals');
  for (const { name, kin } of named) {
    const right =
      sounds.includes(name) || kin.some((one) => sounds.includes(one));
    const wrong =
      set.nothing || ruledOut.some((w) => w.includes(name) || name.includes(w));
    add('instruments', right ? 'right' : wrong ? 'wrong' : 'unsupported', name);
  }
  const covered = named.flatMap(({ name, kin }) => [name, ...kin]);
  for (const word of sounds.filter(
    (w) => w !== 'vocals' && !covered.includes(w),
  ))
    add('instruments', 'missing', word);
  if (set.nothing) return list;
  for (const [kind, is, want] of [
    ['key', said.key ?? null, any(set.key)],
    ['tempo', said.bpm ? Math.round(said.bpm) : null, any(set.bpm)],
  ]) {
    if (is !== null) add(kind, want.includes(is) ? 'right' : 'wrong', is);
    else if (!want.includes(null)) add(kind, 'missing', want[0]);
  }
  const sings = said.named.some((one) => one.name === 'vocals');
  if (sings || /\binstrumental\b/i.test(caption)) {
    const want = any(set.vocals);
    const is = sings ? 'yes' : 'no';
    add(
      'vocals',
      want.includes(is)
        ? 'right'
        : want.includes('unknown')
          ? 'unsupported'
          : 'wrong',
      is,
    );
  }
  return list;
}

// One version of the prompt over all sets: {counts, captions, ...}; tell(line)
// reports what is not right. One after the other, so that the seconds are a
// single caption's.
export async function byModel(
  program,
  sets,
  version,
  tell = () => {},
  env = process.env,
) {
  const sum = {
    captions: 0,
    failed: 0,
    right: 0,
    wrong: 0,
    unsupported: 0,
    missing: 0,
    tokensIn: 0,
    tokensOut: 0,
    cost: 0,
    seconds: 0,
  };
  const { stdout } = await promisify(execFile)(
    program,
    ['--model', version, ...sets.map((set) => set.path)],
    { env, maxBuffer: 1 << 28 },
  );
  const answers = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  sets.forEach((set, i) => {
    const one = answers[i];
    tell(`${version} ${set.file}: ${one.caption ?? one.failed ?? one.refused}`);
    if (!one.caption) {
      sum.failed++;
      return;
    }
    sum.captions++;
    for (const name of ['tokensIn', 'tokensOut']) sum[name] += one[name];
    sum.seconds += one.ms / 1000;
    sum.cost =
      one.cost === undefined || sum.cost === null ? null : sum.cost + one.cost;
    for (const { kind, verdict, what } of judgeCaption(set, one)) {
      sum[verdict]++;
      if (verdict !== 'right')
        tell(`    ${verdict}: ${kind} ${what} (${set.why})`);
    }
  });
  return sum;
}

async function mainModel(program, sets) {
  const table = {};
  for (const version of versions)
    table[version] = await byModel(program, sets, version, console.log);
  console.table(table);
  process.exitCode = Object.values(table).some((t) => t.failed > 0) ? 1 : 0;
}

async function main() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-truth-'));
  process.once('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
  const program =
    process.env.TRUTH ?? path.join(root, 'build/tests/truth/truth');
  const files = process.argv.slice(2).filter((word) => word !== '--model');
  const sets = judgments(dir).filter(
    (set) =>
      files.length === 0 ||
      files.some((f) => set.path.endsWith(path.basename(f))),
  );
  if (process.argv.includes('--model')) {
    if (!process.env.OPENAI_BASE_URL && !process.env.OPENAI_API_KEY) {
      console.error('no model: set OPENAI_BASE_URL or OPENAI_API_KEY');
      process.exitCode = 2;
    } else {
      await mainModel(program, sets);
    }
    return;
  }
  const unjudged = files.filter(
    (f) => !sets.some((set) => set.path.endsWith(path.basename(f))),
  );
  const counts = Object.fromEntries(
    kinds.map((k) => [k, { right: 0, wrong: 0, unsupported: 0, missing: 0 }]),
  );
  const answers = told(
    program,
    sets.map((set) => set.path),
  );
  sets.forEach((set, i) => {
    console.log(`${set.file}: ${answers[i].caption ?? '(no caption)'}`);
    for (const { kind, verdict, what } of judge(set, answers[i])) {
      counts[kind][verdict]++;
      if (verdict !== 'right')
        console.log(`    ${verdict}: ${kind} ${what} (${set.why})`);
    }
  });
  for (const one of told(program, unjudged))
    console.log(
      `${one.file}: ${one.caption ?? one.refused ?? '(no caption)'} (not judged)`,
    );
  console.table(counts);
  process.exitCode = kinds.some((k) => counts[k].wrong > 0) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
