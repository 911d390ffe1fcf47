// Which bounce belongs to which set: by their names, then by length and tempo.
import { length } from './format.js';

const room = { sec: 5, share: 0.05 }; // as the server's check of a saved pair
const tempoRoom = 0.6; // BPM; names round
const shortest = 3; // letters of a name that another may begin with

const endings = new RegExp(
  '[ _-]*(\\(?(master(ed)?|bounce|mix(down)?|' +
    'render|export|final|pre-?master|stereo|\\d{2,3}([.,]\\d+)? ?bpm|' +
    'v?\\d{1,2})\\)?)$',
  'i',
);

const stem = (name) => name.replace(/\.[a-z0-9]{2,4}$/i, '').normalize('NFC');
const letters = (name) =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

// A name without its extension, punctuation, and words that only say what it
// is.
export function plainName(name) {
  let plain = stem(name);
  for (
    let cut = plain.replace(endings, '');
    cut && cut !== plain;
    cut = plain.replace(endings, '')
  )
    plain = cut;
  return letters(plain);
}

// The tempo in a name: "Drive 128bpm.wav" -> 128.
export function tempoIn(name) {
  const found = name.match(/(?<![\d.,])(\d{2,3}(?:[.,]\d+)?)[ _-]?bpm/i);
  return found ? Number(found[1].replace(',', '.')) : null;
}

// files: anything with a `name`; sets as the library lists them. Sure is a
// name that one file and one set have: literally, or else without its ending.
// {sure: [{file, set}], rest: [file]}.
export function byName(files, sets) {
  const sure = [];
  const free = new Set(sets);
  let rest = files;
  for (const form of [(name) => letters(stem(name)), plainName]) {
    const ours = groups([...free], (set) => form(nameOf(set)));
    for (const [name, same] of groups(rest, (file) => form(file.name))) {
      const [set, other] = ours.get(name) || [];
      if (!name || !set || other || same.length > 1) continue;
      sure.push({ file: same[0], set });
      free.delete(set);
    }
    const found = new Set(sure.map(({ file }) => file));
    rest = rest.filter((file) => !found.has(file));
  }
  return { sure, rest };
}

// files: {name, seconds (null: unknown)}. The likeliest pairs, each file and
// set once, likeliest first: [{file, set, reason}], the reason in words.
export function byLikeness(files, sets) {
  const named = sets.map((set) => ({ set, plain: plainName(nameOf(set)) }));
  const all = files
    .flatMap((file) => {
      const one = {
        file,
        plain: plainName(file.name),
        bpm: tempoIn(file.name),
      };
      return named.map((other) => likeness(one, other)).filter(Boolean);
    })
    .sort((a, b) => a.cost - b.cost);
  const taken = new Set();
  return all.filter(({ file, set }) => {
    if (taken.has(file) || taken.has(set)) return false;
    taken.add(file).add(set);
    return true;
  });
}

// Nothing if they have nothing in common, or if a tempo or a length
// contradicts; a similar name counts even then, and says what differs.
function likeness({ file, plain, bpm }, { set, plain: setPlain }) {
  const name = nameLikeness(plain, setPlain);
  const tempo =
    bpm && set.tempo ? Math.abs(bpm - set.tempo) <= tempoRoom : null;
  const both = file.seconds && set.durationSec;
  const apart = both
    ? Math.abs(file.seconds - set.durationSec) /
      Math.max(room.sec, room.share * set.durationSec)
    : 1;
  const against = tempo === false || (both && apart > 1);
  if (!name && (against || (!tempo && !both))) return null;
  const reason = [
    name,
    both &&
      `${length(file.seconds)}, the set is ${length(set.durationSec)} long`,
    tempo && `${bpm} BPM like the set`,
    tempo === false &&
      `${bpm} BPM in its name, ${Math.round(set.tempo)} in the set`,
  ]
    .filter(Boolean)
    .join('; ');
  return {
    file,
    set,
    reason,
    cost: apart - (name ? 4 : 0) - (tempo ? 1 : 0) + (against ? 2 : 0),
  };
}

function nameLikeness(file, set) {
  if (file && file === set) return 'other bounces match too';
  return file.length >= shortest &&
    set.length >= shortest &&
    (file.startsWith(set) || set.startsWith(file))
    ? 'a similar name'
    : '';
}

const nameOf = (set) => set.alsFilename || set.projectName || '';

function groups(list, keyOf) {
  const found = new Map();
  for (const one of list) {
    const key = keyOf(one);
    if (found.has(key)) found.get(key).push(one);
    else found.set(key, [one]);
  }
  return found;
}
