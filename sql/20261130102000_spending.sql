-- What a question cost, and how many an artist has asked on a day.
ALTER TABLE prompt_generations
  ADD COLUMN tokens_audio integer,
  ADD COLUMN cost double precision CHECK (cost >= 0);

COMMENT ON COLUMN prompt_generations.tokens_audio IS 'of tokens_in; null: not told';
COMMENT ON COLUMN prompt_generations.cost IS 'by the prices that were set then; null: none were';

CREATE INDEX idx_prompt_generations_artist_created
  ON prompt_generations(artist_id, created_at);

CREATE TABLE caption_days (
  artist_id uuid NOT NULL REFERENCES artists(id) ON DELETE CASCADE,
  day date NOT NULL,
  asked integer NOT NULL CHECK (asked > 0),
  PRIMARY KEY (artist_id, day)
);

COMMENT ON TABLE caption_days IS 'how often a model was asked for an artist on a day, while CAPTION_DAILY_LIMIT is set';
COMMENT ON COLUMN caption_days.day IS 'in UTC';

ALTER TABLE caption_days ENABLE ROW LEVEL SECURITY;
