// What a resumable upload costs beside one request, and both beside a plain PUT
// to the same storage: node bench/resumable.js [ROUNDS]
//
// Two stacks on one Supabase Storage (the tests' double, on loopback) take the
// same files in turn. The double keeps what it gets on the disk, as the real
// server on a disk does; a network's delay, which each of the pieces pays once
// more, is not in it.
import crypto from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { startStack } from '../tests/lib/stack.js';
import { startSupabase } from '../tests/lib/supabase-double.js';
import { world } from '../tests/lib/client.js';
import { wav } from '../tests/lib/audio.js';

const rounds = Number(process.argv[2] ?? 15);
const median = (list) =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const RATE = 44100 * 4; // bytes a second of a WAV

const supabase = await startSupabase();
const env = { ...supabase.env, ANALYSIS_THREADS: '0' };
const stacks = [
  await startStack({ env: { ...env, SUPABASE_RESUMABLE_MB: '1000' } }),
  await startStack({
    env: { ...env, SUPABASE_RESUMABLE_MB: '1', SUPABASE_BUCKET: 'pieces' },
  }),
];
const worlds = [await world(stacks[0]), await world(stacks[1])];

async function timed(fn) {
  const began = performance.now();
  const res = await fn();
  if (!res.ok) throw new Error(`${res.status}: ${await res.text()}`);
  await res.arrayBuffer();
  return performance.now() - began;
}

const plain = (body) =>
  timed(() =>
    fetch(
      `${supabase.url}/storage/v1/object/${supabase.bucket}/artists/bench/${crypto.randomUUID()}`,
      {
        method: 'POST',
        body,
        headers: { apikey: supabase.secret, 'content-type': 'audio/wav' },
      },
    ),
  );
const saved = (n, body) =>
  timed(() =>
    fetch(
      new URL(
        `api/train/save?artistId=${worlds[n].artistId}&parseId=${worlds[n].parseId}&promptText=x`,
        stacks[n].url,
      ),
      {
        method: 'POST',
        body,
        headers: { 'content-type': 'audio/wav' },
      },
    ),
  );

try {
  for (const mb of [10, 40]) {
    const times = { plain: [], one: [], pieces: [] };
    for (let i = 0; i < rounds; i++) {
      const body = wav((mb * 1e6) / RATE, { hz: 100 + i });
      times.plain.push(await plain(body));
      times.one.push(await saved(0, body));
      times.pieces.push(await saved(1, body));
    }
    const [p, one, pieces] = [times.plain, times.one, times.pieces].map(median);
    console.log(
      `${mb} MB: plain PUT ${p.toFixed(0)} ms; save by one request ${one.toFixed(0)} ms (${(one / p).toFixed(2)} x); ` +
        `in pieces ${pieces.toFixed(0)} ms (${(pieces / p).toFixed(2)} x, ${(pieces / one).toFixed(2)} x of one request)`,
    );
  }
} finally {
  for (const stack of stacks) await stack.stop();
  await supabase.stop();
}
