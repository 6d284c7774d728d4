-- name: add_rating_request(province_id, request_id, ref, phone, not_after, forget_at, at)!
INSERT INTO rating_request (province_id, id, ref, phone, not_before, not_after, forget_at, created_at)
VALUES (:province_id, :request_id, :ref, :phone, :at, :not_after, :forget_at, :at);

-- name: due_rating_requests(province_id, now, limit)
SELECT id FROM rating_request
WHERE province_id = :province_id AND state = 'queued' AND not_before <= :now AND not_after >= :now
ORDER BY not_before LIMIT :limit;

-- name: claim_rating_request(province_id, request_id, now)^
UPDATE rating_request SET state = 'sending', attempts = attempts + 1
WHERE province_id = :province_id AND id = :request_id AND state = 'queued' AND not_after >= :now
RETURNING ref, phone, attempts;

-- name: requeue_rating_request(province_id, request_id, not_before, reason)!
UPDATE rating_request SET state = 'queued', not_before = :not_before, reason = :reason
WHERE province_id = :province_id AND id = :request_id AND state = 'sending';

-- name: settle_rating_request(province_id, request_id, state, reason, msg_id, at)!
UPDATE rating_request SET state = :state, reason = :reason, msg_id = :msg_id, settled_at = :at, phone = NULL
WHERE province_id = :province_id AND id = :request_id AND state = 'sending';

-- name: orphaned_rating_requests(at)!
UPDATE rating_request SET state = 'unknown', reason = 'the program stopped while sending', settled_at = :at, phone = NULL
WHERE state = 'sending';

-- name: late_invited_phones(now)!
-- Whatever is served or configured now: a number goes when its hours are over.
UPDATE invitation SET state = 'late', settled_at = :now, address = NULL
WHERE state = 'waiting' AND channel = 'phone' AND ask_until < :now;

-- name: late_rating_requests(now)
UPDATE rating_request SET state = 'failed', reason = coalesce(reason, 'its hours were over'), settled_at = :now, phone = NULL
WHERE state = 'queued' AND not_after < :now RETURNING province_id, ref;

-- name: rating_request(province_id, request_id, msg_id)^
SELECT id, ref, response_id FROM rating_request
WHERE province_id = :province_id AND (id = :request_id OR msg_id = :msg_id AND :msg_id <> '')
ORDER BY id = :request_id DESC LIMIT 1;

-- name: note_rated(province_id, request_id, response_id, forget_at)!
UPDATE rating_request SET response_id = :response_id, forget_at = :forget_at
WHERE province_id = :province_id AND id = :request_id;

-- name: spent_rating_requests(province_id, now, limit)
SELECT id, response_id FROM rating_request
WHERE province_id = :province_id AND forget_at < :now AND phone IS NULL LIMIT :limit;

-- name: drop_rating_request(province_id, request_id)!
DELETE FROM rating_request WHERE province_id = :province_id AND id = :request_id;

-- name: awaits_ratings(province_id)^
SELECT 1 FROM rating_request
WHERE province_id = :province_id AND state IN ('sent', 'unknown') AND response_id IS NULL LIMIT 1;

-- name: get_rating_pull(province_id, template_id)$
SELECT until FROM rating_pull WHERE province_id = :province_id AND template_id = :template_id;

-- name: put_rating_pull(province_id, template_id, until)!
INSERT INTO rating_pull (province_id, template_id, until) VALUES (:province_id, :template_id, :until)
ON CONFLICT (province_id, template_id) DO UPDATE SET until = excluded.until;

-- name: rating_states()
SELECT state, reason, count(*) FROM rating_request GROUP BY state, reason ORDER BY state, reason;
