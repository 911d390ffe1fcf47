-- As 20261129020900_ours_supabase.sql, for a table that came after it.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE ALL ON user_sessions FROM %I', who);
  END LOOP;
END
$do$;
