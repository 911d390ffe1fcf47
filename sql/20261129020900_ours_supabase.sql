-- What the programs keep for themselves is for no user, whatever a project
-- grants to its roles by default. Like the policies it may be applied again at
-- any time.
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
END
$do$;
