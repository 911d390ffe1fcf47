-- A mark for each transaction that changed something, written as its last
-- step: if the answer to COMMIT gets lost, another connection finds the mark,
-- or puts down that there shall be none. The number that PostgreSQL gives a
-- transaction would not do: after a crash it may be another's.
CREATE TABLE commit_marks (
  id uuid PRIMARY KEY,
  done boolean NOT NULL, -- false: it was not committed, and never will be
  made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_commit_marks_made ON commit_marks (made_at);
ALTER TABLE commit_marks ENABLE ROW LEVEL SECURITY;

-- As the owner: a transaction on a user's behalf is marked, too, and the user
-- may not touch marks.
CREATE FUNCTION commit_mark(mark uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  INSERT INTO commit_marks (id, done)
  SELECT mark, true WHERE pg_current_xact_id_if_assigned() IS NOT NULL
$$;
