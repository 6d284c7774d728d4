-- Where a manager sees a summary before its other readers: what she decided, the last time.
CREATE TABLE decision (
  province_id TEXT NOT NULL,
  edition TEXT NOT NULL,
  period TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  decided TEXT NOT NULL CHECK (decided IN ('send', 'hold')),
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, edition, period, unit_id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id)
) STRICT;
CREATE INDEX decision_by_person ON decision (province_id, person_id);
-- Whether a reader asked on after she got a summary: found without walking through the audit, which grows for ever.
CREATE INDEX audit_of_readings ON audit (province_id, actor, at) WHERE outcome = 'read';
