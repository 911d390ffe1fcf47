-- A zip's header names the CRC-32 of what follows, so an export must know it
-- before it reads the audio. It is computed at save, while the bytes pass; a
-- row from before this migration gets it at its first export.
ALTER TABLE training_items ADD COLUMN audio_crc32 bigint
  CHECK (audio_crc32 BETWEEN 0 AND 4294967295);

COMMENT ON COLUMN training_items.audio_crc32 IS 'of the audio object, as zip has it; null: not computed yet';
