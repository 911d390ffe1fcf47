// Which bounce belongs to which set, by their names.

const endings = new RegExp('[ _-]*(\\(?(master(ed)?|bounce|mix(down)?|' +
  'render|export|final|pre-?master|stereo|v?\\d{1,2})\\)?)$', 'i');

// A name without its ending, marks, and words that only say what it is.
export function plainName(name) {
  let plain = name.replace(/\.[a-z0-9]{2,4}$/i, '').normalize('NFC');
  for (let cut = plain.replace(endings, ''); cut && cut !== plain;
    cut = plain.replace(endings, '')) plain = cut;
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

// files: [{file, path}]; sets as the library lists them. Each set gets at
// most one file: the same name first, then a name that begins with the
// other, which is said to be doubtful.
export function pairUp(files, sets) {
  const pairs = [];
  const free = new Set(sets);
  const left = [];
  const take = (file, set, doubt) => {
    free.delete(set);
    pairs.push({ file, set, doubt });
  };
  const nameOf = (set) => plainName(set.alsFilename || set.projectName || '');
  for (const file of files) {
    const name = plainName(file.file.name);
    const same = [...free].filter((set) => nameOf(set) === name);
    if (same.length) {
      take(file, same[0], same.length > 1
        ? 'Several sets have this name. Is it the right one?' : null);
    } else {
      left.push(file);
    }
  }
  const alone = left.filter((file) => {
    const name = plainName(file.file.name);
    const near = [...free].find((set) => nameOf(set) && name &&
      (name.startsWith(nameOf(set)) || nameOf(set).startsWith(name)));
    if (near) {
      take(file, near, `“${file.file.name}” was paired by a similar name. ` +
        'Listen whether it is this set.');
    }
    return !near;
  });
  return { pairs, alone };
}
