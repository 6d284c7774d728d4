-- Official figures that come as workbooks: the reform index of a year ('par', key 2017), staffing on a day ('staffing', key
-- 2018-06-30). Each import is a version that never changes; a manager signs one before others see it, and a mistake is
-- mended by a new version.
CREATE TABLE book (
  province_id TEXT NOT NULL REFERENCES province (id),
  kind TEXT NOT NULL CHECK (kind IN ('par', 'staffing')),
  key TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  warnings TEXT NOT NULL,  -- JSON: cells whose total and parts disagree, for whoever signs
  at INTEGER NOT NULL,
  signed_by TEXT,
  signed_at INTEGER,
  PRIMARY KEY (province_id, kind, key, version)
) STRICT;
CREATE INDEX book_unsigned ON book (province_id, at) WHERE signed_at IS NULL;
