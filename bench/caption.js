// Captions: what Trainmode adds to the model's own time, and its memory with
// 512 in flight. If a folder is given in which the routes' first stack
// (../shared/peer) was installed and built, it measures that too.
//
//   node bench/caption.js [BUILT_PEER]
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, root, startStack } from '../tests/lib/stack.js';
import { acts, startDouble } from '../tests/lib/model-double.js';
import { seed } from '../tests/lib/train.js';
import { answers } from './answers.js';

const RUNS = 500;
const median = (v) => [...v].sort((a, b) => a - b)[Math.floor(v.length / 2)];
const resident = (pid) =>
  Number(
    /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1],
  ) / 1024;

function post(agent, url, body) {
  return new Promise((resolve, reject) => {
    const req = http.request(
      url,
      {
        agent,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
      },
      (res) => {
        res.resume();
        res.on('end', () =>
          res.statusCode === 200
            ? resolve()
            : reject(new Error(`${url}: ${res.statusCode}`)),
        );
      },
    );
    req.on('error', reject);
    req.end(JSON.stringify(body));
  });
}

// Milliseconds at the median of each. They take turns: a machine that others
// use too is at times half as fast, and then for both of them.
async function timed(alone, through) {
  const both = [alone, through];
  const took = [[], []];
  for (let i = 0; i < RUNS + 20; i++) {
    for (const [k, one] of both.entries()) {
      const start = process.hrtime.bigint();
      await one();
      if (i >= 20) took[k].push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  }
  return took.map(median);
}

async function startPeer(dir, env) {
  const port = await freePort();
  const child = spawn(
    'node',
    [
      'node_modules/next/dist/bin/next',
      'start',
      '-H',
      '127.0.0.1',
      '-p',
      String(port),
    ],
    {
      cwd: dir,
      stdio: 'ignore',
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { url: `${url}/api/train`, pid: child.pid, stop: () => child.kill() };
}

// The time of the model alone and the time added to it, in ms; of 512 captions
// asked, those in flight, and the MB resident with them.
async function measure(agent, double, url, pid, ids) {
  const ask = {
    model: 'm',
    messages: [{ role: 'user', content: 'x'.repeat(3000) }],
  };
  double.play(acts.whole());
  const [alone, through] = await timed(
    () => post(agent, `${double.url}/chat/completions`, ask),
    () => post(agent, url, ids),
  );
  let open;
  const gate = new Promise((resolve) => {
    open = resolve;
  });
  double.play(async (req, res) => {
    await gate;
    acts.whole()(req, res);
  });
  const before = double.journal.length;
  const all = Array.from({ length: 512 }, () =>
    post(agent, url, ids).then(
      () => true,
      () => false,
    ),
  );
  const arrived = () => double.journal.length - before;
  for (let i = 0; i < 1000 && arrived() < 512; i++) await sleep(10);
  const inFlight = arrived();
  const held = resident(pid);
  open();
  const failed = (await Promise.all(all)).filter((ok) => !ok).length;
  return { alone, added: through - alone, inFlight, held, failed };
}

export async function captions(builtPeer) {
  const double = await startDouble();
  const stack = await startStack({
    env: {
      TRAINMODE_BUILD: path.join(root, 'build'),
      OPENAI_BASE_URL: double.url,
      MODEL_STALL_SEC: '100',
      TRAINMODE_TEST_FAST: '',
    },
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 600 });
  let peer;
  try {
    if (builtPeer)
      peer = await startPeer(builtPeer, {
        DATABASE_URL: stack.databaseUrl,
        OPENAI_BASE_URL: double.url,
      });
    const ids = seed(stack);
    return {
      ours: await measure(
        agent,
        double,
        new URL('api/train', stack.url),
        stack.pid('train'),
        ids,
      ),
      peer: peer && (await measure(agent, double, peer.url, peer.pid, ids)),
    };
  } finally {
    agent.destroy();
    peer?.stop();
    await stack.stop();
    await double.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const r = await captions(process.argv[2]);
  console.log(`${os.cpus()[0].model}, ${os.cpus().length} cores, ${RUNS} runs`);
  for (const who of ['ours', 'peer'].filter((name) => r[name])) {
    const { alone, added, inFlight, held, failed } = r[who];
    console.log(
      `${who}: ${added.toFixed(2)} ms added at the median, to ${alone.toFixed(2)}; ${held.toFixed(1)} MB resident with ${inFlight} of 512 in flight, ${failed} failed`,
    );
  }
}
