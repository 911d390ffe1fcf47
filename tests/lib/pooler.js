// A PgBouncer in transaction mode in front of a stack's private PostgreSQL:
// each transaction may get another server connection, and session state is lost
// or somebody else's.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = '/usr/sbin/pgbouncer';

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

// socketDir: where the server's socket is, or will be. Two server connections
// for all, so that clients really share them.
//   url   the value for DATABASE_URL
//   stop()
export async function startPooler({ port, socketDir }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-pooler-'));
  const ini = path.join(dir, 'pgbouncer.ini');
  fs.writeFileSync(
    ini,
    `[databases]
trainmode = host=${socketDir} dbname=trainmode user=trainmode
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 500
server_login_retry = 1
query_wait_timeout = 10
log_connections = 0
log_disconnections = 0
`,
  );
  fs.chmodSync(dir, 0o755);
  fs.chmodSync(ini, 0o644);
  // It refuses to be root; and the server knows its own user by name.
  const as = process.getuid() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn(program, ['-q', ...as, ini], { stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.on('exit', resolve).on('error', resolve);
  });
  const quit = () => {
    child.kill('SIGTERM');
    fs.rmSync(dir, { recursive: true, force: true });
  };
  process.on('exit', quit);
  for (let i = 0; i < 200 && !(await listens(port)); i++) {
    if (child.exitCode !== null || child.pid === undefined) break;
    await sleep(50);
  }
  if (!(await listens(port))) throw new Error(`${program} does not start`);
  return {
    url: `postgresql://trainmode@127.0.0.1:${port}/trainmode`,
    stop: async () => {
      quit();
      await ended;
      process.off('exit', quit);
    },
  };
}
