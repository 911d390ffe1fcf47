// Who uses the page. If the server requires sign-in, one form asks, and
// requests that were refused meanwhile continue. Its answer becomes cookies
// that no script can read.
import { call, whenSignedOut } from './api.js';
import { tryIn } from './dialogs.js';
import { byId } from './html.js';
import { notice } from './notices.js';

const ask = (method, body) =>
  call(method, '/api/session', { body, asIs: true });
let asking = null; // one form for all that wait
let answered = null;
let timer = 0;

export function startSession() {
  whenSignedOut(() => {
    asking ??= enter().finally(() => {
      asking = null;
    });
    return asking;
  });
  byId('signin-form').addEventListener('submit', submit);
  // There is no page to go back to.
  byId('signin-dialog').addEventListener('cancel', (e) => e.preventDefault());
  byId('sign-out').addEventListener('click', signOut);
  look().catch(() => {}); // others say what is wrong
}

async function look() {
  const session = await ask('GET');
  byId('sign-out').hidden = session.auth === 'none' || !session.signedIn;
  clearTimeout(timer);
  if (session.expiresAt) {
    // Ahead of its end: the player cannot ask for a new one.
    timer = setTimeout(
      () => renew().catch(() => {}),
      Math.max(5000, (Date.parse(session.expiresAt) - Date.now()) * 0.8),
    );
  }
  return session;
}

// Perhaps another tab signed in, or nobody needs to be asked.
async function enter() {
  const { auth, signedIn } = await look();
  if (signedIn || (auth === 'supabase' && (await renew()))) return;
  for (const way of ['token', 'supabase']) {
    const fields = byId(`signin-${way}`);
    fields.hidden = fields.disabled = way !== auth;
  }
  byId('signin-dialog').showModal();
  await new Promise((resolve) => {
    answered = resolve;
  });
}

// False if there is nothing to renew.
async function renew() {
  try {
    await ask('POST', {});
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
  return (await look()).signedIn;
}

async function submit(event) {
  event.preventDefault();
  const done = await tryIn(
    byId('signin-send'),
    byId('signin-error'),
    async () => {
      await ask('POST', Object.fromEntries(new FormData(event.target)));
      if ((await look()).signedIn) return;
      throw new Error(
        'The browser kept no cookie. Allow cookies here, and ' +
          'use the server’s public address.',
      );
    },
  );
  if (!done) return;
  event.target.reset();
  byId('signin-dialog').close();
  answered();
}

// A fresh page keeps nothing of the user who left.
const signOut = () =>
  ask('DELETE').then(
    () => location.reload(),
    (error) => notice(error.message),
  );
