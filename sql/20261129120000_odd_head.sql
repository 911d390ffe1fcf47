-- A tag in front of a file whose format knows none, or a head that does not say
-- how long the sound is: an export writes such a file anew, since the readers of
-- trainers do not forgive it. Files of older rows had neither: they were refused.
ALTER TABLE training_items ADD COLUMN audio_odd_head boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN training_items.audio_odd_head IS 'the audio object does not begin as its format says, or not with its length; an export gives it a head of its own';
