-- Row-level security for users who sign in with Supabase Auth: a second wall
-- behind the programs' own check. They connect as the tables' owner, whom no
-- policy concerns, and become `authenticated` with the user's claims in each
-- transaction that is asked on a user's behalf.
--
-- Made only where auth.uid() is; elsewhere nothing changes. It may be applied
-- again at any time: where Supabase's auth comes later, or after a table was
-- restored, `psql -1 -f` of this file makes all of it anew.

DO $do$
DECLARE
  -- What is ours to guard, and what a signed-in user may do there; the rest
  -- is done by cascades, as the owner.
  ours CONSTANT text[][] := ARRAY[
    ['training_items', 'SELECT, INSERT, UPDATE, DELETE'],
    ['prompt_generations', 'SELECT, INSERT'],
    ['training_datasets', 'SELECT, INSERT'],
    ['trainings', 'SELECT, INSERT, UPDATE, DELETE'],
    ['export_claims', 'SELECT, INSERT, UPDATE, DELETE'],
    ['idempotency_keys', 'SELECT, INSERT'],
    ['artist_profiles', 'SELECT, INSERT, UPDATE'],
    ['als_summaries', 'SELECT, INSERT, DELETE'],
    ['artists', 'SELECT, DELETE'],
    ['trainmode_tokens', '']];
  -- The columns of the tables that an existing project may have brought along,
  -- as the first migration makes them.
  brought CONSTANT jsonb := '{
    "artists": ["created_at", "id", "name", "slug", "user_id"],
    "artist_profiles": ["artist_id", "created_at", "id", "master_schema",
                        "updated_at"],
    "als_summaries": ["als_filename", "artist_id", "created_at", "id",
                      "parse_id", "project_name", "summary"]}';
  mine CONSTANT text :=
    'artist_id IN (SELECT id FROM artists WHERE user_id = (SELECT auth.uid()))';
  -- A row of a user's names no object outside of the artist's folder: the
  -- programs fetch what it names with a key that opens all.
  inside CONSTANT text :=
    'EXISTS (SELECT FROM artists a WHERE a.id = artist_id '
    'AND a.user_id = (SELECT auth.uid()) AND %s)';
  folder CONSTANT text :=
    'coalesce(starts_with(%1$s, ''artists/'' || a.slug || ''/''), %1$s IS NULL)';
  tab text;
  may text;
  cmd text;
  own text;
  new text;
BEGIN
  IF to_regprocedure('auth.uid()') IS NULL OR
     to_regrole('authenticated') IS NULL THEN
    RETURN;
  END IF;
  IF NOT pg_has_role(current_user, 'authenticated', 'MEMBER') THEN
    RAISE WARNING 'AUTH=supabase needs: GRANT authenticated TO %',
      quote_ident(current_user);
  END IF;
  IF NOT has_schema_privilege('authenticated', current_schema(), 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO authenticated',
                   current_schema());
  END IF;

  FOR i IN 1 .. array_length(ours, 1) LOOP
    tab := ours[i][1];
    may := ours[i][2];

    -- Another project's table stays as it is: one with other columns, of
    -- another owner, or with rules of its own.
    CONTINUE WHEN brought ? tab AND (
      NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(tab)
                  AND pg_get_userbyid(relowner) = current_user) OR
      brought -> tab IS DISTINCT FROM
        (SELECT jsonb_agg(attname ORDER BY attname) FROM pg_attribute
         WHERE attrelid = to_regclass(tab) AND attnum > 0
         AND NOT attisdropped) OR
      EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass(tab)
              AND polname NOT LIKE 'trainmode\_%') OR
      EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(tab)
              AND relrowsecurity AND NOT EXISTS
                (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)));

    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tab);
    EXECUTE format('REVOKE ALL ON %I FROM authenticated', tab);
    IF to_regrole('anon') IS NOT NULL THEN
      EXECUTE format('REVOKE ALL ON %I FROM anon', tab);
    END IF;
    IF may <> '' THEN
      EXECUTE format('GRANT %s ON %I TO authenticated', may, tab);
    END IF;

    own := CASE tab WHEN 'artists' THEN 'user_id = (SELECT auth.uid())'
      ELSE mine END;
    new := CASE tab
      WHEN 'artists' THEN
        own || ' AND slug ~ ''^[a-z0-9]+(-[a-z0-9]+)*$'''
      WHEN 'training_items' THEN
        format(inside, format(folder, 'audio_path') || ' AND ' ||
                       format(folder, 'prompt_path'))
      WHEN 'training_datasets' THEN
        format(inside, format(folder, 'path'))
      ELSE own END;
    IF tab = 'artists' THEN
      GRANT INSERT (name, slug, user_id), UPDATE (name)
        ON artists TO authenticated;
      may := may || ', INSERT, UPDATE';
    END IF;

    FOREACH cmd IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] LOOP
      EXECUTE format('DROP POLICY IF EXISTS %I ON %I',
                     'trainmode_' || lower(cmd), tab);
      CONTINUE WHEN position(cmd IN may) = 0;
      EXECUTE format('CREATE POLICY %I ON %I FOR %s TO authenticated %s %s',
        'trainmode_' || lower(cmd), tab, cmd,
        CASE WHEN cmd <> 'INSERT' THEN format('USING (%s)', own) END,
        CASE WHEN cmd IN ('INSERT', 'UPDATE')
          THEN format('WITH CHECK (%s)', new) END);
    END LOOP;
  END LOOP;

  -- The record of migrations, where it is deploy/migrate.sh's.
  IF EXISTS (SELECT FROM pg_attribute
             WHERE attrelid = to_regclass('schema_migrations')
             AND attname = 'applied_at') THEN
    REVOKE ALL ON schema_migrations FROM authenticated;
    IF to_regrole('anon') IS NOT NULL THEN
      REVOKE ALL ON schema_migrations FROM anon;
    END IF;
  END IF;
END
$do$;
