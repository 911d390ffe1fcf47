-- Policies for resting_items, as 20261127020000_supabase.sql has them for
-- training_items. Made only where auth.uid() is; may be applied again at any
-- time.
DO $do$
DECLARE
  mine CONSTANT text :=
    'artist_id IN (SELECT id FROM artists WHERE user_id = (SELECT auth.uid()))';
  inside CONSTANT text :=
    'EXISTS (SELECT FROM artists a WHERE a.id = artist_id '
    'AND a.user_id = (SELECT auth.uid()) AND '
    'coalesce(starts_with(audio_path, ''artists/'' || a.slug || ''/''), '
    'audio_path IS NULL) AND coalesce(starts_with(prompt_path, '
    '''artists/'' || a.slug || ''/''), prompt_path IS NULL))';
BEGIN
  IF to_regprocedure('auth.uid()') IS NULL OR
     to_regrole('authenticated') IS NULL THEN
    RETURN;
  END IF;
  REVOKE ALL ON resting_items FROM authenticated;
  IF to_regrole('anon') IS NOT NULL THEN
    REVOKE ALL ON resting_items FROM anon;
  END IF;
  GRANT SELECT, INSERT, DELETE ON resting_items TO authenticated;
  DROP POLICY IF EXISTS trainmode_select ON resting_items;
  DROP POLICY IF EXISTS trainmode_insert ON resting_items;
  DROP POLICY IF EXISTS trainmode_delete ON resting_items;
  EXECUTE format('CREATE POLICY trainmode_select ON resting_items '
                 'FOR SELECT TO authenticated USING (%s)', mine);
  EXECUTE format('CREATE POLICY trainmode_insert ON resting_items '
                 'FOR INSERT TO authenticated WITH CHECK (%s)', inside);
  EXECUTE format('CREATE POLICY trainmode_delete ON resting_items '
                 'FOR DELETE TO authenticated USING (%s)', mine);
END
$do$;
