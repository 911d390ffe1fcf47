// What the page calls the checks of audio, by their codes.
const labels = {
  another_set: 'fits another set',
  clipped: 'clipped',
  converted: 'not MP3',
  damaged: 'damaged',
  decodes_short: 'breaks off',
  failed: 'cannot be used',
  key_differs: 'another key than the set',
  length_differs: 'another length than the set',
  low_sample_rate: 'low sample rate',
  mono: 'mono',
  mostly_silent: 'mostly silent',
  not_whole: 'only partly analyzed',
  older_version: 'an older version',
  part_of_set: 'a part of the set',
  same_audio: 'same file as another track',
  silent_ends: 'silence at an end',
  similar_audio: 'sounds like another track',
  surround: 'more than two channels',
  tempo_differs: 'another tempo than the set',
  too_short: 'too short',
};

export const problemLabel = (code) => labels[code] || code.replaceAll('_', ' '); // of a newer server
