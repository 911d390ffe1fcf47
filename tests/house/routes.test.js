// House rules of routes: the programs' tables, nginx's routing and openapi.json
// agree.
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

const programs = ['train', 'save', 'export', 'library'];
const tables = programs.flatMap((program) =>
  [
    ...read(`src/${program}/main.c`).matchAll(/^ {4}\{"([A-Z]+)", "([^"]+)"/gm),
  ].map(([, method, template]) => ({ program, method, template })),
);

// In no contract: one that nginx itself calls; a signed link, whose form is the
// storage's own.
const apart = ['GET /.may', 'GET /files/artists/{slug}/datasets/{name}'];
const named = ({ method, template }) => `${method} ${template}`;

/* ---- nginx, as it chooses a location ---- */

// {kind, pattern, text, inside}: text is the block's own, without the blocks
// inside it.
function locations(text) {
  const found = [];
  for (let at = 0; ;) {
    const m = /location\s+(=|\^~|~|)\s*([^\s{]+(?:\{\d+\})?[^\s{]*)\s*\{/g;
    m.lastIndex = at;
    const hit = m.exec(text);
    if (!hit) return found;
    let depth = 1;
    let end = m.lastIndex;
    while (depth > 0) {
      if (text[end] === '{') depth++;
      if (text[end] === '}') depth--;
      end++;
    }
    const body = text.slice(m.lastIndex, end - 1);
    const inside = locations(body);
    found.push({
      kind: hit[1],
      pattern: hit[2],
      inside,
      text: inside.length ? body.replace(/location[^{]*\{[^]*\}/, '') : body,
    });
    at = end;
  }
}

function choose(all, url) {
  const exact = all.find((l) => l.kind === '=' && l.pattern === url);
  if (exact) return exact;
  const prefix = all
    .filter((l) => ['', '^~'].includes(l.kind) && url.startsWith(l.pattern))
    .sort((a, b) => b.pattern.length - a.pattern.length)[0];
  const regex =
    prefix?.kind === '^~'
      ? null
      : all.find((l) => l.kind === '~' && new RegExp(l.pattern).test(url));
  const chosen = regex ?? prefix;
  return chosen?.inside.length
    ? (choose(chosen.inside, url) ?? chosen)
    : chosen;
}

const conf = read('nginx/nginx.conf.in').replace(/#.*$/gm, '');
const all = locations(conf);
const programOf = (template) => {
  const { text } = choose(all, template.replace(/\{\w+\}/g, 'some-1')) ?? {
    text: '',
  };
  return text.includes('include upload.conf')
    ? /fastcgi_pass (\w+);/.exec(read('nginx/upload.conf'))[1]
    : /fastcgi_pass (\w+);/.exec(text)?.[1];
};

test('nginx sends each route to the program whose table has it', () => {
  assert.ok(tables.length > 40, `${tables.length} routes were found`);
  const wrong = tables
    .filter(
      ({ program, template }) =>
        template !== '/.may' && programOf(template) !== program,
    )
    .map(
      (r) => `${named(r)}: ${programOf(r.template)} in place of ${r.program}`,
    );
  assert.deepEqual(wrong, []);
  assert.equal(programOf('/api/nothing'), undefined);
});

test('openapi.json describes each route, and no other', () => {
  const { paths } = JSON.parse(read('src/library/openapi.json'));
  const described = Object.entries(paths).flatMap(([template, verbs]) =>
    Object.keys(verbs)
      .filter((v) => /^(get|post|put|patch|delete)$/.test(v))
      .map((v) => `${v.toUpperCase()} ${template}`),
  );
  const served = tables.map(named).filter((name) => !apart.includes(name));
  assert.deepEqual(
    described.filter((d) => !served.includes(d)),
    [],
  );
  assert.deepEqual(
    served.filter((s) => !described.includes(s)),
    [],
  );
});

test('each location leads to a route', () => {
  const lonely = all
    .filter(
      (l) =>
        l.text.includes('fastcgi_pass') &&
        ['=', '^~'].includes(l.kind) &&
        l.pattern.startsWith('/api'),
    )
    .filter(
      (l) =>
        !tables.some(({ template }) =>
          l.kind === '='
            ? template === l.pattern
            : template.startsWith(l.pattern),
        ),
    )
    .map((l) => l.pattern);
  assert.deepEqual(lonely, []);
});
