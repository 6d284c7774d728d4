-- name: get_cell(province_id, unit_id, scope, survey_id, provenance, period)^
SELECT unit_id, scope, survey_id, period, step, method, tally, closed, provenance FROM cell
WHERE province_id = :province_id AND unit_id = :unit_id AND scope = :scope AND survey_id = :survey_id
  AND provenance = :provenance AND period = :period;

-- name: put_cell(province_id, unit_id, scope, survey_id, provenance, period, step, method, n, tally, closed, at, digest)!
-- A later step takes the place of an earlier one; a closed cell never changes.
INSERT INTO cell (province_id, unit_id, scope, survey_id, provenance, period, step, method, n, tally, closed, released_at,
  digest)
VALUES (:province_id, :unit_id, :scope, :survey_id, :provenance, :period, :step, :method, :n, :tally, :closed, :at, :digest)
ON CONFLICT (province_id, unit_id, scope, survey_id, provenance, period) DO UPDATE
SET step = excluded.step, n = excluded.n, tally = excluded.tally, closed = excluded.closed,
  released_at = excluded.released_at, digest = excluded.digest
WHERE cell.closed = 0 AND excluded.step >= cell.step;

-- name: open_cells(province_id, pattern, before)
-- Cells of one kind of period whose period id sorts before the running one: they are to be closed.
SELECT unit_id, scope, survey_id, period, step, method, tally, closed, provenance FROM cell
WHERE province_id = :province_id AND closed = 0 AND period GLOB :pattern AND period < :before LIMIT 500;

-- name: cells_of_other_methods(province_id, method, limit)
SELECT unit_id, scope, survey_id, period, step, method, tally, closed, provenance FROM cell
WHERE province_id = :province_id AND method <> :method LIMIT :limit;

-- name: set_cell_method(province_id, unit_id, scope, survey_id, provenance, period, method, digest)!
UPDATE cell SET method = :method, digest = :digest WHERE province_id = :province_id AND unit_id = :unit_id
  AND scope = :scope AND survey_id = :survey_id AND provenance = :provenance AND period = :period;
