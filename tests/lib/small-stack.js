// A stack on a small disk, for what happens when it is full.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startStack, tempDir } from './stack.js';

const PAGE = 4096;

// A stack whose store is a small file system of its own; null if this process
// may not mount one.
export async function smallStack(t, megabytes, env) {
  const dir = tempDir('trainmode-small-');
  try {
    execFileSync(
      'mount',
      ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'none', dir],
      { stdio: 'pipe' },
    );
  } catch (error) {
    fs.rmSync(dir, { recursive: true });
    t.skip(
      `no small file system can be mounted here: ${String(error.stderr).trim()}`,
    );
    return null;
  }
  const unmount = () => {
    execFileSync('umount', ['-l', dir]);
    fs.rmdirSync(dir);
  };
  try {
    const small = await startStack({
      env: { STORE_DIR: dir, ANALYSIS_THREADS: '0', ...env },
    });
    // Fill it so that this many bytes are free.
    const ballast = path.join(dir, 'ballast');
    small.free = () => fs.statfsSync(dir).bavail * PAGE;
    small.leave = (bytes) => {
      fs.rmSync(ballast, { force: true });
      const { bavail } = fs.statfsSync(dir);
      const n = bavail - Math.ceil(bytes / PAGE);
      assert.ok(n >= 0, 'the file system is too small for this');
      if (n > 0) fs.writeFileSync(ballast, Buffer.alloc(n * PAGE));
    };
    small.end = async () => {
      try {
        await small.stop();
      } finally {
        unmount();
      }
    };
    return small;
  } catch (error) {
    unmount();
    throw error;
  }
}
