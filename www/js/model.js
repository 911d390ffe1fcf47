// Connect a model: its address, its name, and one caption as a test before it
// is stored. The key goes in and never comes back.
import { call } from './api.js';
import { tryIn } from './dialogs.js';
import { count } from './format.js';
import { focusFrom, html, say } from './html.js';
import { announce, notice } from './notices.js';
import { set, state } from './state.js';

const at = (id) => dialog.querySelector(`#model-${id}`);
let dialog = null;

export async function openModel() {
  dialog ??= build();
  say(at('error'), '');
  say(at('said'), '');
  fix(true); // until it is known what is set, which comes over what is typed
  if (!dialog.open) dialog.showModal();
  const from = document.activeElement;
  try {
    show(await call('GET', '/api/settings/model'));
    focusFrom(from, at('url'));
  } catch (error) {
    say(at('error'), error.message);
  }
}

function build() {
  const node = html`<dialog class="wide" aria-labelledby="model-title">
    <form method="dialog" @submit=${keep}>
      <h2 id="model-title">Connect a model</h2>
      <p class="hint">
        Any server that speaks chat completions: one on this machine (Ollama,
        llama.cpp, vLLM) costs nothing and sends nothing away; one elsewhere
        needs https and mostly a key. It gets the master schema and what the set
        says; audio only if it hears and you agree, once for each artist.
      </p>
      <label for="model-url">Address</label>
      <input
        id="model-url"
        required
        autocomplete="off"
        spellcheck="false"
        placeholder="http://127.0.0.1:11434/v1"
        @change=${look}
      />
      <label for="model-name">Model</label>
      <input
        id="model-name"
        required
        maxlength="200"
        autocomplete="off"
        spellcheck="false"
        list="model-names"
      />
      <datalist id="model-names"></datalist>
      <label for="model-key">Key</label>
      <input
        id="model-key"
        type="password"
        maxlength="500"
        autocomplete="off"
        aria-describedby="model-has-key"
      />
      <p id="model-has-key" class="hint"></p>
      <p id="model-said" class="note" role="status" hidden></p>
      <p id="model-error" class="error" role="alert" hidden></p>
      <div class="row end">
        <button
          type="button"
          id="model-off"
          class="quiet"
          @click=${disconnect}
          hidden
        >
          Disconnect</button
        ><span class="grow"></span>
        <button type="button" @click=${() => dialog.close()}>Cancel</button>
        <button type="button" id="model-try" @click=${attempt}>Try it</button>
        <button type="submit" class="primary" id="model-save">Connect</button>
      </div>
    </form>
  </dialog>`;
  document.body.append(node);
  return node;
}

// If settings given at the server's start override these, nothing can be
// changed here.
function fix(fixed) {
  for (const id of ['url', 'name', 'key', 'try', 'save'])
    at(id).disabled = fixed;
}

function show({ url, model, hasKey, source }) {
  const fixed = source === 'settings';
  at('url').value = url || '';
  at('name').value = model || '';
  at('key').value = '';
  at('has-key').textContent = fixed
    ? 'OPENAI_BASE_URL or OPENAI_API_KEY is set where this server is started; ' +
      'change it there.'
    : hasKey
      ? 'A key is kept for this address; leave it empty to keep it.'
      : 'Leave it empty if the server needs none.';
  at('off').hidden = source !== 'page';
  fix(fixed);
  set({
    health: {
      ...state.health,
      model: source === 'none' ? 'template' : 'connected',
    },
  });
}

// A key that is not typed is the one that is kept, if any.
const given = (more) => ({
  url: at('url').value.trim(),
  ...more,
  ...(at('key').value ? { key: at('key').value.trim() } : {}),
});

// Which models there are, as soon as the address is known.
async function look() {
  say(at('error'), '');
  try {
    const { models } = await call('POST', '/api/settings/model/try', {
      body: given(),
    });
    at('names').replaceChildren(
      ...models.map((name) => html`<option value=${name}></option>`),
    );
    if (models.length && !at('name').value) at('name').value = models[0];
    say(
      at('said'),
      models.length
        ? `${count(models.length, 'model')} found.`
        : 'The server is there; it does not list its models.',
    );
  } catch (error) {
    say(at('said'), '');
    say(at('error'), error.message);
  }
}

async function attempt() {
  if (!at('url').reportValidity() || !at('name').reportValidity()) return;
  say(at('said'), 'One caption of a small set is being written…');
  const done = await tryIn(at('try'), at('error'), async () => {
    const { prompt, tokensIn, tokensOut, ms, cost } = await call(
      'POST',
      '/api/settings/model/try',
      { body: given({ model: at('name').value.trim() }) },
    );
    const price = cost == null ? '' : `, ${cost.toFixed(4)}`;
    say(
      at('said'),
      `“${prompt}” — ${(ms / 1000).toFixed(1)} s, ${
        tokensIn + tokensOut
      } tokens${price}.`,
    );
  });
  if (!done) say(at('said'), '');
}

async function put(body, text) {
  const done = await tryIn(at('save'), at('error'), async () =>
    show(await call('PUT', '/api/settings/model', { body })),
  );
  if (!done) return;
  dialog.close();
  notice(text);
  announce(text);
}

function keep(event) {
  event.preventDefault();
  put(
    given({ model: at('name').value.trim() }),
    'The model is connected. It writes from the next caption on.',
  );
}

function disconnect() {
  put(
    { url: null },
    'The model is disconnected. The built-in template writes again.',
  );
}
