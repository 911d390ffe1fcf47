// Goal: what the API says of a piece of audio has a name on the page, not a
// code: each code of the checks is in openapi.json and in the page's table.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { problemLabel } from '../../www/js/problems.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');

const { Check } = JSON.parse(read('src/library/openapi.json')).components
  .schemas;
const sources = fs
  .readdirSync(path.join(root, 'src'), { recursive: true })
  .filter((name) => name.endsWith('.c'))
  .map((name) => read(`src/${name}`));

test('openapi.json lists the codes and levels of the checks', () => {
  const found = (pattern) =>
    [
      ...new Set(
        sources.flatMap((text) =>
          [...text.matchAll(pattern)].map((match) => match[1]),
        ),
      ),
    ].sort();
  const call = String.raw`\bchecks_add\(\s*\w+,\s*`;
  const calls = sources.join('').match(/\n {4,}checks_add\(/g).length;
  const codes = found(new RegExp(`${call}"(\\w+)"`, 'g'));
  const named = sources.join('').match(new RegExp(`${call}"\\w+"`, 'g')).length;
  assert.equal(named, calls); // none has a code that this test cannot see
  assert.deepEqual(Check.properties.code.enum, codes);
  assert.deepEqual(
    Check.properties.level.enum,
    found(new RegExp(`${call}"\\w+",\\s*"(\\w+)"`, 'g')),
  );
});

test('each code has a label of its own on the page', () => {
  const codes = [...Check.properties.code.enum, 'failed'];
  const table = read('www/js/problems.js');
  for (const code of codes)
    assert.match(table, new RegExp(`^  ${code}: '`, 'm'));
  assert.equal(new Set(codes.map(problemLabel)).size, codes.length);
});
