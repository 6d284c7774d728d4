-- name: units_version(province_id)^
-- Changes whenever the tree changes, so that a cached tree can be trusted.
SELECT units_version FROM province WHERE id = :province_id;

-- name: all_units(province_id)
SELECT id, code, level, name, short_name, aliases, parent_id, valid_from, valid_to FROM unit
WHERE province_id = :province_id;

-- name: put_unit(province_id, unit_id, code, level, name, short_name, aliases, parent_id, valid_from, valid_to)!
-- Insert a unit, or bring its names and validity up to date.
INSERT INTO unit (province_id, id, code, level, name, short_name, aliases, parent_id, valid_from, valid_to)
VALUES (:province_id, :unit_id, :code, :level, :name, :short_name, :aliases, :parent_id, :valid_from, :valid_to)
ON CONFLICT (province_id, id) DO UPDATE SET name = excluded.name, short_name = excluded.short_name,
  aliases = excluded.aliases, parent_id = excluded.parent_id,
  valid_from = excluded.valid_from, valid_to = excluded.valid_to;

-- name: add_improvement(province_id, improvement_id, unit_id, day, words, person_id, at)!
INSERT INTO improvement (province_id, id, unit_id, day, words, person_id, at)
VALUES (:province_id, :improvement_id, :unit_id, :day, :words, :person_id, :at);

-- name: get_improvement(province_id, improvement_id)^
SELECT id, unit_id, day, words FROM improvement
WHERE province_id = :province_id AND id = :improvement_id AND withdrawn_at IS NULL;

-- name: withdraw_improvement(province_id, improvement_id, at)!
UPDATE improvement SET withdrawn_at = :at WHERE province_id = :province_id AND id = :improvement_id;

-- name: improvements(province_id, first, last)
-- What was done in those days, the newest first.
SELECT id, unit_id, day, words FROM improvement
WHERE province_id = :province_id AND day BETWEEN :first AND :last AND withdrawn_at IS NULL
ORDER BY day DESC, at DESC;

-- name: all_successions(province_id)
SELECT old_unit_id, new_unit_id, extent FROM unit_lineage WHERE province_id = :province_id
ORDER BY old_unit_id, new_unit_id;

-- name: put_succession(province_id, old, new, day, extent)!
INSERT INTO unit_lineage (province_id, old_unit_id, new_unit_id, day, extent)
VALUES (:province_id, :old, :new, :day, :extent)
ON CONFLICT (province_id, old_unit_id, new_unit_id) DO UPDATE SET day = excluded.day, extent = excluded.extent;

-- name: bump_units_version(province_id)!
UPDATE province SET units_version = units_version + 1 WHERE id = :province_id;

-- name: add_province(province_id, name, sample, at)!
INSERT INTO province (id, name, sample, created_at) VALUES (:province_id, :name, :sample, :at)
ON CONFLICT (id) DO NOTHING;

-- name: get_entry(province_id, code)^
SELECT code, unit_id, counter FROM entry
WHERE province_id = :province_id AND code = :code AND visit_id IS NULL AND ended_at IS NULL;

-- name: get_entry_of(province_id, unit_id, counter)^
SELECT code, unit_id, counter FROM entry
WHERE province_id = :province_id AND unit_id = :unit_id AND counter = :counter AND visit_id IS NULL AND ended_at IS NULL;

-- name: add_entry(province_id, code, unit_id, counter, at)!
INSERT INTO entry (province_id, code, unit_id, counter, created_at)
VALUES (:province_id, :code, :unit_id, :counter, :at);
