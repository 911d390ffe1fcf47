// Captions with audio: memory of train.fcgi with many in flight, each of which
// has sent an excerpt of 30 s to a model that has not answered yet.
//
//   node bench/hears.js [IN_FLIGHT]
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, startStack } from '../tests/lib/stack.js';
import { acts } from '../tests/lib/model-double.js';
import { save, world } from '../tests/lib/client.js';
import { wav } from '../tests/lib/audio.js';

const MANY = Number(process.argv[2] ?? 512);
let open;
const gate = new Promise((resolve) => {
  open = resolve;
});
let arrived = 0;
let bytes = 0;
const model = http.createServer((req, res) => {
  req.on('data', (d) => {
    bytes += d.length;
  });
  req.on('end', async () => {
    arrived += 1;
    await gate;
    acts.whole()(req, res);
  });
});
await new Promise((resolve) => {
  model.listen(0, '127.0.0.1', 4096, resolve);
});
const stack = await startStack({
  env: {
    TRAINMODE_BUILD: path.join(root, 'build'),
    TRAINMODE_TEST_FAST: '',
    OPENAI_BASE_URL: `http://127.0.0.1:${model.address().port}/v1`,
    CAPTION_AUDIO: 'excerpt',
    MODEL_STALL_SEC: '3000',
    MODEL_TIMEOUT_SEC: '3000',
  },
});
const w = await world(stack);
const {
  body: { trainingItemId: itemId },
} = await save(stack, w, wav(60));
const before = stack.resident('train').now;
const agent = new http.Agent({ maxSockets: MANY });
const ask = () =>
  new Promise((resolve) => {
    const req = http.request(
      new URL('api/train', stack.url),
      {
        agent,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
      },
      (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode === 200));
      },
    );
    req.on('error', () => resolve(false));
    req.end(
      JSON.stringify({ artistId: w.artistId, parseId: w.parseId, itemId }),
    );
  });
const all = Array.from({ length: MANY }, ask);
for (let i = 0; i < 3000 && arrived < MANY; i++) await sleep(100);
const { now, peak } = stack.resident('train');
const inFlight = arrived;
open();
const failed = (await Promise.all(all)).filter((ok) => !ok).length;
console.log(
  `${os.cpus()[0].model}, ${os.cpus().length} cores: ${before.toFixed(1)} MB resident before, ${now.toFixed(1)} MB with ${inFlight} of ${MANY} in flight (at most ${peak.toFixed(1)}), ${(bytes / inFlight / 1024).toFixed(0)} KiB sent for each, ${failed} failed`,
);
agent.destroy();
await stack.stop();
model.close();
model.closeAllConnections();
