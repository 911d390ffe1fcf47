// One way to call the server, one kind of error. An ApiError's message is a
// sentence for the user: the problem document's detail if there is one.

export class ApiError extends Error {
  constructor(status, problem = {}, retryAfter = 0) {
    super(
      sentence(
        problem.detail ||
          problem.title ||
          `The server refused this (${status}). Try again`,
      ),
    );
    this.status = status;
    this.code = problem.code || '';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  // Whether the same request may well work a little later.
  get passing() {
    return this.status === 0 || [429, 502, 503, 504].includes(this.status);
  }
}

export const unreachable = () =>
  new ApiError(0, {
    code: 'unreachable',
    detail:
      'The server cannot be reached. Check that Trainmode is running and ' +
      'that you are online, then try again',
  });

// Send a request and get JSON (or null if the answer has no body). `body` is
// sent as JSON unless it is a Blob or FormData.
export async function call(method, path, options = {}) {
  const response = await request(method, path, options);
  if (response.status === 204) return null;
  return readJson(response);
}

let changed = null; // see tabs.js
export const whenChanged = (fn) => {
  changed = fn;
};
export const tellChanged = (method, path) =>
  method !== 'GET' && changed?.(method, path);

// The same, but returns the answer itself; an error status still throws, with
// `asIs` a 401 too.
export function request(method, path, { asIs, ...options } = {}) {
  const ask = () => send(method, path, options);
  return asIs ? ask() : signedIn(ask);
}

let signIn = null; // see session.js
export const whenSignedOut = (fn) => {
  signIn = fn;
};

// Run `ask`, and repeat it once if sign-in was required and somebody signed in.
export async function signedIn(ask) {
  try {
    return await ask();
  } catch (error) {
    if (error.status !== 401 || !signIn) throw error;
    await signIn();
    return ask();
  }
}

async function send(method, path, { query, body, headers = {}, signal }) {
  const init = {
    method,
    headers: { Accept: 'application/json', ...headers },
    signal,
  };
  if (body instanceof Blob || body instanceof FormData) {
    init.body = body;
  } else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers['Content-Type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(url(path, query), init);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (!response.ok) throw await errorOf(response);
  tellChanged(method, path);
  return response;
}

const partsAtOnce = 3; // of each list: a browser has six connections

// All pages of a list, `member` of each; more(): is told of a second page. A
// long list comes in parts that are read at the same time.
export async function callAll(path, query, member, more) {
  const page = await call('GET', path, { query: { ...query, cursors: 1 } });
  if (!page.nextCursor) return page;
  await more?.(); // what it asks for is to be seen first
  const cursors = page.cursors || [page.nextCursor];
  const parts = [];
  const left = [...cursors.entries()];
  await Promise.all(
    Array.from({ length: partsAtOnce }, async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [at, cursor] = next;
        parts[at] = await callOn(path, { ...query, cursor }, member);
      }
    }),
  );
  return { ...page, [member]: [page[member], ...parts].flat() };
}

async function callOn(path, query, member) {
  const all = [];
  for (let cursor = query.cursor; cursor;) {
    const page = await call('GET', path, { query: { ...query, cursor } });
    all.push(...page[member]);
    cursor = page.nextCursor;
  }
  return all;
}

export function url(path, query = {}) {
  const given = Object.entries(query).filter(([, v]) => v != null && v !== '');
  const text = new URLSearchParams(given).toString();
  return text ? `${path}?${text}` : path;
}

export function problemOf(status, text, retryAfter) {
  try {
    return new ApiError(status, JSON.parse(text), retryAfter);
  } catch {
    return new ApiError(status, { detail: plain(status) }, retryAfter);
  }
}

async function errorOf(response) {
  const text = await response.text().catch(() => '');
  return problemOf(
    response.status,
    text,
    Number(response.headers.get('Retry-After')) || 0,
  );
}

async function readJson(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(response.status, {
      detail: 'The server’s answer broke off. Try again',
    });
  }
}

// If nginx answers by itself there is no problem document.
function plain(status) {
  if (status === 413)
    return 'This file is larger than the server takes. Send a shorter one, or MP3 or FLAC';
  if (status === 429) return 'Too many requests at once. Wait a moment';
  if (status >= 502 && status <= 504) {
    return 'A part of the server is starting or away. Try again in a moment';
  }
  return `Something went wrong on the server (${status}). Try again`;
}

function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

// crypto.randomUUID exists only on secure origins; a studio's LAN is not one.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
