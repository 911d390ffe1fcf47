-- What a model was given to hear, and whether it did.
ALTER TABLE prompt_generations
  ADD COLUMN audio_sec double precision NOT NULL DEFAULT 0
    CHECK (audio_sec >= 0),
  ADD COLUMN audio_heard boolean;

COMMENT ON COLUMN prompt_generations.audio_sec IS 'seconds of audio that went along with the question';
COMMENT ON COLUMN prompt_generations.audio_heard IS 'whether the model heard it; null: none went along, or its server does not tell';
