-- Criteria asked in rotation have chains of their own: `part` is such a criterion, '' all the rest of a response.
CREATE TABLE waiting (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  part TEXT NOT NULL,
  response_id TEXT NOT NULL,
  PRIMARY KEY (province_id, unit_id, survey_id, part, response_id),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO waiting (province_id, unit_id, survey_id, part, response_id)
SELECT province_id, unit_id, survey_id, '', response_id FROM pending;
DROP TABLE pending;
CREATE INDEX waiting_by_response ON waiting (province_id, response_id);
ALTER TABLE answer ADD COLUMN rotated INTEGER NOT NULL DEFAULT 0 CHECK (rotated IN (0, 1));
