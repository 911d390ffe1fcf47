// ./trainmode truth [FILES...]: what is said of judged sets, held against what
// a person judged of them. tests/truth/*.json hold the judgments: `sounds` may
// be said, `key`, `vocals` and `bpm` are what is right (a list: any of them),
// and `why` tells from what. Prints right, wrong, unsupported and missing for
// each kind of statement; ends with 1 if anything is wrong.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '../..');
const kinds = ['instruments', 'key', 'vocals', 'tempo', 'nothing'];

export const judgments = () => fs.readdirSync(here).filter((n) => n.endsWith('.json'))
  .flatMap((n) => {
    const { folder, sets } = JSON.parse(fs.readFileSync(path.join(here, n), 'utf8'));
    return sets.map((set) => ({ ...set, path: path.join(root, folder, set.file) }));
  });

// What the program says of each file.
export function told(program, files) {
  if (files.length === 0) return [];
  const out = execFileSync(program, files, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return out.trim().split('\n').map((line) => JSON.parse(line));
}

const any = (want) => [want].flat();

// Each statement as {kind, verdict, what}.
export function judge(set, { facts, caption, fields }) {
  const said = [];
  const add = (kind, verdict, what) => said.push({ kind, verdict, what });
  if (set.nothing || !caption) {
    add('nothing', Boolean(set.nothing) === !caption ? 'right' : 'wrong', caption ?? 'nothing');
    return said;
  }
  for (const word of fields.instruments)
    add('instruments', set.sounds.includes(word) ? 'right' : 'wrong', word);
  const known = facts.instruments.filter((i) => i.evidence !== 'guessed').map((i) => i.name);
  for (const word of known.filter((w) => !set.sounds.includes(w))) add('instruments', 'unsupported', word);
  for (const word of set.sounds.filter((w) => !known.includes(w))) add('instruments', 'missing', word);
  const key = facts.key && facts.key.evidence !== 'guessed' ? facts.key.text : null;
  if (key) add('key', any(set.key).includes(key) ? 'right' : 'wrong', key);
  else if (!any(set.key).includes(null)) add('key', 'missing', any(set.key)[0]);
  const instrumental = /\binstrumental\b/i.test(caption);
  if (facts.vocals !== 'unknown' || instrumental)
    add('vocals', any(set.vocals).includes(facts.vocals) ? 'right' : 'wrong', facts.vocals);
  else if (!any(set.vocals).includes('unknown')) add('vocals', 'missing', any(set.vocals)[0]);
  const bpm = fields.bpm ?? null;
  if (bpm !== null || set.bpm !== null)
    add('tempo', bpm === null ? 'missing' : any(set.bpm).includes(Math.round(bpm)) ? 'right' : 'wrong', bpm);
  return said;
}

function main() {
  const program = process.env.TRUTH ?? path.join(root, 'build/tests/truth/truth');
  const files = process.argv.slice(2);
  const sets = judgments().filter((set) => (files.length === 0 || files.some((f) => set.path.endsWith(path.basename(f)))) && fs.existsSync(set.path));
  const unjudged = files.filter((f) => !sets.some((set) => set.path.endsWith(path.basename(f))));
  const counts = Object.fromEntries(kinds.map((k) => [k, { right: 0, wrong: 0, unsupported: 0, missing: 0 }]));
  const answers = told(program, sets.map((set) => set.path));
  sets.forEach((set, i) => {
    console.log(`${set.file}: ${answers[i].caption ?? '(no caption)'}`);
    for (const { kind, verdict, what } of judge(set, answers[i])) {
      counts[kind][verdict]++;
      if (verdict !== 'right') console.log(`    ${verdict}: ${kind} ${what} (${set.why})`);
    }
  });
  for (const one of told(program, unjudged))
    console.log(`${one.file}: ${one.caption ?? one.refused ?? '(no caption)'} (not judged)`);
  console.table(counts);
  process.exitCode = kinds.some((k) => counts[k].wrong > 0) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
