-- name: add_feed_visit(province_id, visit_id, unit_id, deciding_unit_id, procedure_group, event, local_day, dossier_digest, due_day, done_day, ordinal, at)!
INSERT INTO visit (province_id, id, receiving_unit_id, deciding_unit_id, procedure_group, channel, event, local_day,
  provenance, dossier_digest, due_day, done_day, ordinal, created_at)
VALUES (:province_id, :visit_id, :unit_id, :deciding_unit_id, :procedure_group, 'feed', :event, :local_day,
  'verified', :dossier_digest, :due_day, :done_day, :ordinal, :at);

-- name: get_feed_visit(province_id, dossier_digest, event)^
SELECT id, receiving_unit_id, deciding_unit_id, procedure_group, local_day, provenance, event, counter, dossier_digest,
  due_day, done_day, ordinal
FROM visit WHERE province_id = :province_id AND dossier_digest = :dossier_digest AND event = :event;

-- name: last_ordinal(province_id, unit_id, day)^
SELECT coalesce(max(ordinal), 0) FROM visit
WHERE province_id = :province_id AND receiving_unit_id = :unit_id AND local_day = :day AND dossier_digest IS NOT NULL;

-- name: count_visit(province_id, unit_id, period)!
INSERT INTO visit_count (province_id, unit_id, period, n) VALUES (:province_id, :unit_id, :period, 1)
ON CONFLICT (province_id, unit_id, period) DO UPDATE SET n = n + 1;

-- name: feed_visits(province_id, units, periods)^
-- units, periods: JSON arrays.
-- CROSS: in this order, or the whole table is read.
SELECT coalesce(sum(c.n), 0) FROM json_each(:units) u CROSS JOIN json_each(:periods) p CROSS JOIN visit_count c
WHERE c.province_id = :province_id AND c.unit_id = u.value AND c.period = p.value;

-- name: add_invitation(province_id, ref, visit_id, expires_day, channel, address, address_digest, ask_after, ask_until, state)!
INSERT INTO invitation (province_id, ref, visit_id, expires_day, channel, address, address_digest, ask_after, ask_until, state)
VALUES (:province_id, :ref, :visit_id, :expires_day, :channel, :address, :address_digest, :ask_after, :ask_until, :state);

-- name: invitation_by_ref(province_id, ref)^
SELECT ref, visit_id, expires_day, state, channel, address, address_digest, ask_after, ask_until, answered FROM invitation
WHERE province_id = :province_id AND ref = :ref;

-- name: invitation_of_visit(province_id, visit_id)^
SELECT ref, visit_id, expires_day, state, channel, address, address_digest, ask_after, ask_until, answered FROM invitation
WHERE province_id = :province_id AND visit_id = :visit_id;

-- name: due_invitations(province_id, now, limit)
SELECT ref, visit_id, expires_day, state, channel, address, address_digest, ask_after, ask_until, answered FROM invitation
WHERE province_id = :province_id AND state = 'waiting' AND ask_after <= :now ORDER BY ask_after LIMIT :limit;

-- name: settle_invitation(province_id, ref, state, at)!
UPDATE invitation SET state = :state, settled_at = :at, address = NULL
WHERE province_id = :province_id AND ref = :ref;

-- name: mark_answered(province_id, visit_id)!
UPDATE invitation SET answered = 1 WHERE province_id = :province_id AND visit_id = :visit_id;

-- name: forget_asked(province_id, before, limit)!
-- Of whom was asked nothing is left once it no longer keeps her in peace.
UPDATE invitation SET address_digest = NULL WHERE (province_id, ref) IN (
  SELECT province_id, ref FROM invitation
  WHERE province_id = :province_id AND state <> 'waiting' AND address_digest IS NOT NULL AND settled_at < :before LIMIT :limit);

-- name: cut_visit(province_id, response_id, new_id)!
-- A visit without its dossier, its day and its event, for a response that may no longer lead to it: what counts of it
-- stands in the response.
INSERT INTO visit (province_id, id, receiving_unit_id, deciding_unit_id, procedure_group, channel, event, counter, local_day,
  provenance, created_at)
SELECT v.province_id, :new_id, v.receiving_unit_id, NULL, '', v.channel, 'visit', '', coalesce(r.local_day, v.local_day),
  v.provenance, v.created_at - v.created_at % 86400000
FROM response r JOIN visit v ON v.province_id = r.province_id AND v.id = r.visit_id
WHERE r.province_id = :province_id AND r.id = :response_id AND v.dossier_digest IS NOT NULL;

-- name: point_to_visit(province_id, response_id, new_id)!
UPDATE response SET visit_id = :new_id
WHERE province_id = :province_id AND id = :response_id
  AND EXISTS (SELECT 1 FROM visit v WHERE v.province_id = :province_id AND v.id = :new_id);

-- name: refuse_address(province_id, address_digest, at)!
INSERT INTO refusal (province_id, address_digest, at) VALUES (:province_id, :address_digest, :at) ON CONFLICT DO NOTHING;

-- name: address_refused(province_id, address_digest)^
SELECT 1 FROM refusal WHERE province_id = :province_id AND address_digest = :address_digest;

-- name: address_asked(province_id, address_digest, since)^
SELECT 1 FROM invitation WHERE province_id = :province_id AND address_digest = :address_digest AND state = 'asked'
  AND settled_at >= :since LIMIT 1;

-- name: add_sender(province_id, name, key_digest, at)^
INSERT INTO sender (province_id, name, key_digest, created_at) VALUES (:province_id, :name, :key_digest, :at)
ON CONFLICT (province_id, name) DO UPDATE SET
  key_digest = excluded.key_digest, created_at = excluded.created_at, revoked_at = NULL
WHERE sender.revoked_at IS NOT NULL
RETURNING name;

-- name: revoke_sender(province_id, name, at)^
UPDATE sender SET revoked_at = :at WHERE province_id = :province_id AND name = :name AND revoked_at IS NULL RETURNING name;

-- name: sender_of(province_id, key_digest)^
SELECT name FROM sender WHERE province_id = :province_id AND key_digest = :key_digest AND revoked_at IS NULL;

-- name: senders(province_id)
SELECT name, created_at FROM sender WHERE province_id = :province_id AND revoked_at IS NULL ORDER BY name;

-- name: parts_waited_for(province_id, response_id)
SELECT part FROM waiting WHERE province_id = :province_id AND response_id = :response_id;

-- name: hold_response(province_id, response_id, reason, pair, parts, at)^
INSERT INTO review (province_id, response_id, reason, pair, parts, at)
VALUES (:province_id, :response_id, :reason, :pair, :parts, :at) ON CONFLICT DO NOTHING RETURNING response_id;

-- name: one_of_pair_counts(province_id, pair)^
SELECT 1 FROM review WHERE province_id = :province_id AND pair = :pair AND decision = 'count';

-- name: forget_review_time(province_id, response_id)!
UPDATE review SET at = at - at % 86400000 WHERE province_id = :province_id AND response_id = :response_id;

-- name: forget_places(province_id, before, limit)!
-- Which of its day's list a visit was, and that it was answered: nothing needs it once its code has expired, and with the
-- office's own list it would lead from an answer to a dossier.
UPDATE visit SET ordinal = NULL WHERE rowid IN (
  SELECT rowid FROM visit
  WHERE province_id = :province_id AND ordinal IS NOT NULL AND local_day < :before LIMIT :limit);

-- name: forget_answered(province_id, before, limit)!
UPDATE invitation SET answered = 0 WHERE rowid IN (
  SELECT rowid FROM invitation
  WHERE province_id = :province_id AND answered = 1 AND expires_day < :before LIMIT :limit);

-- name: pair_of(province_id, response_id)^
SELECT pair FROM review WHERE province_id = :province_id AND response_id = :response_id;

-- name: set_assisted(province_id, response_id)!
UPDATE response SET provenance = 'assisted'
WHERE province_id = :province_id AND id = :response_id AND disposition = 'open';

-- name: add_held_parts(province_id, response_id, more)!
-- more: a JSON array. Of what was in no chain when it was held all are joined anyway.
UPDATE review SET parts = (
  SELECT json_group_array(value) FROM (SELECT value FROM json_each(parts) UNION SELECT value FROM json_each(:more)))
WHERE province_id = :province_id AND response_id = :response_id AND decision IS NULL AND parts IS NOT NULL;

-- name: set_counted(province_id, response_id, counted)!
UPDATE response SET counted = :counted WHERE province_id = :province_id AND id = :response_id;

-- name: set_link_counted(province_id, response_id, counted)!
UPDATE response_link SET counted = :counted WHERE province_id = :province_id AND response_id = :response_id;

-- name: held_responses(province_id)
SELECT r.id, r.unit_id, r.survey_id, r.survey_version, r.procedure_group, r.provenance, r.disposition, r.counted,
  r.local_day, r.receipt, r.channel, h.pair, h.reason, h.parts, h.at
FROM review h JOIN response r ON r.province_id = h.province_id AND r.id = h.response_id
WHERE h.province_id = :province_id AND h.decision IS NULL ORDER BY h.at, r.id;

-- name: decide_review(province_id, response_id, decision, at)!
UPDATE review SET decision = :decision, decided_at = :at
WHERE province_id = :province_id AND response_id = :response_id;

-- name: drop_review(province_id, response_id)!
DELETE FROM review WHERE province_id = :province_id AND response_id = :response_id;

-- name: sent_about(province_id, visit_id)
SELECT id, unit_id, survey_id, survey_version, procedure_group, provenance, disposition, counted, local_day, receipt,
  channel
-- Unsorted: for the order by id SQLite would read every response of the province.
FROM response WHERE province_id = :province_id AND visit_id = :visit_id AND disposition = 'complete';

-- name: sessions_about(province_id, visit_id)
SELECT state, person_id, visit_id, response_id, open, touched_at FROM session
WHERE province_id = :province_id AND visit_id = :visit_id ORDER BY touched_at DESC, id DESC;

-- name: hand_over_session(province_id, session_id, person_id)!
UPDATE session SET person_id = :person_id WHERE province_id = :province_id AND id = :session_id;
