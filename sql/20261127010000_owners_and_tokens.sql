-- Whose an artist is, where people sign in; null: nobody's in particular.
ALTER TABLE artists ADD COLUMN IF NOT EXISTS user_id uuid;
COMMENT ON COLUMN artists.user_id IS 'the user it belongs to, as the sign-in service names them; null without one';
CREATE INDEX IF NOT EXISTS idx_artists_user ON artists(user_id);

-- What programs show instead of signing in. Only a hash of it is kept.
CREATE TABLE trainmode_tokens (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> ''),
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  artist_id uuid REFERENCES artists(id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

COMMENT ON TABLE trainmode_tokens IS 'named API tokens';
COMMENT ON COLUMN trainmode_tokens.hash IS 'SHA-256 of the token';
COMMENT ON COLUMN trainmode_tokens.artist_id IS 'the one artist that it opens; null: all of them';
COMMENT ON COLUMN trainmode_tokens.last_used_at IS 'to the minute';
COMMENT ON COLUMN trainmode_tokens.revoked_at IS 'since when it opens nothing any more';

-- A name may be given again once its token was revoked.
CREATE UNIQUE INDEX trainmode_tokens_name
  ON trainmode_tokens(name) WHERE revoked_at IS NULL;
CREATE INDEX idx_trainmode_tokens_artist ON trainmode_tokens(artist_id);

ALTER TABLE trainmode_tokens ENABLE ROW LEVEL SECURITY;
