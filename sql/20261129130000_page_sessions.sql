-- A browser that signed in by a token holds a random id instead of it, of
-- which only the hash is here. It ends by itself, by signing out, and with its
-- token.
CREATE TABLE page_sessions (
  hash bytea PRIMARY KEY,
  token_id uuid NOT NULL REFERENCES trainmode_tokens(id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);

COMMENT ON TABLE page_sessions IS 'browsers that are signed in by a token';
COMMENT ON COLUMN page_sessions.hash IS 'SHA-256 of the session''s id';

CREATE INDEX idx_page_sessions_expires ON page_sessions(expires_at);
CREATE INDEX idx_page_sessions_token ON page_sessions(token_id);

ALTER TABLE page_sessions ENABLE ROW LEVEL SECURITY;
