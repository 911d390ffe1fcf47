-- As 20261129070100_windows_supabase.sql has it for training_windows: a user
-- decides for their own artists. It may be applied again at any time.
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
  REVOKE ALL ON audio_consents FROM authenticated;
  IF to_regrole('anon') IS NOT NULL THEN
    REVOKE ALL ON audio_consents FROM anon;
  END IF;
  GRANT SELECT, INSERT, UPDATE ON audio_consents TO authenticated;
  FOREACH cmd IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE'] LOOP
    EXECUTE format('DROP POLICY IF EXISTS %I ON audio_consents',
                   'trainmode_' || lower(cmd));
    EXECUTE format(
      'CREATE POLICY %I ON audio_consents FOR %s TO authenticated %s %s',
      'trainmode_' || lower(cmd), cmd,
      CASE WHEN cmd <> 'INSERT' THEN format('USING (%s)', mine) END,
      CASE WHEN cmd <> 'SELECT' THEN format('WITH CHECK (%s)', mine) END);
  END LOOP;
END
$do$;
