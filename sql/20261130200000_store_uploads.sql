-- Resumable uploads that are under way, by the storage's own name for them.
-- One whose program was killed is taken back by the sweeper.
CREATE TABLE store_uploads (
  name text PRIMARY KEY,
  path text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now(),
  due timestamptz NOT NULL
);

COMMENT ON COLUMN store_uploads.path IS 'the object that it would have become';
COMMENT ON COLUMN store_uploads.due IS 'from then on it is taken back; its program moves this on while it sends';

ALTER TABLE store_uploads ENABLE ROW LEVEL SECURITY;
