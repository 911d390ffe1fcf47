// Files from drop.js: sets go into the library and the queue, bounces find the
// set with their name, all with progress.
import { call, url } from './api.js';
import { giveAudio, isAudio, whyNot } from './audio.js';
import { decide, decided, isSame, isSaved } from './decisions.js';
import { editDraft } from './drafting.js';
import { count } from './format.js';
import { byId, html } from './html.js';
import { read } from './kept.js';
import { enqueue, loadItems, loadSets } from './load.js';
import { byName, plainName } from './pairing.js';
import {
  addLoose,
  hasAudio,
  lengthProblem,
  looseFiles,
  secondsOf,
  settle,
} from './pairs.js';
import { selectSet } from './select.js';
import { isAlone, itemOf, resting, uploading } from './standing.js';
import { state } from './state.js';

let pairing = Promise.resolve(); // the import whose bounces are being paired
const skipped = /(^|\/)(Backup|__MACOSX|Ableton Project Info|Samples)\//;

export function startImporter() {
  byId('import-close').addEventListener('click', () => {
    byId('import').hidden = true;
  });
}

const isSet = ({ file }) => /\.als$/i.test(file.name);
const isJson = ({ file }) => /\.json$/i.test(file.name);
const isArchive = ({ file }) => /\.(zip|tar|tgz|tar\.gz)$/i.test(file.name);
const captionEnd = /(\.caption)?\.txt$/i;
const isCaption = ({ file }) =>
  captionEnd.test(file.name) &&
  !/\.lyrics\.txt$/i.test(file.name) &&
  file.size < 20000;

// files: [{file, path}], path as the user knows it. All of it is for the artist
// that is open now, also if another is opened while it goes on.
export async function importAll(files) {
  const { artistId } = state;
  const given = files.filter(
    ({ path }) => !skipped.test(path) && !/(^|\/)\./.test(path),
  );
  const summaries = await readSummaries(given.filter(isJson));
  const sets = [...given.filter((f) => isSet(f) || isArchive(f)), ...summaries];
  const audio = given.filter(({ file }) => isAudio(file));
  const report = new Report(sets.length);
  const refused = new Set();
  for (const { file, path } of given) {
    const fault = await whyNot(file);
    if (!fault) continue;
    refused.add(file);
    report.fail(`${path}: ${fault}`);
  }
  const good = audio.filter(({ file }) => !refused.has(file));
  if (!sets.length && !audio.length) {
    report.fail(
      'There is no Live set and no audio among these files. Drop .als files, bounces, or a folder of both.',
    );
    return;
  }
  if (
    !sets.length &&
    files.length === 1 &&
    good.length === 1 &&
    state.selection &&
    !isAlone(state.selection.parseId) &&
    !resting()
  ) {
    await giveAudio(good[0].file, state.selection.parseId, () => {});
    report.close();
    return;
  }
  await withCaptions(good, given.filter(isCaption));
  const imported = await importSets(sets, report, artistId);
  await Promise.all([loadSets(), loadItems()]);
  const result = await pairAudio(good, artistId).catch((error) =>
    report.fail(error.message),
  );
  report.done(imported.length, result);
  if (state.artistId !== artistId) {
    const one = state.artists.find(({ id }) => id === artistId);
    if (one) report.tell(`They are ${one.name}’s, who was open at the drop.`);
  } else if (!state.selection && imported.length) await selectSet(imported[0]);
}

// The JSON files that are summaries of a set; a folder holds others. A single
// file is meant, whatever it is.
async function readSummaries(files) {
  const read = await Promise.all(
    files.map(async (one) => {
      const given = await one.file
        .text()
        .then(JSON.parse)
        .catch(() => null);
      return { ...one, given };
    }),
  );
  return read.filter(({ given }) => files.length === 1 || isSummary(given));
}

const isSummary = (given) =>
  given &&
  typeof given === 'object' &&
  !Array.isArray(given) &&
  Boolean(given.summary || given.tracks || given.tempo || given.summaryVersion);

// As in trainers' folders, the text next to a bounce is its caption.
async function withCaptions(audio, texts) {
  const stem = ({ path }, end) =>
    path.replace(end, '').normalize('NFC').toLowerCase();
  const byStem = new Map(
    texts
      .toSorted((a) => (/\.caption\.txt$/i.test(a.path) ? 1 : -1))
      .map((one) => [stem(one, captionEnd), one]),
  );
  for (const one of audio) {
    const found = byStem.get(stem(one, /\.[^./]+$/));
    const text = found && (await textOf(found.file)).trim();
    if (text) one.caption = text.replace(/\s*[\r\n]\s*/g, ' ');
  }
}

// Editors on Windows write two bytes a letter, or one.
async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [a, b] = bytes;
  const read = (form, options) =>
    new TextDecoder(form, options).decode(bytes).normalize('NFC');
  if (a === 0xff && b === 0xfe) return read('utf-16le');
  if (a === 0xfe && b === 0xff) return read('utf-16be');
  try {
    return read('utf-8', { fatal: true });
  } catch {
    return read('windows-1252');
  }
}

// Three at once: a set is small, and the server reads it in a moment. They come
// onto the queue in the order of the files, each as soon as those before it
// are read; a reload in the middle loses none, since the library has them.
async function importSets(files, report, artistId) {
  const parseIds = [];
  const left = [...files.entries()];
  const names = new Map(); // parseId -> the files that are this set
  const listed = new Set(state.items?.map(({ parseId }) => parseId)); // before
  let read = 0; // how many are, from the first on
  let queued = Promise.resolve();
  const queue = async (ids, { path }) => {
    try {
      await enqueue(
        artistId,
        ids.filter(
          (id) => !listed.has(id) && !itemOf(id) && !report.withAudio.has(id),
        ),
      );
    } catch (error) {
      report.fail(`${path}: ${error.message}`);
    }
  };
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [at, one] = next;
        parseIds[at] = await importOne(one, report, artistId).catch((error) => {
          report.fail(`${one.path}: ${error.message}`);
          return [];
        });
        for (const id of parseIds[at]) {
          names.set(id, [...(names.get(id) || []), one.path]);
        }
        for (; parseIds[read]; read++) {
          const [ids, of] = [parseIds[read], files[read]];
          queued = queued.then(() => queue(ids, of));
        }
        report.step();
      }
    }),
  );
  await queued;
  for (const same of names.values()) {
    if (same.length > 1)
      report.tell(
        `${same.toSorted().join(', ')}: these are the same set, so it is here once.`,
      );
  }
  return [...new Set(parseIds.flat())];
}

// The parseIds that a file has given.
async function importOne(one, report, artistId) {
  const { file, given } = one;
  const path = url('/api/library', {
    artistId,
    filename: file.name,
  });
  if (isArchive(one)) {
    const { sets, bounces, refused } = await call('POST', path, {
      body: file,
      headers: {
        'Content-Type': /\.zip$/i.test(file.name)
          ? 'application/zip'
          : 'application/x-tar',
      },
    });
    for (const { parseId } of bounces) report.withAudio.add(parseId);
    for (const { name, detail } of refused) {
      report.fail(`${one.path}, ${name}: ${detail}.`);
    }
    return sets.map(({ parseId }) => parseId);
  }
  if (!isJson(one)) {
    return [
      (
        await call('POST', path, {
          body: file,
          headers: { 'Content-Type': 'application/octet-stream' },
        })
      ).parseId,
    ];
  }
  if (!isSummary(given))
    throw new Error(
      'this is not the summary of a set. Drop the .als file itself.',
    );
  const summary = given.summary || given;
  const name = file.name.replace(/\.json$/i, '');
  return [
    (
      await call('POST', path, {
        body: {
          summary,
          parseId:
            given.parseId ||
            `${artistId.slice(0, 8)}-${
              plainName(name).replace(/[^a-z0-9]+/g, '-') || 'set'
            }`,
          alsFilename: given.alsFilename || `${name}.als`,
          projectName: given.projectName || summary.projectName || name,
        },
      })
    ).parseId,
  ];
}

// One import at a time: the sets of one may be those of another's bounces,
// which it finds only once they are all here.
function pairAudio(audio, artistId) {
  const mine = pairing.then(() => pairInTurn(audio, artistId));
  pairing = mine.catch(() => {}); // the caller reports it
  return mine;
}

// Bounces that wait for a set are compared with the new ones too. Earlier
// decisions about a bounce hold, so that dropping a folder again asks nothing
// again.
async function pairInTurn(audio, artistId) {
  // Then they wait, to be settled when that artist is opened again.
  const isLeft = () => state.artistId !== artistId;
  const result = { paired: 0, known: 0, doubtful: 0 };
  const known = async (one, parseId) => {
    result.known++;
    await takeCaption(one, parseId);
  };
  const fresh = [];
  for (const one of audio) {
    if (await isLoose(one)) continue;
    one.name = one.file.name;
    const parseId = await decided(one.file);
    if (isLeft()) fresh.push(one);
    else if (parseId && isAlone(parseId)) {
      if (isHere(one, parseId)) await known(one, parseId);
      else fresh.push(one);
    } else if (parseId && (await pairOne(one, parseId))) result.paired++;
    else if (parseId) await known(one, parseId);
    else fresh.push(one);
  }
  const { sure, rest } = isLeft()
    ? { sure: [], rest: fresh }
    : byName([...looseFiles(), ...fresh], state.sets || []);
  for (const { file: one, set: found } of sure) {
    const item = itemOf(found.parseId);
    if (!one.file && hasAudio(found)) continue; // it was asked about
    if (isLeft()) rest.push(one);
    else if (!one.file) {
      await settle(one, found.parseId);
      result.paired++;
    } else if (item?.audio && (await isSaved(one.file, item))) {
      await decide(one.file, found.parseId);
      await known(one, found.parseId);
    } else if (!item?.audio && (await pairOne(one, found.parseId))) {
      result.paired++;
    } else {
      // other audio than the set has: the user decides which
      rest.push(one);
    }
  }
  const loose = rest.filter(({ file }) => file);
  await addLoose(loose, artistId);
  result.doubtful = isLeft() ? loose.length : looseFiles().length;
  return result;
}

async function isLoose({ file }) {
  for (const { size, fileId } of state.loose) {
    if (size === file.size && (await isSame(file, await read('files', fileId))))
      return true;
  }
  return false;
}

// A caption that came to lie beside a bounce since, where there is none.
async function takeCaption({ caption }, parseId) {
  const has =
    state.drafted.get(parseId)?.caption || itemOf(parseId)?.promptText;
  if (caption && !has) await editDraft({ caption }, parseId);
}

// Audio that is used without a set, and was not deleted since.
const isHere = ({ file }, parseId) =>
  state.drafted.has(parseId) ||
  uploading(parseId) ||
  state.items.some((i) => isAlone(i.parseId) && i.audio?.bytes === file.size);

// False if the set has audio or is gone: then there is nothing to do.
async function pairOne({ file, caption }, parseId) {
  const found = state.sets.find((s) => s.parseId === parseId);
  if (
    !found ||
    itemOf(parseId)?.audioPath ||
    state.drafted.get(parseId)?.hasFile
  )
    return false;
  await decide(file, parseId);
  await editDraft(
    {
      file,
      ...(caption ? { caption } : {}),
      problem: lengthProblem(await secondsOf(file), found.durationSec),
    },
    parseId,
  );
  return true;
}

// The line and the bar that show an import's progress.
let shownReport = null; // a later one takes the place of an earlier

class Report {
  constructor(total) {
    shownReport = this;
    this.total = total;
    this.n = 0;
    this.withAudio = new Set(); // sets that got a bounce from an archive
    byId('import').hidden = false;
    byId('import-failed').replaceChildren();
    byId('import-bar').hidden = total < 2;
    byId('import-bar').max = total || 1;
    byId('import-bar').value = 0;
    byId('import-text').textContent = total
      ? `Reading ${count(total, 'set')}…`
      : 'Looking at the files…';
  }

  step() {
    byId('import-bar').value = ++this.n;
    byId('import-text').textContent = `${this.n}/${this.total} sets read`;
  }

  fail(text) {
    byId('import-failed').append(html`<li>${text}</li>`);
    if (!this.total) byId('import-text').textContent = '';
  }

  tell(text) {
    byId('import-failed').append(html`<li class="hint">${text}</li>`);
  }

  done(sets, { paired = 0, known = 0, doubtful = 0 } = {}) {
    byId('import-bar').hidden = true;
    const parts = [];
    if (sets) parts.push(`${count(sets, 'set')} in the library`);
    const all = paired + this.withAudio.size;
    if (all) parts.push(`${count(all, 'bounce')} paired`);
    if (known) parts.push(`${count(known, 'bounce')} here already`);
    if (doubtful) parts.push(`${count(doubtful, 'bounce')} to check below`);
    byId('import-text').textContent = parts.length
      ? `${parts.join(', ')}.`
      : '';
    if (!byId('import-failed').children.length) {
      setTimeout(() => this.close(), 6000);
    }
  }

  close() {
    if (shownReport === this) byId('import').hidden = true;
  }
}
