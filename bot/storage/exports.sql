-- name: export_days(province_id, day, unit_id, limit)
-- The next desks' days that have responses, after (day, unit_id); the index alone answers.
SELECT DISTINCT local_day, unit_id FROM response
WHERE province_id = :province_id AND (local_day, unit_id) > (:day, :unit_id)
ORDER BY local_day, unit_id LIMIT :limit;

-- name: export_ids(province_id, day, unit_id)
-- The finished responses of one desk on one day, in no order that means anything.
SELECT id FROM response
WHERE province_id = :province_id AND local_day = :day AND unit_id = :unit_id AND disposition IN ('complete', 'partial');

-- name: export_responses(province_id, ids)
-- ids: a JSON list. No receipt, no instant, no visit: nothing that leads to a person.
SELECT r.id, r.local_day, r.unit_id, r.procedure_group, r.channel, r.language, r.provenance, r.disposition, r.counted,
  r.survey_id, r.survey_version
FROM json_each(:ids) wanted CROSS JOIN response r ON r.province_id = :province_id AND r.id = wanted.value
WHERE r.disposition IN ('complete', 'partial');

-- name: export_answers(province_id, ids)
SELECT a.response_id, a.criterion, coalesce(a.value, a.words)
FROM json_each(:ids) wanted CROSS JOIN answer a ON a.province_id = :province_id AND a.response_id = wanted.value
ORDER BY a.response_id, a.question;

-- name: published_surveys(province_id)
SELECT id, version FROM survey WHERE province_id = :province_id ORDER BY id, published_at DESC, version DESC;
