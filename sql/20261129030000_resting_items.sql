-- A deleted item rests for a day before it is gone: its row is here, whole,
-- and its objects stay where they are. All that speaks of training_items
-- knows nothing of it.
CREATE TABLE resting_items (
  id uuid PRIMARY KEY,
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  audio_path text,
  prompt_path text,
  item jsonb NOT NULL,
  rests_since timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE resting_items IS 'deleted items that can still be taken back';
COMMENT ON COLUMN resting_items.item IS 'the row of training_items as it was';

CREATE INDEX idx_resting_items_artist ON resting_items(artist_id);
CREATE INDEX idx_resting_items_since ON resting_items(rests_since);
CREATE INDEX idx_resting_items_audio_path ON resting_items(audio_path);
CREATE INDEX idx_resting_items_prompt_path ON resting_items(prompt_path);

ALTER TABLE resting_items ENABLE ROW LEVEL SECURITY;
