// Goal: each link of the docs leads somewhere: to a file of the tree, and to a
// heading of it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const below = (dir) =>
  fs
    .readdirSync(path.join(root, dir), { withFileTypes: true })
    .flatMap((e) =>
      e.isDirectory()
        ? below(path.join(dir, e.name))
        : [path.join(dir, e.name)],
    );
const pages = [...fs.readdirSync(root), ...below('docs')].filter((name) =>
  name.endsWith('.md'),
);

const prose = (text) =>
  text.replace(/^(```|~~~)[^]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
// As GitHub names them: lower case, no punctuation, a hyphen for each blank;
// the second of a name gets -1.
function anchors(text) {
  const seen = new Map();
  return new Set(
    [
      ...text.replace(/^(```|~~~)[^]*?^\1/gm, '').matchAll(/^#+ +(.*?) *$/gm),
    ].map(([, title]) => {
      const plain = title
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-');
      const n = seen.get(plain) ?? 0;
      seen.set(plain, n + 1);
      return n === 0 ? plain : `${plain}-${n}`;
    }),
  );
}

test('every link of the docs leads somewhere', () => {
  const dead = [];
  for (const page of pages) {
    const text = fs.readFileSync(path.join(root, page), 'utf8');
    for (const [, link] of prose(text).matchAll(
      /\]\(([^()\s]+)(?: "[^"]*")?\)/g,
    )) {
      if (/^(https?|mailto):/.test(link)) continue;
      const [file, anchor] = link.split('#');
      const to = file ? path.join(path.dirname(page), decodeURI(file)) : page;
      if (!fs.existsSync(path.join(root, to))) dead.push(`${page}: ${link}`);
      else if (
        anchor &&
        to.endsWith('.md') &&
        !anchors(fs.readFileSync(path.join(root, to), 'utf8')).has(anchor)
      )
        dead.push(`${page}: ${link} (no such heading)`);
    }
  }
  assert.deepEqual(dead, []);
});
