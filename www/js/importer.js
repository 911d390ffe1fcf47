// What is dropped on the page or chosen: sets go into the library and onto
// the queue, bounces find the set of their name, all with progress.
import { call, url } from './api.js';
import { isAudio } from './audio.js';
import { editDraft, itemOf, resting, selectSet } from './desk.js';
import { count } from './format.js';
import { byId, html } from './html.js';
import { loadSets } from './library.js';
import { enqueue } from './queue.js';
import { byName, plainName } from './pairing.js';
import { addLoose, loadAllSets, looseFiles, settle } from './pairs.js';
import { state } from './state.js';

const skipped = /(^|\/)(Backup|__MACOSX|Ableton Project Info|Samples)\//;

export function startImporter() {
  for (const id of ['sets-input', 'folder-input']) {
    const input = byId(id);
    input.addEventListener('change', () => {
      const files = [...input.files].map((file) =>
        ({ file, path: file.webkitRelativePath || file.name }));
      input.value = '';
      importAll(files);
    });
  }
  byId('import-close').addEventListener('click', () => {
    byId('import').hidden = true;
  });
  startDrop();
}

function startDrop() {
  const veil = byId('veil');
  let depth = 0;
  const show = (on) => { veil.hidden = !on; };
  const holdsFiles = (event) =>
    [...(event.dataTransfer?.types || [])].includes('Files');
  document.addEventListener('dragenter', (event) => {
    if (holdsFiles(event) && depth++ === 0) show(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (holdsFiles(event) && --depth <= 0) {
      depth = 0;
      show(false);
    }
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('droptaken', () => {
    depth = 0;
    show(false);
  });
  document.addEventListener('drop', async (event) => {
    event.preventDefault();
    depth = 0;
    show(false);
    const entries = [...event.dataTransfer.items].map((item) =>
      item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) =>
      ({ file, path: file.name }));
    importAll(entries.length ? (await Promise.all(entries.map((e) =>
      walk(e, '')))).flat() : plain);
  });
}

// A dropped file, or all files of a dropped folder.
async function walk(entry, path) {
  const here = path + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) =>
      entry.file(resolve, reject)).catch(() => null);
    return file ? [{ file, path: here }] : [];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) { // a folder is read in portions of a hundred
    const some = await new Promise((resolve) =>
      reader.readEntries(resolve, () => resolve([])));
    if (!some.length) break;
    all.push(...some);
  }
  return (await Promise.all(all.map((e) => walk(e, `${here}/`)))).flat();
}

const isSet = ({ file }) => /\.als$/i.test(file.name);
const isSummary = ({ file }) => /\.json$/i.test(file.name);

// files: [{file, path}], the path as the person knows it.
export async function importAll(files) {
  const wanted = files.filter(({ path }) => !skipped.test(path) &&
    !/(^|\/)\./.test(path));
  const sets = wanted.filter((f) => isSet(f) || isSummary(f));
  const audio = wanted.filter(({ file }) => isAudio(file));
  const report = new Report(sets.length);
  if (!state.artistId) {
    report.fail('Make an artist first: sets belong to one.');
    return;
  }
  if (!sets.length && !audio.length) {
    report.fail('There is no Live set (.als) and no audio among these files.');
    return;
  }
  if (!sets.length && audio.length === 1 && state.selection && !resting()) {
    await editDraft({ file: audio[0].file });
    report.close();
    return;
  }
  const imported = await importSets(sets, report);
  await loadSets();
  await enqueue(imported).catch((error) => report.fail(error.message));
  const result = await pairAudio(audio).catch((error) =>
    report.fail(error.message));
  report.done(imported.length, result);
  if (!state.selection && imported.length) await selectSet(imported[0]);
}

// Three at once: a set is small, and the server reads it in a moment. The
// answers keep the order of the files.
async function importSets(files, report) {
  const parseIds = [];
  const left = [...files.entries()];
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [at, { file, path }] = next;
      try {
        parseIds[at] = (await importOne(file)).parseId;
      } catch (error) {
        report.fail(`${path}: ${error.message}`);
      }
      report.step();
    }
  }));
  return parseIds.filter(Boolean);
}

async function importOne(file) {
  const path = url('/api/library', { artistId: state.artistId,
    filename: file.name });
  if (!/\.json$/i.test(file.name)) {
    return call('POST', path, { body: file,
      headers: { 'Content-Type': 'application/octet-stream' } });
  }
  const given = summaryIn(await file.text());
  const summary = given.summary || given;
  const name = file.name.replace(/\.json$/i, '');
  return call('POST', path, { body: { summary,
    parseId: given.parseId || `${state.artistId.slice(0, 8)}-${
      plainName(name).replace(/[^a-z0-9]+/g, '-') || 'set'}`,
    alsFilename: given.alsFilename || `${name}.als`,
    projectName: given.projectName || summary.projectName || name } });
}

function summaryIn(text) {
  try {
    const given = JSON.parse(text);
    if (given && typeof given === 'object') return given;
  } catch {
    // Not JSON at all: the same to a person.
  }
  throw new Error('this is no summary of a set.');
}

// Bounces that wait for a set are held against the new ones too; dropped once
// more, they are not put there twice.
async function pairAudio(audio) {
  const sets = await loadAllSets();
  const isLoose = ({ name, size }) => state.loose.some((one) =>
    one.name === name && one.size === size);
  const given = [...looseFiles(), ...audio.filter(({ file }) => !isLoose(file))
    .map(({ file }) => ({ name: file.name, file }))];
  const { sure, rest } = byName(given, sets);
  const result = { paired: 0, known: 0, doubtful: 0 };
  for (const { file: one, set } of sure) {
    const saved = itemOf(set.parseId)?.audio;
    if (one.file && saved?.bytes === one.file.size) {
      result.known++;
    } else if (saved) { // other audio than it has: a person says which
      rest.push(one);
    } else if (one.file) {
      await editDraft({ file: one.file }, set.parseId);
      result.paired++;
    } else {
      await settle(one, set.parseId);
      result.paired++;
    }
  }
  await addLoose(rest.map(({ file }) => file).filter(Boolean));
  result.doubtful = looseFiles().length;
  return result;
}

// The line and the bar that tell how an import goes.
class Report {
  constructor(total) {
    this.total = total;
    this.n = 0;
    byId('import').hidden = false;
    byId('import-failed').replaceChildren();
    byId('import-bar').hidden = total < 2;
    byId('import-bar').max = total || 1;
    byId('import-bar').value = 0;
    byId('import-text').textContent = total
      ? `Reading ${count(total, 'set')}…` : 'Looking at the files…';
  }

  step() {
    byId('import-bar').value = ++this.n;
    byId('import-text').textContent = `${this.n}/${this.total} sets read`;
  }

  fail(text) {
    byId('import-failed').append(html`<li>${text}</li>`);
    if (!this.total) byId('import-text').textContent = '';
  }

  done(sets, { paired = 0, known = 0, doubtful = 0 } = {}) {
    byId('import-bar').hidden = true;
    const parts = [];
    if (sets) parts.push(`${count(sets, 'set')} in the library`);
    if (paired) parts.push(`${count(paired, 'bounce')} paired`);
    if (known) parts.push(`${count(known, 'bounce')} here already`);
    if (doubtful) parts.push(`${count(doubtful, 'bounce')} to check below`);
    byId('import-text').textContent = parts.length ? `${parts.join(', ')}.`
      : '';
    if (!byId('import-failed').children.length) {
      setTimeout(() => this.close(), 6000);
    }
  }

  close() {
    byId('import').hidden = true;
  }
}
