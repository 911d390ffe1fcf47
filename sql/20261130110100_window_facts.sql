-- What comes and goes within a window, and how loud it is beside its track.
ALTER TABLE training_windows
  ADD COLUMN enters jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN leaves jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN energy_db double precision;

COMMENT ON COLUMN training_windows.enters IS 'of sounds, what is not there yet in its first quarter';
COMMENT ON COLUMN training_windows.leaves IS 'of sounds, what is not there any more in its last quarter';
COMMENT ON COLUMN training_windows.energy_db IS 'its loudness less that of the whole audio, dB; null: unknown, or it is silent';

-- What rests comes back as a row of today.
UPDATE resting_items r SET windows = coalesce(
  (SELECT jsonb_agg('{"enters": [], "leaves": []}'::jsonb || w.o ORDER BY w.place)
   FROM jsonb_array_elements(r.windows) WITH ORDINALITY AS w(o, place)), '[]');
