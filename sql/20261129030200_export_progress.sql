-- How far an export is, and whether somebody wants it to end: its program
-- reports by the heartbeat, so every node can tell.
ALTER TABLE export_claims
  ADD COLUMN layout text,
  ADD COLUMN items_done integer NOT NULL DEFAULT 0,
  ADD COLUMN item_count integer NOT NULL DEFAULT 0,
  ADD COLUMN bytes_done bigint NOT NULL DEFAULT 0,
  ADD COLUMN bytes bigint NOT NULL DEFAULT 0,
  ADD COLUMN cancel boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN export_claims.cancel IS 'somebody wants it to end';
