-- As 20261129090100_store_owner_supabase.sql, for a table that came after it.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE ALL ON store_uploads FROM %I', who);
  END LOOP;
END
$do$;
