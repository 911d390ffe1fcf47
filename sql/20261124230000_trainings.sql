-- What was sent to a training service, and how it went there.
CREATE TABLE trainings (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  dataset_id uuid REFERENCES training_datasets(id) ON DELETE SET NULL,
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  replicate_id text UNIQUE,
  destination text NOT NULL,
  version text NOT NULL,
  input jsonb NOT NULL,
  status text NOT NULL DEFAULT 'creating'
    CHECK (status IN ('creating', 'starting', 'processing', 'succeeded',
                      'failed', 'canceled')),
  error text,
  logs text,
  output jsonb,
  polled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE trainings IS 'a training of a dataset at Replicate';
COMMENT ON COLUMN trainings.dataset_id IS 'what it trains on; null once the dataset is gone';
COMMENT ON COLUMN trainings.artist_id IS 'whose it is';
COMMENT ON COLUMN trainings.replicate_id IS 'Replicate''s own id; null until Replicate has answered';
COMMENT ON COLUMN trainings.destination IS 'owner/name of the model that gets the new version';
COMMENT ON COLUMN trainings.version IS 'the trainer: owner/name:version';
COMMENT ON COLUMN trainings.input IS 'what the trainer was given, but for dataset_path: that link is a key';
COMMENT ON COLUMN trainings.status IS 'creating until Replicate has answered, then Replicate''s own word';
COMMENT ON COLUMN trainings.error IS 'why it failed, in Replicate''s words or ours';
COMMENT ON COLUMN trainings.logs IS 'the end of the trainer''s log';
COMMENT ON COLUMN trainings.output IS 'of a training that succeeded: version, weights';
COMMENT ON COLUMN trainings.polled_at IS 'when Replicate was last asked, so that many readers ask it once';
COMMENT ON COLUMN trainings.created_at IS 'when it was sent';
COMMENT ON COLUMN trainings.updated_at IS 'when its state was last heard of';

CREATE INDEX idx_trainings_artist
  ON trainings(artist_id, created_at DESC, id DESC);
CREATE INDEX idx_trainings_dataset ON trainings(dataset_id);

ALTER TABLE trainings ENABLE ROW LEVEL SECURITY;
