-- What an office did after people said what was wrong: told by its manager, shown beside its figures.
CREATE TABLE improvement (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  day TEXT NOT NULL,
  words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 200),
  person_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  PRIMARY KEY (province_id, id),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, person_id) REFERENCES person (province_id, id)
) STRICT;
CREATE INDEX improvement_by_day ON improvement (province_id, day);
CREATE INDEX improvement_by_person ON improvement (province_id, person_id);
