// What windows cost an export: a hundred tracks of five minutes as windows beside
// the same tracks whole, in turn. Both copy: nothing is decoded. And what it
// takes to cut one of them, caption its windows and store them. No fsync; what
// export.fcgi takes of the processor is told too, which other programs that run
// meanwhile hardly change.
//
//   ./trainmode bench windows
import fs from 'node:fs';
import { startStack } from '../tests/lib/stack.js';
import { call } from '../tests/lib/client.js';
import { mp3 } from '../tests/lib/audio.js';
import { song, summaryOf } from '../tests/lib/song.js';

const TRACKS = 100,
  ROUNDS = 7,
  SECONDS = 300;

const stack = await startStack({
  env: { ANALYSIS_THREADS: '0', TRAINMODE_TEST_FAST: '', DURABLE: 'off' },
});
const post = async (to, json) => {
  const answer = await call(stack, 'POST', to, { json });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const median = (v) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];

async function timed(what) {
  const began = performance.now();
  await what();
  return performance.now() - began;
}

// Milliseconds of CPU that export.fcgi has taken, in ticks of 10 ms.
function cpu() {
  const stat = fs.readFileSync(`/proc/${stack.pid('export')}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return 10 * (user + system);
}

// As if each were analyzed, and lay at the beginning of its set.
async function fill(artistId) {
  const music = song(3, { bpm: 128, bars: (SECONDS * 128) / 240 });
  const { parseId } = await post(`/api/library?artistId=${artistId}`, {
    parseId: `long-${artistId}`,
    alsFilename: 'Long.als',
    projectName: 'Long',
    summary: summaryOf(music, 'Long'),
  });
  const audioBase64 = mp3(SECONDS).toString('base64');
  const ids = [];
  for (let i = 0; i < TRACKS; i++)
    ids.push(
      (
        await post('/api/train/save', {
          artistId,
          parseId,
          promptText: `Track ${i}`,
          audioBase64,
        })
      ).trainingItemId,
    );
  stack.psql(
    `UPDATE training_items SET analysis_state = 'done', alignment = '{"verdict":"same","offsetSec":0,"drift":0}'`,
  );
  return ids;
}

try {
  const { id: artistId } = await post('/api/artists', { name: 'Windows' });
  const cuts = [];
  for (const id of await fill(artistId))
    cuts.push(
      await timed(() => post(`/api/train/items/${id}/windows/generate`, {})),
    );
  const took = { track: { wall: [], cpu: [] }, windows: { wall: [], cpu: [] } };
  for (let i = 0; i <= ROUNDS; i++) {
    for (const captions of ['track', 'windows']) {
      const before = cpu();
      const wall = await timed(() =>
        post('/api/train/export', {
          artistId,
          layout: 'replicate',
          includeExported: true,
          captions,
        }),
      );
      if (i === 0) continue; // a warm-up
      took[captions].wall.push(wall);
      took[captions].cpu.push(cpu() - before);
    }
  }
  const ms = (v) =>
    `${median(v).toFixed(0)} ms (${Math.min(...v).toFixed(0)} at best)`;
  console.log(
    `one track of ${SECONDS} s cut, captioned and stored: ${ms(cuts)}`,
  );
  for (const [what, name] of [
    ['wall', 'time'],
    ['cpu', 'CPU of export.fcgi'],
  ]) {
    const [whole, pieces] = [took.track[what], took.windows[what]];
    console.log(
      `export of ${TRACKS} tracks, ${name}: whole ${ms(whole)}, as windows ${ms(pieces)}; ` +
        `ratio ${(median(pieces) / median(whole)).toFixed(2)}, of the best ${(Math.min(...pieces) / Math.min(...whole)).toFixed(2)}`,
    );
  }
} finally {
  await stack.stop();
}
