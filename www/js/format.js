// Numbers and names as a musician reads them.

export function bytes(n) {
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${Math.round(n / 1e3)} kB`;
  if (n < 1e9) return `${(n / 1e6).toFixed(1)} MB`;
  return `${(n / 1e9).toFixed(2)} GB`;
}

// 200 -> "3:20"
export function length(seconds) {
  const all = Math.round(seconds);
  const h = Math.floor(all / 3600);
  const m = Math.floor(all / 60) % 60;
  const s = String(all % 60).padStart(2, '0');
  return h ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

export function tempo(bpm) {
  return `${Math.round(bpm * 100) / 100} BPM`;
}

export function when(time) {
  return new Date(time).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}

export function count(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}

// Names as a person sorts them: "Track 2" before "Track 10".
export const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export function words(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

// The user's name for a set or an item: the project's name, else the file's.
export function nameOf(thing) {
  return (
    thing.projectName ||
    (thing.alsFilename || '').replace(/\.als$/i, '') ||
    thing.parseId
  );
}
