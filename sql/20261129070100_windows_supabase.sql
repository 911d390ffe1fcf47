-- With Supabase Auth a user's windows are guarded as training_items are, see
-- 20261127020000_supabase.sql, and a set that is sent again may renew its
-- summary. It may be applied again at any time.
DO $do$
DECLARE
  mine CONSTANT text :=
    'artist_id IN (SELECT id FROM artists WHERE user_id = (SELECT auth.uid()))';
  cmd text;
BEGIN
  IF to_regprocedure('auth.uid()') IS NULL OR
     to_regrole('authenticated') IS NULL THEN
    RETURN;
  END IF;
  REVOKE ALL ON training_windows FROM authenticated;
  IF to_regrole('anon') IS NOT NULL THEN
    REVOKE ALL ON training_windows FROM anon;
  END IF;
  GRANT SELECT, INSERT, UPDATE, DELETE ON training_windows TO authenticated;
  FOREACH cmd IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] LOOP
    EXECUTE format('DROP POLICY IF EXISTS %I ON training_windows',
                   'trainmode_' || lower(cmd));
    EXECUTE format(
      'CREATE POLICY %I ON training_windows FOR %s TO authenticated %s %s',
      'trainmode_' || lower(cmd), cmd,
      CASE WHEN cmd <> 'INSERT' THEN format('USING (%s)', mine) END,
      CASE WHEN cmd IN ('INSERT', 'UPDATE')
        THEN format('WITH CHECK (%s)', mine) END);
  END LOOP;

  -- Where the policies of als_summaries are ours and no project's own.
  IF EXISTS (SELECT FROM pg_policy
             WHERE polrelid = to_regclass('als_summaries')
             AND polname = 'trainmode_insert') THEN
    GRANT UPDATE ON als_summaries TO authenticated;
    DROP POLICY IF EXISTS trainmode_update ON als_summaries;
    EXECUTE format('CREATE POLICY trainmode_update ON als_summaries FOR UPDATE '
                   'TO authenticated USING (%s) WITH CHECK (%s)', mine, mine);
  END IF;
END
$do$;
