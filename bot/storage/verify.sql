-- name: counts_that_differ(province_id)
-- Recount every counted answer from the answers alone and show where the kept counts say something else.
WITH RECURSIVE above (unit_id, reached) AS (
  SELECT id, id FROM unit WHERE province_id = :province_id
  UNION ALL
  SELECT a.unit_id, u.parent_id FROM above a JOIN unit u ON u.province_id = :province_id AND u.id = a.reached
  WHERE u.parent_id IS NOT NULL
),
place (unit_id, reached, scope) AS (
  SELECT id, id, 'own' FROM unit WHERE province_id = :province_id
  UNION ALL
  SELECT unit_id, reached, 'all' FROM above
),
said AS (
  SELECT r.unit_id, r.local_day, r.survey_id, r.procedure_group, r.provenance, r.disposition, a.criterion, each.value AS value
  FROM response r
  JOIN answer a ON a.province_id = r.province_id AND a.response_id = r.id
  JOIN json_each('["' || replace(a.value, ' ', '","') || '"]') each
  WHERE r.province_id = :province_id AND r.counted = 1 AND a.value IS NOT NULL
),
by_period AS (
  SELECT unit_id, local_day AS period, survey_id, procedure_group, provenance, disposition, criterion, value FROM said
  UNION ALL
  SELECT unit_id, substr(local_day, 1, 7), survey_id, procedure_group, provenance, disposition, criterion, value FROM said
),
recount AS (
  SELECT p.reached AS unit_id, p.scope, b.period, b.survey_id, b.procedure_group, b.provenance, b.disposition, b.criterion,
    b.value, count(*) AS n
  FROM by_period b JOIN place p ON p.unit_id = b.unit_id
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
),
kept AS (
  SELECT unit_id, scope, period, survey_id, procedure_group, provenance, disposition, criterion, value, n FROM counts
  WHERE province_id = :province_id AND n > 0
)
SELECT 'kept, not in the answers' AS what, * FROM (SELECT * FROM kept EXCEPT SELECT * FROM recount)
UNION ALL
SELECT 'in the answers, not kept', * FROM (SELECT * FROM recount EXCEPT SELECT * FROM kept)
LIMIT 200;

-- name: moments_that_differ(province_id)
-- The same for the sums that the intervals rest on.
WITH RECURSIVE above (unit_id, reached) AS (
  SELECT id, id FROM unit WHERE province_id = :province_id
  UNION ALL
  SELECT a.unit_id, u.parent_id FROM above a JOIN unit u ON u.province_id = :province_id AND u.id = a.reached
  WHERE u.parent_id IS NOT NULL
),
place (unit_id, reached, scope) AS (
  SELECT id, id, 'own' FROM unit WHERE province_id = :province_id
  UNION ALL
  SELECT unit_id, reached, 'all' FROM above
),
one AS (
  SELECT r.id, r.unit_id, r.local_day, r.survey_id, r.procedure_group, r.provenance, r.disposition, f.factor,
    sum(a.value IN ('4', '5')) AS s, count(*) AS m
  FROM response r
  JOIN answer a ON a.province_id = r.province_id AND a.response_id = r.id
  JOIN (SELECT 'A' AS letter, 'A' AS factor UNION ALL SELECT 'B', 'B' UNION ALL SELECT 'C', 'C' UNION ALL SELECT 'D', 'D'
    UNION ALL SELECT 'E', 'E' UNION ALL SELECT 'A', '*' UNION ALL SELECT 'B', '*' UNION ALL SELECT 'C', '*'
    UNION ALL SELECT 'D', '*' UNION ALL SELECT 'E', '*') f ON f.letter = a.factor
  WHERE r.province_id = :province_id AND r.counted = 1 AND a.rotated = 0 AND a.value IN ('1', '2', '3', '4', '5')
  GROUP BY r.id, f.factor
),
by_period AS (
  SELECT one.*, local_day AS period FROM one UNION ALL SELECT one.*, substr(local_day, 1, 7) FROM one
),
recount AS (
  SELECT p.reached AS unit_id, p.scope, b.period, b.survey_id, b.procedure_group, b.provenance, b.disposition, b.factor,
    count(*) AS n, sum(b.s) AS s, sum(b.m) AS m, sum(b.s * b.s) AS ss, sum(b.s * b.m) AS sm, sum(b.m * b.m) AS mm
  FROM by_period b JOIN place p ON p.unit_id = b.unit_id
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
),
kept AS (
  SELECT unit_id, scope, period, survey_id, procedure_group, provenance, disposition, factor, n, s, m, ss, sm, mm FROM moments
  WHERE province_id = :province_id AND n > 0
)
SELECT 'kept, not in the answers' AS what, * FROM (SELECT * FROM kept EXCEPT SELECT * FROM recount)
UNION ALL
SELECT 'in the answers, not kept', * FROM (SELECT * FROM recount EXCEPT SELECT * FROM kept)
LIMIT 200;

-- name: all_cells(province_id)
SELECT unit_id, scope, survey_id, period, step, method, tally, closed, provenance, n, digest FROM cell WHERE province_id = :province_id;

-- name: all_procedure_cells(province_id)
SELECT unit_id, period, survey_id, procedure_groups, rest, method, tally, n, digest FROM procedure_cell
WHERE province_id = :province_id;

-- name: answers_without_consent(province_id)
-- The database forbids it; this proves it.
SELECT a.response_id FROM answer a
LEFT JOIN response r ON r.province_id = a.province_id AND r.id = a.response_id
LEFT JOIN consent c ON c.province_id = r.province_id AND c.id = r.consent_id
WHERE a.province_id = :province_id AND c.id IS NULL LIMIT 20;

-- name: visits_that_differ(province_id)
-- Dossiers' visits are never deleted, so every day and month must hold as many as there are.
SELECT unit_id, period, sum(counted), sum(found) FROM (
  SELECT unit_id, period, n AS counted, 0 AS found FROM visit_count WHERE province_id = :province_id
  UNION ALL
  SELECT receiving_unit_id, local_day, 0, count(*) FROM visit
  WHERE province_id = :province_id AND dossier_digest IS NOT NULL GROUP BY receiving_unit_id, local_day
  UNION ALL
  SELECT receiving_unit_id, substr(local_day, 1, 7), 0, count(*) FROM visit
  WHERE province_id = :province_id AND dossier_digest IS NOT NULL GROUP BY receiving_unit_id, substr(local_day, 1, 7)
) GROUP BY unit_id, period HAVING sum(counted) <> sum(found);
