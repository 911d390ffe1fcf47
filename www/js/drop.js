// Files that are dropped anywhere on the page, or chosen: taken from the first
// moment on, and handed to importer.js once it is known whose they are.
import { askArtist } from './artists.js';
import { byId } from './html.js';
import { work } from './late.js';
import { state, watch } from './state.js';

const early = []; // files that came before it was known whose they are

export function startDrop() {
  for (const id of ['sets-input', 'folder-input']) {
    const input = byId(id);
    input.addEventListener('change', () => {
      const files = [...input.files].map((file) => ({
        file,
        path: file.webkitRelativePath || file.name,
      }));
      input.value = '';
      take(files);
    });
  }
  listen();
  watch(['artists', 'artistId'], () => {
    if (early.length && (state.artistId || noArtist())) take(early.splice(0));
  });
}

// There is none, rather than that the page is still opening one.
const noArtist = () => state.artists?.length === 0;

// files: [{file, path}], the path as the user knows it.
async function take(files) {
  if (state.artistId) {
    if (!(await work())) return;
    const { importAll } = await import('./importer.js');
    await importAll(files);
  } else if (noArtist()) {
    askArtist(() => take(files));
  } else {
    early.push(...files);
  }
}

function listen() {
  const veil = byId('veil');
  let depth = 0;
  const show = (on) => {
    veil.hidden = !on;
  };
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
    const entries = [...event.dataTransfer.items]
      .map((item) => item.webkitGetAsEntry?.())
      .filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => ({
      file,
      path: file.name,
    }));
    take(
      entries.length
        ? (await Promise.all(entries.map((e) => walk(e, '')))).flat()
        : plain,
    );
  });
}

// A dropped file, or all files of a dropped folder.
async function walk(entry, path) {
  const here = path + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) =>
      entry.file(resolve, reject),
    ).catch(() => null);
    return file ? [{ file, path: here }] : [];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    // a folder is read in portions of a hundred
    const some = await new Promise((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (!some.length) break;
    all.push(...some);
  }
  return (await Promise.all(all.map((e) => walk(e, `${here}/`)))).flat();
}
