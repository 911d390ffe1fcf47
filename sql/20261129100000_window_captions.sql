-- What a model wrote of a track's windows is no caption of the track: the
-- newest caption and the list of them pass it over.
ALTER TABLE prompt_generations
  ADD COLUMN of_windows boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN prompt_generations.of_windows IS 'one answer for the windows of a track, a line each';

-- A deleted item takes its windows to rest, and back when it is restored.
ALTER TABLE resting_items ADD COLUMN windows jsonb NOT NULL DEFAULT '[]';

COMMENT ON COLUMN resting_items.windows IS 'its rows of training_windows as they were';
