-- As 20261129090100_store_owner_supabase.sql, for what came after it: which
-- conversions there are, and which go, is the programs' own business.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE ALL ON audio_conversions FROM %I', who);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION '
                   'conversions_unused(uuid, text) FROM %I', who);
  END LOOP;
END
$do$;
