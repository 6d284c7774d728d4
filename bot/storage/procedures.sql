-- name: get_part(province_id, period, survey_id, block, unit_id, procedure_group, aside)^
SELECT tally FROM block_part WHERE province_id = :province_id AND period = :period AND survey_id = :survey_id
  AND block = :block AND unit_id = :unit_id AND procedure_group = :procedure_group AND aside = :aside;

-- name: put_part(province_id, period, survey_id, block, unit_id, procedure_group, aside, tally)!
INSERT INTO block_part (province_id, period, survey_id, block, unit_id, procedure_group, aside, tally)
VALUES (:province_id, :period, :survey_id, :block, :unit_id, :procedure_group, :aside, :tally)
ON CONFLICT DO UPDATE SET tally = excluded.tally;

-- name: parts_of(province_id, period)
SELECT survey_id, block, unit_id, procedure_group, aside, tally FROM block_part
WHERE province_id = :province_id AND period = :period;

-- name: quarters_with_parts(province_id, period)
-- Before the running one.
SELECT DISTINCT period FROM block_part WHERE province_id = :province_id AND period < :period;

-- name: drop_parts(province_id, period)!
DELETE FROM block_part WHERE province_id = :province_id AND period = :period;

-- name: quarter_state(province_id, period)^
SELECT state FROM procedure_quarter WHERE province_id = :province_id AND period = :period;

-- name: settle_quarter(province_id, period)!
INSERT INTO procedure_quarter (province_id, period, state) VALUES (:province_id, :period, 'told') ON CONFLICT DO NOTHING;

-- name: add_procedure_cell(province_id, unit_id, period, survey_id, procedure_groups, rest, method, n, tally, at, digest)!
-- What is released once never changes.
INSERT INTO procedure_cell (province_id, unit_id, period, survey_id, procedure_groups, rest, method, n, tally, released_at,
  digest)
VALUES (:province_id, :unit_id, :period, :survey_id, :procedure_groups, :rest, :method, :n, :tally, :at, :digest)
ON CONFLICT DO NOTHING;

-- name: procedure_cells(province_id, unit_id, period, survey_id)
SELECT unit_id, period, survey_id, procedure_groups, rest, method, tally FROM procedure_cell
WHERE province_id = :province_id AND unit_id = :unit_id AND period = :period AND survey_id = :survey_id;

-- name: has_procedure_cells(province_id, unit_id, period, survey_id, least)^
SELECT 1 FROM procedure_cell WHERE province_id = :province_id AND unit_id = :unit_id AND period = :period
  AND survey_id = :survey_id AND n >= :least LIMIT 1;

-- name: procedure_cells_of_other_methods(province_id, method, limit)
SELECT unit_id, period, survey_id, procedure_groups, rest, method, tally FROM procedure_cell
WHERE province_id = :province_id AND method <> :method LIMIT :limit;

-- name: set_procedure_cell_method(province_id, unit_id, period, survey_id, procedure_groups, method, digest)!
UPDATE procedure_cell SET method = :method, digest = :digest WHERE province_id = :province_id AND unit_id = :unit_id
  AND period = :period AND survey_id = :survey_id AND procedure_groups = :procedure_groups;
