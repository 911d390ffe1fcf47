-- Audio that was sent to be matched and waits a day for its save.
CREATE TABLE training_uploads (
  id uuid PRIMARY KEY,
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  path text NOT NULL UNIQUE,
  sha256 text NOT NULL,
  analysis jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE training_uploads IS 'audio that waits a day for its save';
COMMENT ON COLUMN training_uploads.path IS 'artists/{slug}/incoming/{id}';
COMMENT ON COLUMN training_uploads.sha256 IS 'of the object, lower-case hexadecimal';
COMMENT ON COLUMN training_uploads.analysis IS 'as trainmode-analyze wrote it, with sound';

CREATE INDEX idx_training_uploads_created ON training_uploads(created_at);
CREATE INDEX idx_training_uploads_sha ON training_uploads(artist_id, sha256);

ALTER TABLE training_uploads ENABLE ROW LEVEL SECURITY;
