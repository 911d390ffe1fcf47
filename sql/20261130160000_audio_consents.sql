-- Whether an artist's audio may go to a model, and to which: what a person said
-- on the page. Without a row nobody was asked.
CREATE TABLE audio_consents (
  artist_id uuid PRIMARY KEY REFERENCES artists(id) ON DELETE CASCADE,
  host text NOT NULL,
  agreed boolean NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE audio_consents IS 'whether an artist''s audio may go to a model';
COMMENT ON COLUMN audio_consents.host IS 'of the model''s address, with its port; a yes holds for no other';
COMMENT ON COLUMN audio_consents.agreed IS 'false holds for every address, and for programs too';

ALTER TABLE audio_consents ENABLE ROW LEVEL SECURITY;
