-- As 20261129020900_ours_supabase.sql, for tables that came after it.
DO $do$
DECLARE
  tab text;
  who text;
BEGIN
  FOREACH tab IN ARRAY ARRAY['commit_marks', 'store_owner', 'store_intents',
                             'store_slugs'] LOOP
    FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
      CONTINUE WHEN to_regrole(who) IS NULL OR to_regclass(tab) IS NULL;
      EXECUTE format('REVOKE ALL ON %I FROM %I', tab, who);
    END LOOP;
  END LOOP;
  -- Whether an object is there is for nobody to ask.
  FOREACH who IN ARRAY ARRAY['anon', 'authenticated'] LOOP
    CONTINUE WHEN to_regrole(who) IS NULL;
    EXECUTE format('REVOKE EXECUTE ON FUNCTION store_object_known(text), '
                   'store_let_go(text, boolean) FROM %I', who);
  END LOOP;
END
$do$;
