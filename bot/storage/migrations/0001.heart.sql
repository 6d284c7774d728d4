-- The heart. Ids are made by the application; province_id leads every key; instants are Unix milliseconds (UTC),
-- days are ISO dates of the province's own time zone. A shipped migration never changes.

CREATE TABLE province (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  sample INTEGER NOT NULL CHECK (sample IN (0, 1)),
  units_version INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

-- A unit's id is its own: statistical codes are reused by later units.
CREATE TABLE unit (
  province_id TEXT NOT NULL REFERENCES province (id),
  id TEXT NOT NULL,
  code TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('province', 'department', 'district', 'commune')),
  name TEXT NOT NULL,
  short_name TEXT NOT NULL,
  aliases TEXT NOT NULL DEFAULT '',
  parent_id TEXT,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  PRIMARY KEY (province_id, id),
  FOREIGN KEY (province_id, parent_id) REFERENCES unit (province_id, id),
  UNIQUE (province_id, code, valid_from)
) STRICT;

CREATE TABLE unit_lineage (
  province_id TEXT NOT NULL,
  old_unit_id TEXT NOT NULL,
  new_unit_id TEXT NOT NULL,
  day TEXT NOT NULL,
  extent TEXT NOT NULL CHECK (extent IN ('whole', 'part')),
  PRIMARY KEY (province_id, old_unit_id, new_unit_id),
  FOREIGN KEY (province_id, old_unit_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, new_unit_id) REFERENCES unit (province_id, id)
) STRICT;

CREATE TABLE survey (
  province_id TEXT NOT NULL REFERENCES province (id),
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  sheet BLOB NOT NULL,
  definition TEXT NOT NULL,
  digest TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, id, version)
) STRICT;

-- One visit to a one-stop desk. The receiving unit served the person, the deciding unit may be another.
CREATE TABLE visit (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  receiving_unit_id TEXT NOT NULL,
  deciding_unit_id TEXT,
  procedure_group TEXT NOT NULL DEFAULT '',
  channel TEXT NOT NULL,
  event TEXT NOT NULL DEFAULT 'visit',
  counter TEXT NOT NULL DEFAULT '',
  local_day TEXT NOT NULL,
  provenance TEXT NOT NULL CHECK (provenance IN ('verified', 'walk_in', 'assisted')),
  dossier_digest TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, id),
  UNIQUE (province_id, dossier_digest, event),
  FOREIGN KEY (province_id, receiving_unit_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, deciding_unit_id) REFERENCES unit (province_id, id)
) STRICT;

-- A way in: the code on a poster, a slip or in a message.
CREATE TABLE entry (
  province_id TEXT NOT NULL,
  code TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  counter TEXT NOT NULL DEFAULT '',
  visit_id TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (province_id, code),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, visit_id) REFERENCES visit (province_id, id)
) STRICT;

-- Who writes to us: an address on a channel. Nothing here names an answer.
CREATE TABLE person (
  province_id TEXT NOT NULL REFERENCES province (id),
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  reachable INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)),
  asked_not_to INTEGER NOT NULL DEFAULT 0 CHECK (asked_not_to IN (0, 1)),
  choosing TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, id),
  UNIQUE (province_id, channel, address)
) STRICT;

CREATE TABLE consent (
  province_id TEXT NOT NULL REFERENCES province (id),
  id TEXT NOT NULL,
  text_version TEXT NOT NULL,
  text_digest TEXT NOT NULL,
  language TEXT NOT NULL,
  channel TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, id)
) STRICT;

-- A response knows no person: that link stands in response_link, and expires.
CREATE TABLE response (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  consent_id TEXT NOT NULL,
  visit_id TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  survey_version TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  deciding_unit_id TEXT,
  procedure_group TEXT NOT NULL DEFAULT '',
  channel TEXT NOT NULL,
  language TEXT NOT NULL,
  provenance TEXT NOT NULL CHECK (provenance IN ('verified', 'walk_in', 'assisted')),
  disposition TEXT NOT NULL DEFAULT 'open'
    CHECK (disposition IN ('open', 'complete', 'partial', 'refused', 'withdrawn')),
  counted INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1)),
  receipt TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  local_day TEXT,
  PRIMARY KEY (province_id, id),
  UNIQUE (province_id, receipt),
  FOREIGN KEY (province_id, consent_id) REFERENCES consent (province_id, id),
  FOREIGN KEY (province_id, visit_id) REFERENCES visit (province_id, id),
  FOREIGN KEY (province_id, survey_id, survey_version) REFERENCES survey (province_id, id, version),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id),
  CHECK (counted = 0 OR disposition IN ('complete', 'partial')),
  CHECK (disposition NOT IN ('complete', 'partial') OR (finished_at IS NOT NULL AND local_day IS NOT NULL))
) STRICT;
CREATE INDEX response_by_day ON response (province_id, local_day, unit_id);

-- One row a question. value is what is counted: "1" to "5", "dk", a choice's name, several joined by spaces; words is free text.
CREATE TABLE answer (
  province_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  question TEXT NOT NULL,
  criterion TEXT NOT NULL,
  factor TEXT,
  value TEXT,
  words TEXT,
  PRIMARY KEY (province_id, response_id, question),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id),
  CHECK ((value IS NULL) <> (words IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  survey_version TEXT NOT NULL,
  visit_id TEXT NOT NULL,
  response_id TEXT,
  state TEXT NOT NULL,
  open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
  touched_at INTEGER NOT NULL,
  reminded_at INTEGER,
  PRIMARY KEY (province_id, id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id),
  FOREIGN KEY (province_id, visit_id) REFERENCES visit (province_id, id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id),
  FOREIGN KEY (province_id, survey_id, survey_version) REFERENCES survey (province_id, id, version)
) STRICT;
CREATE INDEX session_by_person ON session (province_id, person_id, open, touched_at);
CREATE INDEX session_by_age ON session (open, touched_at);
CREATE INDEX session_by_response ON session (province_id, response_id);

-- The link from a response to a person: it serves correction, erasure and "one a week", then it is deleted.
CREATE TABLE response_link (
  province_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  week TEXT NOT NULL,
  visit_key TEXT NOT NULL DEFAULT '',
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, response_id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id)
) STRICT;
CREATE UNIQUE INDEX one_counted_a_week ON response_link (province_id, person_id, unit_id, week, visit_key)
  WHERE counted = 1;
CREATE INDEX response_link_by_age ON response_link (province_id, expires_at);
CREATE INDEX response_link_by_person ON response_link (province_id, person_id);

-- Live counts, kept by the turn that finishes, corrects or withdraws. Never shown: people read released cells.
-- period is a local day (2026-11-23) or month (2026-11).
CREATE TABLE counts (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('own', 'all')),
  period TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  procedure_group TEXT NOT NULL,
  provenance TEXT NOT NULL,
  disposition TEXT NOT NULL,
  criterion TEXT NOT NULL,
  value TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, criterion, value)
) STRICT, WITHOUT ROWID;

-- Sums over responses of s (satisfied items) and m (valid items), by factor; "*" is the index.
CREATE TABLE moments (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('own', 'all')),
  period TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  procedure_group TEXT NOT NULL,
  provenance TEXT NOT NULL,
  disposition TEXT NOT NULL,
  factor TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  s INTEGER NOT NULL,
  m INTEGER NOT NULL,
  ss INTEGER NOT NULL,
  sm INTEGER NOT NULL,
  mm INTEGER NOT NULL,
  PRIMARY KEY (province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, factor)
) STRICT, WITHOUT ROWID;

-- Responses that no released figure holds yet, by the desk and questionnaire whose next block they wait for.
CREATE TABLE pending (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  PRIMARY KEY (province_id, unit_id, survey_id, response_id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_response ON pending (province_id, response_id);

-- What anyone may read. A cell is never altered: a later step takes its place.
CREATE TABLE cell (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('own', 'all')),
  survey_id TEXT NOT NULL,
  procedure_group TEXT NOT NULL DEFAULT '',
  period TEXT NOT NULL,
  step INTEGER NOT NULL,
  method TEXT NOT NULL,
  n INTEGER NOT NULL,
  tally TEXT NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
  released_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (province_id, unit_id, scope, survey_id, procedure_group, period)
) STRICT, WITHOUT ROWID;
CREATE INDEX cell_open ON cell (province_id, closed, period);

CREATE TABLE official (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
  deputy_of TEXT,
  until_day TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (province_id, id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, deputy_of) REFERENCES official (province_id, id)
) STRICT;
CREATE INDEX official_by_person ON official (province_id, person_id);

-- A one-time code, known only by its digest.
CREATE TABLE invite (
  province_id TEXT NOT NULL,
  code_digest TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
  deputy_of TEXT,
  until_day TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  official_id TEXT,
  PRIMARY KEY (province_id, code_digest),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id)
) STRICT;

-- A wrong code, so that guessing can be limited.
CREATE TABLE invite_miss (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, id)
) STRICT;
CREATE INDEX invite_miss_by_time ON invite_miss (province_id, at);

CREATE TABLE subscription (
  province_id TEXT NOT NULL,
  official_id TEXT NOT NULL,
  edition TEXT NOT NULL CHECK (edition IN ('weekly', 'monthly', 'quarterly')),
  since_day TEXT NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (province_id, official_id, edition),
  FOREIGN KEY (province_id, official_id) REFERENCES official (province_id, id)
) STRICT;

-- Messages nobody asked for at that moment: written in the transaction that caused them, sent afterwards.
-- unknown: the channel may or may not have delivered it; never silently repeated.
CREATE TABLE outbox (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed', 'dropped')),
  not_before INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  receipt TEXT,
  reason TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (province_id, id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id)
) STRICT;
CREATE INDEX outbox_due ON outbox (state, not_before);
CREATE INDEX outbox_by_person ON outbox (province_id, person_id);

-- Each recipient gets each edition of a unit once: the key is the promise.
CREATE TABLE report (
  province_id TEXT NOT NULL,
  edition TEXT NOT NULL,
  period TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  recipient_id TEXT NOT NULL,
  outbox_id TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (province_id, edition, period, unit_id, recipient_id),
  FOREIGN KEY (province_id, recipient_id) REFERENCES person (province_id, id)
) STRICT;

CREATE INDEX report_by_recipient ON report (province_id, recipient_id);

CREATE TABLE audit (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  previous TEXT,
  digest TEXT,
  PRIMARY KEY (province_id, id)
) STRICT;

-- What has arrived: a set, never a high-water mark. reply and the address it went to are kept for two days at most, so that
-- a repeat gives the same screen and an erasure finds what was shown.
CREATE TABLE inbox (
  province_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  update_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'failed')),
  address TEXT,
  reply TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, channel, update_id)
) STRICT;
CREATE INDEX inbox_with_reply ON inbox (at) WHERE reply IS NOT NULL;
CREATE INDEX inbox_by_address ON inbox (province_id, channel, address) WHERE address IS NOT NULL;
CREATE INDEX inbox_by_age ON inbox (at);
