-- A track in pieces of some seconds, each with a caption of what sounds in it.
-- All windows of an item are written together; they are of the audio that
-- audio_sha256 names and go when it is replaced.
CREATE TABLE training_windows (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  item_id uuid NOT NULL REFERENCES training_items(id) ON DELETE CASCADE,
  position integer NOT NULL CHECK (position >= 0),
  start_sec double precision NOT NULL CHECK (start_sec >= 0),
  end_sec double precision NOT NULL CHECK (end_sec > start_sec),
  start_bar double precision,
  bars double precision CHECK (bars > 0),
  section text,
  sounds jsonb NOT NULL DEFAULT '[]',
  known boolean NOT NULL DEFAULT false,
  prompt_text text,
  fields jsonb,
  warnings jsonb NOT NULL DEFAULT '[]',
  source text NOT NULL
    CHECK (source IN ('embedded', 'model', 'person')),
  edited boolean NOT NULL DEFAULT false,
  excluded boolean NOT NULL DEFAULT false,
  audio_sha256 text,
  system_prompt_version text,
  model_name text,
  generation_id uuid,
  generated_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (item_id, position)
);

COMMENT ON TABLE training_windows IS 'pieces of a track, each with its own caption';
COMMENT ON COLUMN training_windows.position IS 'from 0, in the order of the track';
COMMENT ON COLUMN training_windows.start_sec IS 'in the audio';
COMMENT ON COLUMN training_windows.end_sec IS 'in the audio, not included';
COMMENT ON COLUMN training_windows.start_bar IS 'of the set, counted from 1; null where the audio is not aligned';
COMMENT ON COLUMN training_windows.bars IS 'null where the audio is not aligned';
COMMENT ON COLUMN training_windows.section IS 'label of the section that most of it lies in';
COMMENT ON COLUMN training_windows.sounds IS 'names of what sounds in it, the most present first';
COMMENT ON COLUMN training_windows.known IS 'whether sounds is of this very window, or nothing is known of it alone';
COMMENT ON COLUMN training_windows.fields IS 'as in training_items';
COMMENT ON COLUMN training_windows.warnings IS 'array of {field, said, set}, and of what audio contradicts';
COMMENT ON COLUMN training_windows.source IS 'who wrote the caption first: embedded, model, person';
COMMENT ON COLUMN training_windows.edited IS 'whether a person changed the caption';
COMMENT ON COLUMN training_windows.excluded IS 'left out of datasets';

CREATE INDEX idx_training_windows_artist ON training_windows(artist_id);

ALTER TABLE training_windows ENABLE ROW LEVEL SECURITY;
