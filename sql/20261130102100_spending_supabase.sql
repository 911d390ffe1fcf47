-- As 20261130101100_model_settings_supabase.sql: the programs alone count.
DO $do$
DECLARE
  who text;
BEGIN
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE ALL ON caption_days FROM %I', who);
  END LOOP;
END
$do$;
