-- The feed of dossiers: each event of a dossier is a visit that may be asked about, once. Codes of dossiers are kept as keyed
-- hashes only, and so is who does not want to be asked; an address stays until it was asked, or the time for it is over.

ALTER TABLE visit ADD COLUMN due_day TEXT;
ALTER TABLE visit ADD COLUMN done_day TEXT;
-- Which of its office and day it was in the feed: who answers down that list did not answer by chance.
ALTER TABLE visit ADD COLUMN ordinal INTEGER;
CREATE INDEX visit_of_feed ON visit (province_id, receiving_unit_id, local_day) WHERE dossier_digest IS NOT NULL;
CREATE INDEX visit_with_place ON visit (province_id, local_day) WHERE ordinal IS NOT NULL;
CREATE INDEX response_by_visit ON response (province_id, visit_id);
CREATE INDEX session_by_visit ON session (province_id, visit_id);

-- How many events a desk had, by local day (2026-11-23) and month (2026-11): kept with the visits, so that nobody counts a
-- year of them to say who answered.
CREATE TABLE visit_count (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  period TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (province_id, unit_id, period),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id)
) STRICT, WITHOUT ROWID;

-- What a signed code leads to: see handlers/visit_code.py. open: by its code only; waiting: to be written to; asked; late:
-- the hours for it had passed; stopped: she does not want to be asked; tired: she was asked about another visit lately.
CREATE TABLE invitation (
  province_id TEXT NOT NULL,
  ref TEXT NOT NULL,
  visit_id TEXT NOT NULL,
  expires_day TEXT NOT NULL,
  channel TEXT,
  address TEXT,
  address_digest TEXT,
  ask_after INTEGER,
  ask_until INTEGER,
  state TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'asked', 'late', 'stopped', 'tired')),
  settled_at INTEGER,
  answered INTEGER NOT NULL DEFAULT 0 CHECK (answered IN (0, 1)),
  PRIMARY KEY (province_id, ref),
  UNIQUE (province_id, visit_id),
  FOREIGN KEY (province_id, visit_id) REFERENCES visit (province_id, id),
  CHECK (state <> 'waiting' OR (address IS NOT NULL AND channel IS NOT NULL AND ask_until IS NOT NULL)),
  CHECK (state = 'waiting' OR address IS NULL)
) STRICT;
CREATE INDEX invitation_due ON invitation (province_id, ask_after) WHERE state = 'waiting';
CREATE INDEX invitation_answered ON invitation (province_id, expires_day) WHERE answered = 1;
CREATE INDEX invitation_to_forget ON invitation (province_id, settled_at) WHERE address_digest IS NOT NULL;
CREATE INDEX invitation_by_address ON invitation (province_id, address_digest, settled_at) WHERE state = 'asked';

CREATE TABLE refusal (
  province_id TEXT NOT NULL REFERENCES province (id),
  address_digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, address_digest)
) STRICT, WITHOUT ROWID;

-- Who may send dossiers over HTTP; the key itself is shown once and kept as a hash.
CREATE TABLE sender (
  province_id TEXT NOT NULL REFERENCES province (id),
  name TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (province_id, name),
  UNIQUE (province_id, key_digest)
) STRICT;

-- Responses that wait for somebody to look at them before they count (again). parts: the chains that it was taken out of (a
-- JSON array), so that it can go back to these and to no other; NULL: it was in none yet. pair: the same for two about one visit.
CREATE TABLE review (
  province_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  pair TEXT NOT NULL,
  parts TEXT,
  at INTEGER NOT NULL,
  decision TEXT CHECK (decision IN ('count', 'leave-out')),
  decided_at INTEGER,
  PRIMARY KEY (province_id, response_id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id)
) STRICT;
CREATE INDEX review_by_pair ON review (province_id, pair);
CREATE INDEX review_open ON review (province_id, at) WHERE decision IS NULL;
