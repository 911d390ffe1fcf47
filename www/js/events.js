// A POST that is answered by server-sent events, or by plain JSON if a proxy or
// an older server does not stream. EventSource can only GET.
import { ApiError, call, request, unreachable } from './api.js';

// Calls `on(name, data)` for each event, returns the data of `done`, throws
// the problem of `error`.
export async function postEvents(path, { body, signal, on }) {
  let response;
  try {
    response = await request('POST', path, {
      body,
      signal,
      headers: { Accept: 'text/event-stream, application/json;q=0.5' },
    });
  } catch (error) {
    if (error.status !== 406) throw error;
    return call('POST', path, { body, signal });
  }
  const type = response.headers.get('Content-Type') || '';
  if (!type.startsWith('text/event-stream')) return response.json();
  return readEvents(response, on);
}

async function readEvents(response, on) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parse = eventParser();
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === 'AbortError' ? error : unreachable();
    });
    if (done) break;
    for (const { name, data } of parse(
      decoder.decode(value, { stream: true }),
    )) {
      const content = JSON.parse(data);
      if (name === 'done') return content;
      if (name === 'error') throw new ApiError(content.status, content);
      on(name, content);
    }
  }
  throw new ApiError(0, {
    code: 'broke_off',
    detail: 'The answer broke off before its end. Try again',
  });
}

// Feed text as it comes, get the events that are whole: [{name, data}].
function eventParser() {
  let rest = '';
  let name = '';
  let data = [];
  return (text) => {
    const events = [];
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (data.length) {
          events.push({ name: name || 'message', data: data.join('\n') });
        }
        name = '';
        data = [];
        continue;
      }
      const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
      if (field === 'event') name = value;
      else if (field === 'data') data.push(value);
    }
    return events;
  };
}
