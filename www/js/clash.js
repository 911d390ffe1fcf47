// A set that somebody else has saved meanwhile: a new version, or in place of
// theirs? One question at a time.
import { html } from './html.js';

let dialog = null;
let turn = Promise.resolve();

// 'new', 'replace', or '' if it is not to be saved.
export function newOrReplace(name) {
  turn = turn.then(() => askOnce(name));
  return turn;
}

function askOnce(name) {
  dialog ??= build();
  dialog.querySelector('h2').textContent = `“${name}” was saved meanwhile`;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener('close', () => done(dialog.returnValue), {
      once: true,
    });
  });
}

function build() {
  const node = html`<dialog
    aria-labelledby="clash-title"
    aria-describedby="clash-text"
  >
    <form method="dialog">
      <h2 id="clash-title"></h2>
      <p id="clash-text">
        Another tab or computer has saved this set since you chose its audio.
        Keep both, or replace what is there?
      </p>
      <div class="row end">
        <button type="submit" value="">Do not save</button
        ><button type="submit" value="replace">Replace</button
        ><button type="submit" value="new" class="primary">New version</button>
      </div>
    </form>
  </dialog>`;
  document.body.append(node);
  return node;
}
