-- What a week's answers of a desk look like to whoever asks whether citizens gave them: looked at once the week is over,
-- while their times are still known. Nothing is deleted by it; the office may answer, and whoever reviewed it
-- says what came of it: a cleared week is flagged no more.

CREATE TABLE finding (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  week TEXT NOT NULL,
  sittings INTEGER NOT NULL CHECK (sittings > 0),
  suspected INTEGER NOT NULL CHECK (suspected >= 0),
  flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
  reasons TEXT NOT NULL,
  words TEXT,
  answered_by TEXT,
  answered_at INTEGER,
  decision TEXT CHECK (decision IN ('cleared', 'confirmed')),
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, unit_id, week),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id)
) STRICT;
CREATE INDEX finding_by_week ON finding (province_id, week);

CREATE TABLE looked_at (
  province_id TEXT NOT NULL REFERENCES province (id),
  week TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, week)
) STRICT, WITHOUT ROWID;

-- The answers that a finding points at: a figure without them is set beside the one with them, for whoever reviews.
CREATE TABLE suspicion (
  province_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  PRIMARY KEY (province_id, response_id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id)
) STRICT, WITHOUT ROWID;
