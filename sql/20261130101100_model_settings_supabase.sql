-- As 20261129130100_page_sessions_supabase.sql: users of a project see and
-- change nothing of it.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE ALL ON model_settings FROM %I', who);
  END LOOP;
END
$do$;
