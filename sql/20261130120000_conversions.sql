-- Audio in another format, made once and kept for every dataset that wants it:
-- what the source's bytes become by one recipe.
CREATE TABLE audio_conversions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  source_sha256 text NOT NULL,
  recipe text NOT NULL,
  lease uuid NOT NULL DEFAULT gen_random_uuid(),
  leased_until timestamptz NOT NULL,
  path text UNIQUE,
  bytes bigint,
  crc32 bigint,
  duration_sec double precision,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (artist_id, source_sha256, recipe),
  CHECK (path IS NULL OR
         (bytes, crc32, duration_sec) IS NOT NULL AND error IS NULL)
);

COMMENT ON TABLE audio_conversions IS 'audio in another format, kept for exports';
COMMENT ON COLUMN audio_conversions.source_sha256 IS 'of the audio that it was made from';
COMMENT ON COLUMN audio_conversions.recipe IS 'how: format and settings of the encoder';
COMMENT ON COLUMN audio_conversions.lease IS 'who makes it, until leased_until';
COMMENT ON COLUMN audio_conversions.path IS 'artists/{slug}/converted/{uuid}.{format}; null until it is made';
COMMENT ON COLUMN audio_conversions.error IS 'why it is not tried again in the background';

ALTER TABLE audio_conversions ENABLE ROW LEVEL SECURITY;

-- Which of the audio waits for its conversion.
CREATE INDEX idx_training_items_other ON training_items(artist_id, created_at)
  WHERE audio_path IS NOT NULL AND audio_format <> 'mp3';

CREATE OR REPLACE FUNCTION store_object_known(object text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM training_items WHERE audio_path = object)
      OR EXISTS (SELECT FROM training_items WHERE prompt_path = object)
      OR EXISTS (SELECT FROM training_uploads WHERE path = object)
      OR EXISTS (SELECT FROM audio_conversions WHERE path = object)
      OR EXISTS (SELECT FROM resting_items WHERE audio_path = object)
      OR EXISTS (SELECT FROM resting_items WHERE prompt_path = object)
      OR EXISTS (SELECT FROM training_datasets WHERE path IN
                 (object, regexp_replace(object, '\.manifest\.json$', '.zip')))
$$;

-- What can be made again is never missed, so it is let go whoever deletes it.
CREATE FUNCTION store_watch_conversion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM store_intents WHERE path = NEW.path;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM store_let_go(OLD.path, false);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER store_watch AFTER INSERT OR UPDATE OR DELETE ON audio_conversions
  FOR EACH ROW EXECUTE FUNCTION store_watch_conversion();

-- With the last item, resting ones too, that has the source's bytes, its
-- conversions go, as fast as its own audio does.
CREATE FUNCTION conversions_unused(artist uuid, sha256 text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DELETE FROM audio_conversions c
  WHERE c.artist_id = artist AND c.source_sha256 = sha256
  AND NOT EXISTS (SELECT FROM training_items t WHERE t.artist_id = artist
                  AND t.audio_sha256 = sha256)
  AND NOT EXISTS (SELECT FROM resting_items r WHERE r.artist_id = artist
                  AND r.item->>'audio_sha256' = sha256)
$$;
REVOKE EXECUTE ON FUNCTION conversions_unused(uuid, text) FROM PUBLIC;

CREATE FUNCTION conversions_watch_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM conversions_unused(OLD.artist_id, OLD.audio_sha256);
  RETURN NULL;
END $$;
CREATE FUNCTION conversions_watch_resting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM conversions_unused(OLD.artist_id, OLD.item->>'audio_sha256');
  RETURN NULL;
END $$;

CREATE TRIGGER conversions_watch AFTER DELETE ON training_items
  FOR EACH ROW EXECUTE FUNCTION conversions_watch_items();
CREATE TRIGGER conversions_watch_change AFTER UPDATE ON training_items
  FOR EACH ROW WHEN (OLD.audio_sha256 IS DISTINCT FROM NEW.audio_sha256)
  EXECUTE FUNCTION conversions_watch_items();
CREATE TRIGGER conversions_watch AFTER DELETE ON resting_items
  FOR EACH ROW EXECUTE FUNCTION conversions_watch_resting();

-- How far an export's conversions are.
ALTER TABLE export_claims
  ADD COLUMN conversions_done integer NOT NULL DEFAULT 0,
  ADD COLUMN conversion_count integer NOT NULL DEFAULT 0;
