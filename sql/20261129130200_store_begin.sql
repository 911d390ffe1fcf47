-- A name is put down, and taken off, by one question each, which may be asked
-- again where its answer was lost.
CREATE FUNCTION store_begin(paths jsonb) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH put AS (
    INSERT INTO store_intents (path, why, due)
    SELECT p, 'written', now() + interval '1 day'
    FROM jsonb_array_elements_text(paths) p ORDER BY p
    ON CONFLICT (path) DO UPDATE
      SET why = 'written', due = excluded.due, taken = false
      WHERE NOT store_intents.taken OR store_intents.due < now()
    RETURNING 1)
  SELECT count(*) FROM put
$$;

CREATE FUNCTION store_end(object text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DELETE FROM store_intents WHERE path = object
$$;

REVOKE EXECUTE ON FUNCTION store_begin(jsonb), store_end(text) FROM PUBLIC;
