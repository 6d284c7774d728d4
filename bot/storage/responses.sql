-- name: add_consent(province_id, consent_id, text_version, text_digest, language, channel, at)!
INSERT INTO consent (province_id, id, text_version, text_digest, language, channel, given_at)
VALUES (:province_id, :consent_id, :text_version, :text_digest, :language, :channel, :at);

-- name: add_response(province_id, response_id, consent_id, visit_id, survey_id, survey_version, unit_id, deciding_unit_id, procedure_group, channel, language, provenance, at)!
INSERT INTO response (province_id, id, consent_id, visit_id, survey_id, survey_version, unit_id, deciding_unit_id,
  procedure_group, channel, language, provenance, started_at)
VALUES (:province_id, :response_id, :consent_id, :visit_id, :survey_id, :survey_version, :unit_id, :deciding_unit_id,
  :procedure_group, :channel, :language, :provenance, :at);

-- name: get_response(province_id, response_id)^
SELECT id, unit_id, survey_id, survey_version, procedure_group, provenance, disposition, counted, local_day, receipt,
  channel
FROM response WHERE province_id = :province_id AND id = :response_id;

-- name: linked_responses(province_id, person_id)
SELECT r.id, r.unit_id, r.survey_id, r.survey_version, r.procedure_group, r.provenance, r.disposition, r.counted,
  r.local_day, r.receipt, r.channel
FROM response_link l JOIN response r ON r.province_id = l.province_id AND r.id = l.response_id
WHERE l.province_id = :province_id AND l.person_id = :person_id ORDER BY r.started_at DESC;

-- name: open_responses(province_id, person_id)
-- Responses begun and not yet finished: still tied to the person by their session.
SELECT r.id, r.unit_id, r.survey_id, r.survey_version, r.procedure_group, r.provenance, r.disposition, r.counted,
  r.local_day, r.receipt, r.channel
FROM session s JOIN response r ON r.province_id = s.province_id AND r.id = s.response_id
WHERE s.province_id = :province_id AND s.person_id = :person_id ORDER BY r.started_at DESC;

-- name: put_answer(province_id, response_id, question, criterion, factor, rotated, value, words)!
INSERT INTO answer (province_id, response_id, question, criterion, factor, rotated, value, words)
VALUES (:province_id, :response_id, :question, :criterion, :factor, :rotated, :value, :words)
ON CONFLICT (province_id, response_id, question) DO UPDATE SET value = excluded.value, words = excluded.words;

-- name: drop_answer(province_id, response_id, question)!
DELETE FROM answer WHERE province_id = :province_id AND response_id = :response_id AND question = :question;

-- name: answers_of(province_id, response_id)
SELECT question, criterion, factor, rotated, value, words FROM answer
WHERE province_id = :province_id AND response_id = :response_id;

-- name: set_disposition(province_id, response_id, disposition, counted, receipt, local_day, at)!
UPDATE response SET disposition = :disposition, counted = :counted, receipt = :receipt, local_day = :local_day,
  finished_at = :at
WHERE province_id = :province_id AND id = :response_id;

-- name: receipt_borne(province_id, receipt)^
SELECT 1 FROM response WHERE province_id = :province_id AND receipt = :receipt;

-- name: already_counted(province_id, person_id, unit_id, week, visit_key)^
SELECT 1 FROM response_link WHERE province_id = :province_id AND person_id = :person_id AND unit_id = :unit_id
  AND week = :week AND visit_key = :visit_key AND counted = 1;

-- name: add_link(province_id, response_id, person_id, unit_id, week, visit_key, counted, expires_at)!
INSERT INTO response_link (province_id, response_id, person_id, unit_id, week, visit_key, counted, expires_at)
VALUES (:province_id, :response_id, :person_id, :unit_id, :week, :visit_key, :counted, :expires_at);

-- name: expired_links(province_id, before, limit)
SELECT response_id FROM response_link WHERE province_id = :province_id AND expires_at < :before LIMIT :limit;

-- name: forget_response_times(province_id, response_id)!
-- Instants are kept to the day only, so that none of them leads back to a chat.
UPDATE response SET started_at = started_at - started_at % 86400000, finished_at = finished_at - finished_at % 86400000
WHERE province_id = :province_id AND id = :response_id;

-- name: forget_visit_time(province_id, visit_id)!
UPDATE visit SET created_at = created_at - created_at % 86400000 WHERE province_id = :province_id AND id = :visit_id;

-- name: forget_consent_time(province_id, consent_id)!
UPDATE consent SET given_at = given_at - given_at % 86400000 WHERE province_id = :province_id AND id = :consent_id;

-- name: add_waiting(province_id, unit_id, survey_id, part, response_id)!
-- An answer that was taken back and given again waits there still.
INSERT INTO waiting (province_id, unit_id, survey_id, part, response_id)
VALUES (:province_id, :unit_id, :survey_id, :part, :response_id) ON CONFLICT DO NOTHING;

-- name: waiting(province_id, unit_id, survey_id, part, provenance)
-- provenance '': of any.
SELECT w.response_id FROM waiting w
WHERE w.province_id = :province_id AND w.unit_id = :unit_id AND w.survey_id = :survey_id AND w.part = :part
  AND (:provenance = '' OR EXISTS (
    SELECT 1 FROM response r WHERE r.province_id = w.province_id AND r.id = w.response_id AND r.provenance = :provenance))
ORDER BY w.response_id;

-- name: leave(province_id, unit_id, survey_id, part, response_id)*!
DELETE FROM waiting
WHERE province_id = :province_id AND unit_id = :unit_id AND survey_id = :survey_id AND part = :part
  AND response_id = :response_id;

-- name: stop_waiting(province_id, response_id)!
DELETE FROM waiting WHERE province_id = :province_id AND response_id = :response_id;

-- name: drop_sessions(province_id, person_id)!
DELETE FROM session WHERE province_id = :province_id AND person_id = :person_id;

-- name: drop_link(province_id, response_id)!
DELETE FROM response_link WHERE province_id = :province_id AND response_id = :response_id;

-- name: drop_answers(province_id, response_id)!
DELETE FROM answer WHERE province_id = :province_id AND response_id = :response_id;

-- name: response_keys(province_id, response_id)^
SELECT consent_id, visit_id FROM response WHERE province_id = :province_id AND id = :response_id;

-- name: drop_response(province_id, response_id)!
DELETE FROM response WHERE province_id = :province_id AND id = :response_id;

-- name: drop_consent(province_id, consent_id)!
DELETE FROM consent WHERE province_id = :province_id AND id = :consent_id;

-- name: drop_visit(province_id, visit_id)!
-- A walk-in visit exists only for its response; a dossier's visit belongs to the office and stays.
DELETE FROM visit WHERE province_id = :province_id AND id = :visit_id AND dossier_digest IS NULL
  AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.province_id = visit.province_id AND e.visit_id = visit.id)
  AND NOT EXISTS (SELECT 1 FROM session s WHERE s.province_id = visit.province_id AND s.visit_id = visit.id)
  AND NOT EXISTS (SELECT 1 FROM response r WHERE r.province_id = visit.province_id AND r.visit_id = visit.id);

-- name: add_count(province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, criterion, value, n)*!
INSERT INTO counts (province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, criterion, value, n)
VALUES (:province_id, :unit_id, :scope, :period, :survey_id, :procedure_group, :provenance, :disposition, :criterion, :value, :n)
ON CONFLICT DO UPDATE SET n = n + excluded.n;

-- name: add_moments(province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, factor, n, s, m, ss, sm, mm)*!
INSERT INTO moments (province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, factor,
  n, s, m, ss, sm, mm)
VALUES (:province_id, :unit_id, :scope, :period, :survey_id, :procedure_group, :provenance, :disposition, :factor,
  :n, :s, :m, :ss, :sm, :mm)
ON CONFLICT DO UPDATE SET n = n + excluded.n, s = s + excluded.s, m = m + excluded.m, ss = ss + excluded.ss,
  sm = sm + excluded.sm, mm = mm + excluded.mm;

-- name: take_count(province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, criterion, value, n)*!
-- CHECK (n >= 0) holds before an upsert looks for its row, so taking away is a statement of its own.
UPDATE counts SET n = n - :n WHERE province_id = :province_id AND unit_id = :unit_id AND scope = :scope
  AND period = :period AND survey_id = :survey_id AND procedure_group = :procedure_group AND provenance = :provenance
  AND disposition = :disposition AND criterion = :criterion AND value = :value;

-- name: take_moments(province_id, unit_id, scope, period, survey_id, procedure_group, provenance, disposition, factor, n, s, m, ss, sm, mm)*!
UPDATE moments SET n = n - :n, s = s - :s, m = m - :m, ss = ss - :ss, sm = sm - :sm, mm = mm - :mm
WHERE province_id = :province_id AND unit_id = :unit_id AND scope = :scope AND period = :period
  AND survey_id = :survey_id AND procedure_group = :procedure_group AND provenance = :provenance
  AND disposition = :disposition AND factor = :factor;
