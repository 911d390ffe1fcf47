// Waits until a server answers, whatever the status: at most ten seconds.
import { setTimeout as sleep } from 'node:timers/promises';

export async function answers(url) {
  for (let i = 0; i < 100; i++) {
    const does = await fetch(url).then(
      () => true,
      () => false,
    );
    if (does) return;
    await sleep(100);
  }
}
