-- A browser that a user of the Supabase project signed in with holds a random
-- id. What Auth gave is here, sealed by that id, of which only the hash is: the
-- database alone opens nothing.
CREATE TABLE user_sessions (
  hash bytea PRIMARY KEY,
  sealed text NOT NULL,
  expires_at timestamptz NOT NULL
);

COMMENT ON TABLE user_sessions IS 'browsers that a user of Supabase Auth signed in with';
COMMENT ON COLUMN user_sessions.hash IS 'SHA-256 of the session''s id';
COMMENT ON COLUMN user_sessions.sealed IS 'its access and refresh token, sealed by the id';

CREATE INDEX idx_user_sessions_expires ON user_sessions(expires_at);

ALTER TABLE user_sessions ENABLE ROW LEVEL SECURITY;
