// A connection between the programs and a stack's private PostgreSQL that
// breaks on command: before a COMMIT reaches the server, or after the server
// executed it and before its answer arrives.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

// Cut a stream into the protocol's messages: a type, a length, the rest. What
// a client says first has no type.
function messages(onMessage, { untyped = false } = {}) {
  let had = Buffer.alloc(0);
  let first = untyped;
  return (data) => {
    had = Buffer.concat([had, data]);
    for (;;) {
      const head = first ? 0 : 1;
      if (had.length < head + 4) return;
      const size = head + had.readInt32BE(head);
      if (had.length < size) return;
      const message = had.subarray(0, size);
      had = had.subarray(size);
      const type = first ? '' : String.fromCharCode(message[0]);
      first = false;
      if (onMessage(type, message) === false) return;
    }
  };
}

const text = (message) => message.subarray(5).toString('latin1');
const changes = (tag) => /^(INSERT|UPDATE|DELETE) .*[1-9]\d*$/.test(tag);

// socketDir: where the server's socket is, or will be.
//   url          the value for DATABASE_URL
//   swallow(n, {away})  the answers to the next n COMMITs of changes get lost;
//                away: from then on nobody is there to be asked
//   keep(n)      the next n COMMITs of changes never arrive
//   away         true: no new connection is answered
//   lost         how many were swallowed or kept so far
//   stop()
export async function startDatabaseProxy({ socketDir }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trainmode-wire-'));
  const sockets = new Set();
  const proxy = {
    away: false,
    lost: 0,
    url: `host=${dir} user=trainmode dbname=trainmode`,
  };
  let swallow = 0;
  let keep = 0;
  let then = {};
  proxy.swallow = (n, options = {}) => {
    swallow = n;
    then = options;
  };
  proxy.keep = (n) => {
    keep = n;
  };

  const server = net.createServer((client) => {
    if (proxy.away) {
      client.destroy();
      return;
    }
    const behind = net.connect(path.join(socketDir, '.s.PGSQL.5432'));
    let changed = false;
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
    client.on(
      'data',
      messages(
        (type, message) => {
          if (
            type !== '' &&
            'QP'.includes(type) &&
            text(message).includes('COMMIT\0') &&
            changed &&
            keep > 0
          ) {
            keep--;
            proxy.lost++;
            client.destroy();
            behind.destroy();
            return false;
          }
          // What changes and ends in a SELECT has that one's tag.
          if (
            type === 'P' &&
            /^\0?.*\bWITH\b.*\b(INSERT INTO|UPDATE|DELETE FROM)\b/s.test(
              text(message),
            )
          )
            changed = true;
          behind.write(message);
          return true;
        },
        { untyped: true },
      ),
    );
    behind.on(
      'data',
      messages((type, message) => {
        if (type === 'C') {
          const tag = text(message).slice(0, -1);
          // A whole read comes in one go, its COMMIT before the answer to BEGIN.
          if (tag === 'BEGIN' || tag === 'ROLLBACK') changed = false;
          else if (changes(tag)) changed = true;
          else if (tag === 'COMMIT' && changed && swallow > 0) {
            swallow--;
            proxy.lost++;
            client.destroy();
            behind.destroy();
            if (then.away) {
              proxy.away = true;
              for (const socket of sockets) socket.destroy();
            }
            return false;
          }
          if (tag === 'COMMIT') changed = false;
        }
        client.write(message);
        return true;
      }),
    );
  });
  await new Promise((resolve) => {
    server.listen(path.join(dir, '.s.PGSQL.5432'), resolve);
  });
  fs.chmodSync(dir, 0o755);
  fs.chmodSync(path.join(dir, '.s.PGSQL.5432'), 0o777);
  proxy.stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    fs.rmSync(dir, { recursive: true, force: true });
  };
  return proxy;
}
