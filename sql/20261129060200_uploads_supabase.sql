-- Policies for training_uploads, as 20261127020000_supabase.sql has them for
-- training_items. Made only where auth.uid() is; may be applied again at any
-- time.
DO $do$
DECLARE
  mine CONSTANT text :=
    'artist_id IN (SELECT id FROM artists WHERE user_id = (SELECT auth.uid()))';
  inside CONSTANT text :=
    'EXISTS (SELECT FROM artists a WHERE a.id = artist_id '
    'AND a.user_id = (SELECT auth.uid()) AND '
    'starts_with(path, ''artists/'' || a.slug || ''/''))';
BEGIN
  IF to_regprocedure('auth.uid()') IS NULL OR
     to_regrole('authenticated') IS NULL THEN
    RETURN;
  END IF;
  REVOKE ALL ON training_uploads FROM authenticated;
  IF to_regrole('anon') IS NOT NULL THEN
    REVOKE ALL ON training_uploads FROM anon;
  END IF;
  GRANT SELECT, INSERT ON training_uploads TO authenticated;
  DROP POLICY IF EXISTS trainmode_select ON training_uploads;
  DROP POLICY IF EXISTS trainmode_insert ON training_uploads;
  EXECUTE format('CREATE POLICY trainmode_select ON training_uploads '
                 'FOR SELECT TO authenticated USING (%s)', mine);
  EXECUTE format('CREATE POLICY trainmode_insert ON training_uploads '
                 'FOR INSERT TO authenticated WITH CHECK (%s)', inside);
END
$do$;
