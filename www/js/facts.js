// What the set says about itself, in a musician's words.
import { length, tempo } from './format.js';

// Anybody may have written a summary: a member in another form than ours is
// ignored.
const text = (value) => (typeof value === 'string' ? value : undefined);
const number = (value) => (Number.isFinite(value) ? value : undefined);
const things = (value) =>
  Array.isArray(value)
    ? value.filter((one) => one && typeof one === 'object')
    : [];

// The short facts, as the server reads them from any summary; the library's
// row knows some before they are here.
export function factsOf(listed, { facts } = {}) {
  const bpm = number(listed.tempo ?? facts?.tempo?.bpm);
  const sec = number(listed.durationSec ?? facts?.durationSec);
  const live = text(listed.liveVersion);
  return [
    bpm && tempo(bpm),
    text(listed.key),
    text(facts?.meter),
    sec && length(sec),
    live && `Live ${live}`,
  ].filter(Boolean);
}

// What was measured in audio that has no set, if it was: {tempo, key}.
export function measuredOf(item, draft) {
  if (!item) return draft?.measured || {};
  return item.alsSummaryId
    ? {}
    : { tempo: item.measured?.tempo, key: item.alignment?.key?.text };
}

export const guessesOf = ({ tempo: heard, key }) =>
  [heard && `about ${tempo(Math.round(heard.bpm))}`, key].filter(Boolean);

// What plays which part: [['bass', 'Operator'], ...], in the set's order;
// tracks that are silent do not count.
export function partsOf(summary) {
  const parts = new Map();
  for (const { audible, role, name, instrument } of things(summary?.tracks)) {
    if (audible === false || !text(role)) continue;
    if (!parts.has(role)) parts.set(role, new Set());
    const plays =
      text(instrument?.preset) || text(instrument?.name) || text(name);
    if (plays) parts.get(role).add(plays);
  }
  return [...parts].map(([role, names]) => [
    role,
    [...names].slice(0, 4).join(', '),
  ]);
}

// The places of the set's sections in a track of this length: [{name, from,
// to}], in seconds.
export function sectionsOf(summary, seconds) {
  const inside = things(summary?.sections).filter(
    ({ startSec }) => number(startSec) < seconds,
  );
  return inside.map((s, i) => ({
    name: nameOfSection(s, i),
    from: s.startSec,
    to: Math.min(inside[i + 1]?.startSec ?? seconds, seconds),
  }));
}

const nameOfSection = ({ name, label }, i) =>
  text(name)?.trim() || text(label) || `Section ${i + 1}`;
