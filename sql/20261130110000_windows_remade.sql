-- Windows are made again by themselves with the item's caption or audio: so an
-- item keeps how it was cut, and windows of audio that is gone wait until the
-- new one is analyzed, so that no word that a person wrote is lost.
ALTER TABLE training_items
  ADD COLUMN window_max_sec double precision,
  ADD COLUMN window_min_sec double precision;
ALTER TABLE training_windows ADD COLUMN waiting boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN training_items.window_max_sec IS 'how its windows were cut; null: by a person, or not at all';
COMMENT ON COLUMN training_items.window_min_sec IS 'as window_max_sec';
COMMENT ON COLUMN training_windows.waiting IS 'of audio that is gone, or of a cut that is: it waits for its bars to come again, and is no piece of the track';

UPDATE training_items t SET window_max_sec = 30, window_min_sec = 10
WHERE EXISTS (SELECT FROM training_windows w
              WHERE w.item_id = t.id AND w.source <> 'person');

-- What rests comes back as a row of today.
UPDATE resting_items r SET windows = coalesce(
  (SELECT jsonb_agg(w.o || '{"waiting": false}' ORDER BY w.place)
   FROM jsonb_array_elements(r.windows) WITH ORDINALITY AS w(o, place)), '[]');
