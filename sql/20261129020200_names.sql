-- Names are kept as they came and compared in one Unicode form: a Mac writes "ü" and Korean
-- syllables in file names as several characters each, a keyboard as one. A
-- database that is not in UTF-8 has no such forms, and cannot normalize.
CREATE FUNCTION trainmode_nfc(name text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN getdatabaseencoding() = 'UTF8' THEN normalize(name, NFC)
    ELSE name END
$$;
