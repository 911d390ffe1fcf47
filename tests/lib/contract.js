// Every answer that an API test gets is checked against openapi.json: its
// status must be one of its route's, its body must match the schema.
import fs from 'node:fs';
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const doc = JSON.parse(
  fs.readFileSync(
    new URL('../../src/library/openapi.json', import.meta.url),
    'utf8',
  ),
);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(doc, 'doc');

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const routes = Object.keys(doc.paths)
  .map((template) => ({
    template,
    pattern: new RegExp(
      `^${template
        .split(/\{\w+\}/)
        .map(literal)
        .join('[^/]+')}$`,
    ),
    // The path with fewer parameters wins.
    places: template.split('{').length,
  }))
  .sort((a, b) => a.places - b.places);

// Any route may answer these: to a method or an Accept header that it does not
// know, to a fault of ours, and nginx itself while a program is away.
const ANY = [405, 406, 408, 500];

const pointer = (...steps) =>
  `doc#/${steps.map((s) => encodeURIComponent(s.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

// url: as requested, with or without its query.
export function holdAnswer(method, url, { status, type, body }) {
  const { pathname } = new URL(url, 'http://localhost');
  const route = routes.find((r) => r.pattern.test(pathname));
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const documented = route && doc.paths[route.template][verb];
  if (!documented || ANY.includes(status)) return;
  const named = `${method} ${route.template} ${status}`;
  const response = documented.responses[status];
  assert.ok(
    response,
    `openapi.json does not say that ${named} is answered: ${JSON.stringify(body)}`,
  );
  if (!type.includes('json') || body === '') return;
  const kind = type.split(';')[0];
  assert.ok(
    response.content?.[kind],
    `openapi.json does not say that ${named} is answered with ${kind}`,
  );
  const validate = ajv.getSchema(
    pointer(
      'paths',
      route.template,
      verb,
      'responses',
      String(status),
      'content',
      kind,
      'schema',
    ),
  );
  assert.ok(
    validate(body),
    `${named}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`,
  );
}
