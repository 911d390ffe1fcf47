-- Ids become parts of addresses, so a row cannot hold any other text. What
-- does not fit was never Replicate's, and such a training cannot be asked for.
UPDATE trainings SET replicate_id = NULL
  WHERE replicate_id !~ '^[a-z0-9]{1,64}$';
ALTER TABLE trainings ADD CONSTRAINT trainings_replicate_id_check
  CHECK (replicate_id ~ '^[a-z0-9]{1,64}$');

-- A name that was accepted before stays in its row, and is not asked for again.
ALTER TABLE trainings ADD CONSTRAINT trainings_destination_check
  CHECK (destination ~ '^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$') NOT VALID;
