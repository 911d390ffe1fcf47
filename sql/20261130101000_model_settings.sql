-- The model that somebody connected on the page: one row, or none. What the
-- environment or trainmode.conf says of a model wins over it.
CREATE TABLE model_settings (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  url text NOT NULL,
  model text NOT NULL,
  api_key text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE model_settings IS 'the model that was connected on the page';
COMMENT ON COLUMN model_settings.url IS 'with its /v1; https, or this machine';
COMMENT ON COLUMN model_settings.api_key IS 'never sent back to anybody';

ALTER TABLE model_settings ENABLE ROW LEVEL SECURITY;
