-- Whose a store is, and which of its objects are ours to remove.

-- This database by a name of its own, made once. The store it writes to has
-- the same in artists/.trainmode-owner.
CREATE TABLE store_owner (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO store_owner DEFAULT VALUES;

-- Objects that no row speaks of, or may not: each name is put down before
-- anything is written under it, and again when its row goes. Nothing else is
-- ever swept.
CREATE TABLE store_intents (
  path text PRIMARY KEY,
  why text NOT NULL CHECK (why IN ('written', 'left', 'lost')),
  due timestamptz NOT NULL,
  taken boolean NOT NULL DEFAULT false
);

COMMENT ON COLUMN store_intents.why IS 'written: no row yet; left: a program of ours let it go; lost: somebody else deleted its row';
COMMENT ON COLUMN store_intents.due IS 'from then on it is removed, unless a row speaks of it';
COMMENT ON COLUMN store_intents.taken IS 'it is being removed, until due';

CREATE INDEX idx_store_intents_due ON store_intents(due);

-- Slugs of artists that are gone while objects may lie under them.
CREATE TABLE store_slugs (
  slug text PRIMARY KEY,
  freed_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE store_owner ENABLE ROW LEVEL SECURITY;
ALTER TABLE store_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE store_slugs ENABLE ROW LEVEL SECURITY;

-- Does any row speak of the object?
CREATE FUNCTION store_object_known(object text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM training_items WHERE audio_path = object)
      OR EXISTS (SELECT FROM training_items WHERE prompt_path = object)
      OR EXISTS (SELECT FROM training_uploads WHERE path = object)
      OR EXISTS (SELECT FROM resting_items WHERE audio_path = object)
      OR EXISTS (SELECT FROM resting_items WHERE prompt_path = object)
      OR EXISTS (SELECT FROM training_datasets WHERE path IN
                 (object, regexp_replace(object, '\.manifest\.json$', '.zip')))
$$;

-- trainmode.asked: what our programs delete, at once where it says now.
CREATE FUNCTION store_let_go(object text, deleted boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  asked text := coalesce(current_setting('trainmode.asked', true), '');
  lost boolean := deleted AND asked = '';
BEGIN
  IF object IS NULL OR store_object_known(object) THEN
    RETURN;
  END IF;
  INSERT INTO store_intents (path, why, due)
  VALUES (object, CASE WHEN lost THEN 'lost' ELSE 'left' END,
          now() + CASE WHEN lost THEN interval '1 day'
                       WHEN asked = 'now' THEN interval '0'
                       ELSE interval '1 hour' END)
  ON CONFLICT (path) DO UPDATE SET why = excluded.why, due = excluded.due;
END $$;
REVOKE EXECUTE ON FUNCTION store_object_known(text),
  store_let_go(text, boolean) FROM PUBLIC;

-- The rows of items, deleted ones too, with two paths.
CREATE FUNCTION store_watch_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM store_intents WHERE path IN (NEW.audio_path, NEW.prompt_path);
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM store_let_go(OLD.audio_path, TG_OP = 'DELETE');
    PERFORM store_let_go(OLD.prompt_path, TG_OP = 'DELETE');
  END IF;
  RETURN NULL;
END $$;

-- Those with one.
CREATE FUNCTION store_watch_path() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM store_intents WHERE path IN
      (NEW.path, regexp_replace(NEW.path, '\.zip$', '.manifest.json'));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM store_let_go(OLD.path, TG_OP = 'DELETE');
    IF OLD.path ~ '\.zip$' THEN
      PERFORM store_let_go(regexp_replace(OLD.path, '\.zip$', '.manifest.json'),
                           TG_OP = 'DELETE');
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER store_watch_new AFTER INSERT OR DELETE ON training_items
  FOR EACH ROW EXECUTE FUNCTION store_watch_items();
CREATE TRIGGER store_watch_change AFTER UPDATE ON training_items
  FOR EACH ROW WHEN ((OLD.audio_path, OLD.prompt_path) IS DISTINCT FROM
                     (NEW.audio_path, NEW.prompt_path))
  EXECUTE FUNCTION store_watch_items();
CREATE TRIGGER store_watch AFTER INSERT OR UPDATE OR DELETE ON resting_items
  FOR EACH ROW EXECUTE FUNCTION store_watch_items();
CREATE TRIGGER store_watch AFTER INSERT OR UPDATE OR DELETE ON training_uploads
  FOR EACH ROW EXECUTE FUNCTION store_watch_path();
CREATE TRIGGER store_watch AFTER INSERT OR UPDATE OR DELETE ON training_datasets
  FOR EACH ROW EXECUTE FUNCTION store_watch_path();

-- A slug comes back once nothing lies under it.
CREATE FUNCTION store_slug_freed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO store_slugs (slug) VALUES (OLD.slug) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER store_slug_freed AFTER DELETE ON artists
  FOR EACH ROW EXECUTE FUNCTION store_slug_freed();

CREATE FUNCTION store_slug_waits(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM store_slugs WHERE slug = wanted)
$$;

CREATE FUNCTION store_slug_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF store_slug_waits(NEW.slug) THEN
    RAISE unique_violation USING MESSAGE =
      format('files of an earlier artist still lie under %s', NEW.slug);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER store_slug_check BEFORE INSERT ON artists
  FOR EACH ROW EXECUTE FUNCTION store_slug_check();
