// What the set says of itself, in a musician's words.
import { length, tempo } from './format.js';

// The short facts; the library's row knows some before the summary is here.
export function factsOf(listed, summary) {
  const meter = summary.meter?.main;
  const bpm = listed.tempo ?? summary.tempo?.bpm;
  const sec = listed.durationSec ?? summary.length?.sec;
  const live = listed.liveVersion ?? summary.live?.version;
  return [bpm && tempo(bpm), listed.key ?? summary.key?.text, meter,
    sec && length(sec), live && `Live ${live}`].filter(Boolean);
}

// What plays which part: [['bass', 'Operator'], ...], in the set's order;
// tracks that are silent do not count.
export function partsOf({ tracks = [] }) {
  const parts = new Map();
  for (const { audible, role, name, instrument } of tracks) {
    if (audible === false || !role) continue;
    if (!parts.has(role)) parts.set(role, new Set());
    const plays = instrument?.preset || instrument?.name || name;
    if (plays) parts.get(role).add(plays);
  }
  return [...parts].map(([role, names]) =>
    [role, [...names].slice(0, 4).join(', ')]);
}

// Where the set's sections lie in a track of so many seconds: [{name, from,
// to}], in seconds.
export function sectionsOf({ sections = [] }, seconds) {
  const inside = sections.filter(({ startSec }) => startSec < seconds);
  return inside.map((s, i) => ({ name: nameOfSection(s, i),
    from: s.startSec,
    to: Math.min(inside[i + 1]?.startSec ?? seconds, seconds) }));
}

const nameOfSection = ({ name, label }, i) =>
  name?.trim() || label || `Section ${i + 1}`;
