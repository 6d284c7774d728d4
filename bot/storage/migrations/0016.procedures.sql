-- Figures by procedure of a quarter that is over. Until then what each block holds of each procedure is kept; it is never
-- shown, and goes when the quarter is released.

CREATE TABLE block_part (
  province_id TEXT NOT NULL,
  period TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  block TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  procedure_group TEXT NOT NULL,
  aside INTEGER NOT NULL CHECK (aside IN (0, 1)),
  tally TEXT NOT NULL,
  PRIMARY KEY (province_id, period, survey_id, block, unit_id, procedure_group, aside)
) STRICT, WITHOUT ROWID;

CREATE TABLE procedure_cell (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  period TEXT NOT NULL,
  survey_id TEXT NOT NULL,
  procedure_groups TEXT NOT NULL,
  rest INTEGER NOT NULL CHECK (rest IN (0, 1)),
  method TEXT NOT NULL,
  n INTEGER NOT NULL,
  tally TEXT NOT NULL,
  released_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (province_id, unit_id, period, survey_id, procedure_groups)
) STRICT, WITHOUT ROWID;

-- 'told': released, once; 'begun': blocks of it left before parts of them were kept, so it never is.
CREATE TABLE procedure_quarter (
  province_id TEXT NOT NULL REFERENCES province (id),
  period TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('told', 'begun')),
  PRIMARY KEY (province_id, period)
) STRICT, WITHOUT ROWID;
INSERT INTO procedure_quarter (province_id, period, state)
SELECT DISTINCT province_id, period, 'begun' FROM cell WHERE period GLOB '????-Q?';
