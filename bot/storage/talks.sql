-- name: add_visit(province_id, visit_id, unit_id, deciding_unit_id, procedure_group, channel, event, counter, local_day, provenance, dossier_digest, at)!
INSERT INTO visit (province_id, id, receiving_unit_id, deciding_unit_id, procedure_group, channel, event, counter,
  local_day, provenance, dossier_digest, created_at)
VALUES (:province_id, :visit_id, :unit_id, :deciding_unit_id, :procedure_group, :channel, :event, :counter,
  :local_day, :provenance, :dossier_digest, :at);

-- name: get_visit(province_id, visit_id)^
SELECT id, receiving_unit_id, deciding_unit_id, procedure_group, local_day, provenance, event, counter, dossier_digest
FROM visit WHERE province_id = :province_id AND id = :visit_id;

-- name: add_session(province_id, session_id, person_id, survey_id, survey_version, visit_id, state, at)!
INSERT INTO session (province_id, id, person_id, survey_id, survey_version, visit_id, state, touched_at)
VALUES (:province_id, :session_id, :person_id, :survey_id, :survey_version, :visit_id, :state, :at);

-- name: get_session(province_id, session_id)^
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND id = :session_id;

-- name: latest_session(province_id, person_id)^
-- The open session a person touched last.
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND person_id = :person_id AND open = 1 ORDER BY touched_at DESC, id DESC LIMIT 1;

-- name: sessions_of(province_id, person_id)
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND person_id = :person_id ORDER BY touched_at DESC, id DESC;

-- name: save_session(province_id, session_id, state, response_id, open, at)!
UPDATE session SET state = :state, response_id = :response_id, open = :open, touched_at = :at, reminded_at = NULL
WHERE province_id = :province_id AND id = :session_id;

-- name: go_on_session(province_id, session_id, state, at)!
-- On nearly every tap: naming no more columns than change spares two indexes and a foreign key.
UPDATE session SET state = :state, touched_at = :at, reminded_at = NULL
WHERE province_id = :province_id AND id = :session_id;

-- name: silent_sessions(province_id, before, limit)
-- Open sessions nobody touched since, oldest first.
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND open = 1 AND touched_at < :before ORDER BY touched_at LIMIT :limit;

-- name: unreminded_sessions(province_id, before, after, limit)
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND open = 1 AND reminded_at IS NULL AND touched_at < :before AND touched_at > :after
ORDER BY touched_at LIMIT :limit;

-- name: mark_reminded(province_id, session_id, at)!
UPDATE session SET reminded_at = :at WHERE province_id = :province_id AND id = :session_id;

-- name: drop_closed_sessions(province_id, before, limit)!
-- A session ties answers to a person: it goes when its time is over.
DELETE FROM session WHERE rowid IN (
  SELECT rowid FROM session WHERE province_id = :province_id AND open = 0 AND touched_at < :before LIMIT :limit);

-- name: drop_sessions_about(province_id, response_id)!
-- A session goes with the link of what it sent, also one that was opened again, and left.
DELETE FROM session WHERE province_id = :province_id AND response_id = :response_id;
