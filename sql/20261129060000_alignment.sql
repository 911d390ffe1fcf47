-- What an item's audio sounds like over time, and where it lies in its set.
ALTER TABLE training_items
  ADD COLUMN sound text,
  ADD COLUMN alignment jsonb;

COMMENT ON COLUMN training_items.sound IS 'onsets, pitch classes and levels over time, packed (src/music/sound.h)';
COMMENT ON COLUMN training_items.alignment IS 'where in its set the audio lies: verdict, offsetSec, score, ...; null until analyzed';

-- Other audio has neither, whoever puts it there.
CREATE FUNCTION training_items_other_audio() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.audio_sha256 IS DISTINCT FROM OLD.audio_sha256 THEN
    NEW.sound := NULL;
    NEW.alignment := NULL;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER training_items_other_audio
  BEFORE UPDATE OF audio_sha256 ON training_items
  FOR EACH ROW EXECUTE FUNCTION training_items_other_audio();

-- A set that is read anew may say more: its items are held against it again.
CREATE FUNCTION als_summaries_read_anew() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.summary->'timeline' IS DISTINCT FROM OLD.summary->'timeline' THEN
    UPDATE training_items
      SET analysis_state = 'pending', analysis_lease = NULL
      WHERE als_summary_id = NEW.id AND analysis_state = 'done';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER als_summaries_read_anew
  AFTER UPDATE OF summary ON als_summaries
  FOR EACH ROW EXECUTE FUNCTION als_summaries_read_anew();

-- What was analyzed before was not heard like this.
UPDATE training_items SET analysis_state = 'pending', analysis_lease = NULL
  WHERE analysis_state = 'done';
