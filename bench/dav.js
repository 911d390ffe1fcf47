// What bounds an upload: nginx alone, which takes the same bytes as files.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../tests/lib/stack.js';
import { answers } from './answers.js';

// In a folder of its own below dir. {url, pid, forget(), stop()}, of which
// forget removes what was sent.
export async function startDav(dir) {
  const port = await freePort();
  const user = process.getuid() === 0 ? 'user root;' : '';
  for (const name of ['dav', 'dav/tmp', 'dav/files'])
    fs.mkdirSync(path.join(dir, name), { recursive: true });
  fs.writeFileSync(
    path.join(dir, 'dav/nginx.conf'),
    `${user} worker_processes 2; daemon off; pid ${dir}/dav/pid; error_log stderr error;
events {} http { access_log off; client_body_temp_path ${dir}/dav/tmp; client_max_body_size 0;
server { listen 127.0.0.1:${port}; root ${dir}/dav/files; location / { dav_methods PUT; } } }`,
  );
  const child = spawn('nginx', ['-c', path.join(dir, 'dav/nginx.conf')], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const url = `http://127.0.0.1:${port}/`;
  await answers(url);
  const files = path.join(dir, 'dav/files');
  const forget = () => {
    for (const name of fs.readdirSync(files)) fs.rmSync(path.join(files, name));
  };
  return { url, pid: child.pid, forget, stop: () => child.kill() };
}
