-- As 20261129090100_store_owner_supabase.sql, for functions that came after it.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE EXECUTE ON FUNCTION store_begin(jsonb), '
                   'store_end(text) FROM %I', who);
  END LOOP;
END
$do$;
