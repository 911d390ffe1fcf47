// A dataset trained at Replicate: start it, or copy the call if this server has
// no account; then the progress of each training, and a way to cancel it.
import { call } from './api.js';
import { ask } from './dialogs.js';
import { when } from './format.js';
import { byId, copyField, html, keyed, say } from './html.js';
import { announce } from './notices.js';
import { recall, remember, set, state, watch } from './state.js';

const READ = ['replicate', 'plan']; // layouts that its trainer reads
const RUNS = ['creating', 'starting', 'processing'];
const EVERY_MS = 4000;

let offered = null; // the dataset's id
let timer;
const canceling = new Set(); // ids; Replicate may take a moment to end one
let failed = ''; // why one could not be canceled; others' news do not end it

let started = false;

export function startTraining() {
  if (started) return;
  started = true;
  byId('training-form').addEventListener('submit', start);
  byId('training-copy').addEventListener('click', copy);
  byId('training-call').addEventListener('focus', (e) => e.target.select());
  watch(['artistId'], () => {
    failed = '';
    set({ trainings: null });
    look();
  });
  watch(['trainings'], render);
}

// Below a dataset's URL.
export function offerTraining(datasetId, layout) {
  startTraining();
  offered = datasetId;
  byId('training').hidden = !READ.includes(layout);
  byId('training-by-hand').hidden = true;
  say(byId('training-error'), '');
  const field = byId('training-destination');
  field.value ||= recall('destination') || '';
}

async function start(event) {
  event.preventDefault();
  const destination = byId('training-destination').value.trim();
  remember('destination', destination);
  say(byId('training-error'), '');
  byId('training-by-hand').hidden = true;
  // Its trainer's page: 8 A100 at $0.0112 a second; README: 3 epochs, 15 min.
  if (
    !(await ask(
      'Start this training?',
      'Replicate charges the account of ' +
        'this server by the second: about 10 dollars as a rule, more for a large ' +
        'dataset. The trainer’s page there has today’s price.',
      'Start training',
    ))
  )
    return;
  byId('training-start').disabled = true;
  try {
    await call('POST', `/api/train/datasets/${offered}/training`, {
      body: { destination },
    });
    announce('The training is started.');
    byId('trainings').open = true;
  } catch (error) {
    if (error.problem?.call) byHand(error.problem.call);
    say(byId('training-error'), error.message);
  } finally {
    byId('training-start').disabled = false;
    look();
  }
}

// For a shell, in which single quotes keep all but themselves; the token alone
// is the shell's to fill in.
function byHand({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const header = (text) =>
    `-H ${text.includes('$') ? `"${text}"` : quote(text)}`;
  byId('training-call').value = [
    `curl -X ${method} ${quote(url)}`,
    ...headers.map(header),
    `-d ${quote(JSON.stringify(body))}`,
  ].join(' \\\n  ');
  byId('training-by-hand').hidden = false;
}

async function copy() {
  await copyField(byId('training-call'));
  announce('The command is copied.');
}

const runs = ({ status }) => RUNS.includes(status);

// Again while one runs.
async function look() {
  clearTimeout(timer);
  const { artistId } = state;
  if (!artistId) return;
  try {
    const { trainings, refreshError } = await call(
      'GET',
      '/api/train/trainings',
      { query: { artistId } },
    );
    if (state.artistId !== artistId) return;
    set({ trainings });
    if (!trainings.some(runs)) failed = '';
    say(byId('trainings-error'), failed || refreshError);
  } catch (error) {
    say(byId('trainings-error'), failed || error.message);
  }
  clearTimeout(timer);
  if (state.trainings?.some(runs)) timer = setTimeout(look, EVERY_MS);
}

// The training stays listed until Replicate says that it has ended.
async function cancel({ id, destination }) {
  const sure = await ask(
    'Cancel this training?',
    `${destination} keeps the ` +
      'version it has. Replicate charges for the time so far.',
    'Cancel training',
  );
  if (!sure || canceling.has(id)) return;
  canceling.add(id);
  failed = '';
  say(byId('trainings-error'), '');
  render();
  try {
    await call('POST', `/api/train/trainings/${id}/cancel`);
    announce('The training is being canceled.');
    await look();
  } catch (error) {
    canceling.delete(id);
    failed = error.message;
    await look();
  }
}

function render() {
  const list = state.trainings || [];
  byId('trainings').hidden = !list.length;
  byId('trainings-count').textContent = list.length ? `(${list.length})` : '';
  keyed(
    byId('trainings-list'),
    list,
    (t) => t.id,
    (t) =>
      html`<li>
        <span class="pick"
          ><span class="name"></span><span class="sub"></span
          ><span class="sub why"></span></span
        ><button type="button" class="quiet" @click=${() => cancel(t)}></button
        ><a class="quiet" target="_blank" rel="noreferrer" hidden>Replicate</a>
      </li>`,
    dress,
  );
}

function dress(node, t) {
  const link = node.querySelector('a');
  node.querySelector('.name').textContent = t.destination;
  node.querySelector('.sub').textContent = `${t.status} · ${when(t.createdAt)}`;
  say(node.querySelector('.why'), t.error || lastLine(t.logs));
  const button = node.querySelector('button');
  const waits = runs(t) && canceling.has(t.id);
  button.hidden = !runs(t) || !t.replicateId;
  button.disabled = waits;
  button.textContent = waits ? 'Canceling…' : 'Cancel';
  if (waits) button.removeAttribute('aria-label');
  else button.setAttribute('aria-label', `Cancel training of ${t.destination}`);
  link.hidden = !t.replicateId;
  if (t.replicateId) link.href = `https://replicate.com/p/${t.replicateId}`;
}

const lastLine = (logs) =>
  (logs || '')
    .trimEnd()
    .split(/[\r\n]/)
    .at(-1);
