-- name: sittings(province_id, first, last)
-- Complete responses of some days, with what is still known of who gave them and about which dossier.
SELECT r.id, r.unit_id, r.channel, r.provenance, r.started_at, r.finished_at, r.survey_id, r.survey_version,
  l.person_id, v.ordinal, v.counter, EXISTS (
    SELECT 1 FROM official o WHERE o.province_id = r.province_id AND o.revoked_at IS NULL AND o.person_id IN (
      l.person_id, (SELECT s.first_id FROM second_account s WHERE s.province_id = r.province_id AND s.second_id = l.person_id))
  ) AS staff
FROM response r
JOIN visit v ON v.province_id = r.province_id AND v.id = r.visit_id
LEFT JOIN response_link l ON l.province_id = r.province_id AND l.response_id = r.id
WHERE r.province_id = :province_id AND r.local_day BETWEEN :first AND :last AND r.disposition = 'complete'
  AND r.channel <> 'zalo-zbs'  -- stars are given in Zalo's own time
ORDER BY r.unit_id, r.finished_at, r.id;

-- name: answers_of_days(province_id, first, last)
SELECT a.response_id, a.question, a.value, a.words FROM response r
JOIN answer a ON a.province_id = r.province_id AND a.response_id = r.id
WHERE r.province_id = :province_id AND r.local_day BETWEEN :first AND :last AND r.disposition = 'complete'
  AND (a.factor IS NOT NULL OR a.words IS NOT NULL);

-- name: was_looked_at(province_id, week)^
SELECT 1 FROM looked_at WHERE province_id = :province_id AND week = :week;

-- name: mark_looked_at(province_id, week, at)!
INSERT INTO looked_at (province_id, week, at) VALUES (:province_id, :week, :at) ON CONFLICT DO NOTHING;

-- name: put_finding(province_id, unit_id, week, sittings, suspected, flagged, reasons, at)!
INSERT INTO finding (province_id, unit_id, week, sittings, suspected, flagged, reasons, at)
VALUES (:province_id, :unit_id, :week, :sittings, :suspected, :flagged, :reasons, :at) ON CONFLICT DO NOTHING;

-- name: suspect(province_id, response_id)!
INSERT INTO suspicion (province_id, response_id)
SELECT province_id, id FROM response WHERE province_id = :province_id AND id = :response_id
ON CONFLICT DO NOTHING;

-- name: drop_suspicion(province_id, response_id)!
DELETE FROM suspicion WHERE province_id = :province_id AND response_id = :response_id;

-- name: findings(province_id, units, first, last)
-- units: a JSON array of ids; first, last: weeks like 2026-W46.
SELECT f.unit_id, f.week, f.sittings, f.suspected, f.flagged = 1 AND f.decision IS NOT 'cleared', f.reasons, f.words
FROM json_each(:units) u JOIN finding f ON f.province_id = :province_id AND f.unit_id = u.value
WHERE f.week BETWEEN :first AND :last ORDER BY f.week DESC, f.suspected DESC, f.unit_id;

-- name: decide_finding(province_id, unit_id, week, decision)^
UPDATE finding SET decision = :decision
WHERE province_id = :province_id AND unit_id = :unit_id AND week = :week AND flagged = 1 RETURNING unit_id;

-- name: answer_finding(province_id, unit_id, week, words, person_id, at)!
UPDATE finding SET words = :words, answered_by = :person_id, answered_at = :at
WHERE province_id = :province_id AND unit_id = :unit_id AND week = :week AND flagged = 1;

-- name: index_of_days(province_id, unit_id, first, last)^
-- Of one desk's counted answers to the scored items: satisfied, valid, people; then the same of those not suspected.
SELECT
  coalesce(sum(a.value IN ('4', '5')), 0), count(*), count(DISTINCT r.id),
  coalesce(sum(a.value IN ('4', '5') AND s.response_id IS NULL), 0),
  coalesce(sum(s.response_id IS NULL), 0),
  count(DISTINCT CASE WHEN s.response_id IS NULL THEN r.id END)
FROM response r
JOIN answer a ON a.province_id = r.province_id AND a.response_id = r.id
LEFT JOIN suspicion s ON s.province_id = r.province_id AND s.response_id = r.id
WHERE r.province_id = :province_id AND r.unit_id = :unit_id AND r.local_day BETWEEN :first AND :last
  AND r.disposition = 'complete' AND r.counted = 1 AND a.rotated = 0
  AND a.factor IN ('A', 'B', 'C', 'D', 'E') AND a.value IN ('1', '2', '3', '4', '5');
