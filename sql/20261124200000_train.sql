-- Trainmode's tables. Forward only: never edit this file after a release, add
-- another one. The applier runs each file in one transaction.

-- What the plan takes for granted is made only where it is missing: an
-- existing Supabase project has its own.
CREATE TABLE IF NOT EXISTS artists (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS artist_profiles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid NOT NULL UNIQUE REFERENCES artists(id) ON DELETE CASCADE,
  master_schema jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS als_summaries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid REFERENCES artists(id) ON DELETE CASCADE,
  parse_id text NOT NULL UNIQUE,
  als_filename text,
  project_name text,
  summary jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What we use beyond the least that such a project must have.
ALTER TABLE artists
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE artist_profiles
  ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE als_summaries
  ADD COLUMN IF NOT EXISTS als_filename text,
  ADD COLUMN IF NOT EXISTS project_name text,
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();

CREATE INDEX IF NOT EXISTS idx_als_summaries_artist_created
  ON als_summaries(artist_id, created_at DESC, id DESC);

-- The plan's table to the letter; ours come after its columns.
CREATE TABLE training_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid REFERENCES artists(id) ON DELETE CASCADE,
  als_summary_id uuid REFERENCES als_summaries(id) ON DELETE SET NULL,

  -- Denormalized for easier querying (avoids joins)
  parse_id text NOT NULL,
  als_filename text,
  project_name text,

  -- File paths in Storage
  audio_path text,           -- artists/{slug}/training/{id}/audio.mp3
  prompt_path text,          -- artists/{slug}/training/{id}/prompt.txt
  prompt_text text,          -- Cached for UI display

  -- Status workflow
  status text DEFAULT 'needs_audio'
    CHECK (status IS NOT NULL AND
           status IN ('needs_audio', 'needs_prompt', 'ready', 'exported',
                      'failed')),

  -- Prompt provenance (for reproducibility)
  system_prompt_version text,  -- e.g., "train-v1"
  model_name text,             -- e.g., "gpt-4o-mini"
  generated_at timestamptz,

  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(),

  audio_format text,
  audio_bytes bigint,
  audio_sha256 text,
  audio_duration_sec double precision,
  audio_sample_rate integer,
  audio_channels integer,
  audio_bitrate integer,
  analysis_state text CHECK (analysis_state IN ('pending', 'done', 'failed')),
  analysis jsonb,
  analysis_lease timestamptz,
  checks jsonb,
  generation_id uuid,
  prompt_edited boolean NOT NULL DEFAULT false,
  fields jsonb,
  error text,
  content_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A row never promises what is not there.
  CONSTRAINT training_items_whole CHECK (
    status NOT IN ('ready', 'exported') OR
    (audio_path IS NOT NULL AND prompt_text IS NOT NULL)),
  CONSTRAINT training_items_waits CHECK (
    (status <> 'needs_prompt' OR
      (audio_path IS NOT NULL AND prompt_text IS NULL)) AND
    (status <> 'needs_audio' OR audio_path IS NULL))
);

COMMENT ON COLUMN training_items.audio_format IS 'mp3, wav, flac, aiff or ogg, by the file''s content';
COMMENT ON COLUMN training_items.audio_bytes IS 'size of the audio object';
COMMENT ON COLUMN training_items.audio_sha256 IS 'of the audio object, lower-case hexadecimal';
COMMENT ON COLUMN training_items.audio_duration_sec IS 'from the frames, not from a header';
COMMENT ON COLUMN training_items.audio_sample_rate IS 'Hz';
COMMENT ON COLUMN training_items.audio_channels IS 'count';
COMMENT ON COLUMN training_items.audio_bitrate IS 'bit/s, the mean';
COMMENT ON COLUMN training_items.analysis_state IS 'pending, done or failed; null without audio';
COMMENT ON COLUMN training_items.analysis IS 'loudness, peaks, tempo, fingerprint, ...';
COMMENT ON COLUMN training_items.analysis_lease IS 'until when a worker has taken the item';
COMMENT ON COLUMN training_items.checks IS 'array of {code, level, detail}';
COMMENT ON COLUMN training_items.generation_id IS 'the prompt_generations row that the caption began as';
COMMENT ON COLUMN training_items.prompt_edited IS 'whether a person changed what the model wrote';
COMMENT ON COLUMN training_items.fields IS 'the caption''s parts: description, genre, moods, instruments, keywords, bpm, key';
COMMENT ON COLUMN training_items.content_at IS 'when audio or caption changed last: an export takes nothing that changed under it';
COMMENT ON COLUMN training_items.error IS 'why status is failed, in a sentence';

CREATE INDEX idx_training_items_artist_status ON training_items(artist_id, status);
CREATE INDEX idx_training_items_artist_created
  ON training_items(artist_id, created_at DESC, id DESC);
CREATE INDEX idx_training_items_artist_sha
  ON training_items(artist_id, audio_sha256);
CREATE INDEX idx_training_items_analysis
  ON training_items(created_at) WHERE analysis_state = 'pending';
CREATE INDEX idx_training_items_audio_path ON training_items(audio_path);
CREATE INDEX idx_training_items_prompt_path ON training_items(prompt_path);

-- Which status may follow which; docs/database.md has the table.
CREATE FUNCTION training_items_transition() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  IF (NEW.prompt_text, NEW.audio_sha256) IS DISTINCT FROM
     (OLD.prompt_text, OLD.audio_sha256) THEN
    NEW.content_at := clock_timestamp();
  END IF;
  IF NEW.status IS DISTINCT FROM OLD.status AND NOT (
    (OLD.status, NEW.status) IN (
      ('needs_audio', 'needs_prompt'), ('needs_audio', 'ready'),
      ('needs_prompt', 'ready'), ('needs_prompt', 'needs_audio'),
      ('ready', 'exported'), ('ready', 'needs_prompt'),
      ('ready', 'needs_audio'),
      ('exported', 'ready'), ('exported', 'needs_prompt'),
      ('exported', 'needs_audio'),
      ('failed', 'needs_audio'), ('failed', 'needs_prompt'),
      ('failed', 'ready'))
    OR NEW.status = 'failed') THEN
    RAISE EXCEPTION 'a training item cannot go from % to %',
      OLD.status, NEW.status;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER training_items_transition BEFORE UPDATE ON training_items
  FOR EACH ROW EXECUTE FUNCTION training_items_transition();

CREATE TABLE prompt_generations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid REFERENCES artists(id) ON DELETE CASCADE,
  parse_id text NOT NULL,
  instructions text,
  schema_hash text,
  summary_hash text,
  system_prompt_version text NOT NULL,
  model_name text NOT NULL,
  params jsonb,
  prompt text,
  fields jsonb,
  warnings jsonb,
  error text,
  tokens_in integer,
  tokens_out integer,
  ms integer,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_prompt_generations_set
  ON prompt_generations(artist_id, parse_id, created_at DESC, id DESC);

CREATE TABLE training_datasets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid REFERENCES artists(id) ON DELETE CASCADE,
  layout text NOT NULL,
  path text NOT NULL UNIQUE,
  item_count integer NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  manifest jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_training_datasets_artist
  ON training_datasets(artist_id, created_at DESC, id DESC);

-- One export of an artist at a time, over all nodes, without a connection
-- held meanwhile. A claim whose heartbeat is a minute old is nobody's.
CREATE TABLE export_claims (
  artist_id uuid PRIMARY KEY REFERENCES artists(id) ON DELETE CASCADE,
  claim uuid NOT NULL DEFAULT gen_random_uuid(),
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  beat_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE idempotency_keys (
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  key text NOT NULL,
  request_hash text NOT NULL,
  item_id uuid NOT NULL REFERENCES training_items(id) ON DELETE CASCADE
    DEFERRABLE INITIALLY DEFERRED,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (artist_id, key)
);

-- Where an API serves this schema to browsers (Supabase), these tables are not
-- for it: no policy lets anyone in but their owner, which is who we are.
ALTER TABLE training_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompt_generations ENABLE ROW LEVEL SECURITY;
ALTER TABLE training_datasets ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
