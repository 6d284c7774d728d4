-- Figures of answers that a dossier proves, of those that came by a poster, of those given beside the staff: kept apart from
-- the figure of all of them ('').

CREATE TABLE cell_apart (
  province_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('own', 'all')),
  survey_id TEXT NOT NULL,
  provenance TEXT NOT NULL DEFAULT '' CHECK (provenance IN ('', 'verified', 'walk_in', 'assisted')),
  period TEXT NOT NULL,
  step INTEGER NOT NULL,
  method TEXT NOT NULL,
  n INTEGER NOT NULL,
  tally TEXT NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
  released_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (province_id, unit_id, scope, survey_id, provenance, period)
) STRICT, WITHOUT ROWID;
INSERT INTO cell_apart (province_id, unit_id, scope, survey_id, period, step, method, n, tally, closed, released_at, digest)
SELECT province_id, unit_id, scope, survey_id, period, step, method, n, tally, closed, released_at, digest FROM cell
WHERE procedure_group = '';
DROP TABLE cell;
ALTER TABLE cell_apart RENAME TO cell;
CREATE INDEX cell_open ON cell (province_id, closed, period);
