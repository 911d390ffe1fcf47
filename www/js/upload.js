// Send a body with progress, which fetch cannot report. XMLHttpRequest can.
import { problemOf, signedIn, tellChanged, unreachable } from './api.js';

// onProgress({sent, total, speed, left}): bytes, bytes per second, seconds.
// Resolves with the answer's JSON (null: none); an abort throws AbortError.
export const upload = (method, url, options) =>
  signedIn(() => once(method, url, options));

function once(
  method,
  url,
  { body, headers = {}, signal, onProgress = () => {} },
) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const aborted = () => new DOMException('canceled', 'AbortError');
    const start = performance.now();
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    signal?.addEventListener('abort', () => xhr.abort());
    xhr.open(method, url);
    for (const [k, v] of Object.entries(headers)) xhr.setRequestHeader(k, v);
    xhr.upload.onprogress = (e) => onProgress(pace(e, start));
    xhr.onload = () => {
      if (xhr.status < 300) tellChanged(method, url);
      settle(xhr, resolve, reject);
    };
    xhr.onerror = () => reject(unreachable());
    xhr.onabort = () => reject(aborted());
    xhr.send(body);
  });
}

const longest = 30; // seconds between two tries

// Retry temporary failures, after longer and longer waits with some jitter, or
// once the browser is online again; onWait(seconds, error) is called before
// each wait.
export async function persist(attempt, { tries, signal, onWait }) {
  for (let n = 1; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (!error.passing || n === tries) throw error;
      const seconds =
        error.retryAfter ||
        Math.min(longest, 2 ** n) * (0.75 + Math.random() / 2);
      onWait(seconds, error);
      await pause(seconds, signal);
    }
  }
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      signal.removeEventListener('abort', stop);
      settle(new DOMException('canceled', 'AbortError'));
    };
    const go = end(resolve);
    const stop = end(reject);
    const timer = setTimeout(go, seconds * 1000);
    addEventListener('online', go);
    signal.addEventListener('abort', stop);
  });
}

function pace({ loaded, total }, start) {
  const speed = loaded / Math.max((performance.now() - start) / 1000, 0.05);
  return { sent: loaded, total, speed, left: (total - loaded) / speed };
}

function settle(xhr, resolve, reject) {
  if (xhr.status < 200 || xhr.status > 299) {
    reject(
      problemOf(
        xhr.status,
        xhr.responseText,
        Number(xhr.getResponseHeader('Retry-After')) || 0,
      ),
    );
    return;
  }
  try {
    resolve(xhr.responseText ? JSON.parse(xhr.responseText) : null);
  } catch {
    reject(unreachable());
  }
}
