-- name: queue_post(province_id, post_id, person_id, kind, message, not_before, at)!
INSERT INTO outbox (province_id, id, person_id, kind, message, not_before, created_at)
VALUES (:province_id, :post_id, :person_id, :kind, :message, :not_before, :at);

-- name: undelivered_posts(province_id, limit)
-- Summaries that ended as failed and nobody has seen to, with whose they are and what of; `f` is the post to her first account.
SELECT o.id, f.person_id, o.message, o.created_at, coalesce(f.reason, ''),
  CASE WHEN o.instead_of IS NOT NULL THEN coalesce(o.reason, '') END,
  coalesce(r.edition || ' ' || max(r.period), o.kind), coalesce(r.unit_id, ''), coalesce((
    SELECT e.id FROM official e WHERE e.province_id = f.province_id AND e.person_id = f.person_id AND e.unit_id = r.unit_id
    ORDER BY e.revoked_at IS NOT NULL, e.created_at DESC LIMIT 1), '')
FROM outbox o
JOIN outbox f ON f.province_id = o.province_id AND f.id = coalesce(o.instead_of, o.id)
LEFT JOIN report r ON r.province_id = f.province_id AND r.recipient_id = f.person_id AND r.outbox_id = f.id
WHERE o.province_id = :province_id AND o.kind = 'weekly' AND o.state = 'failed' AND o.seen_to_at IS NULL
GROUP BY o.rowid ORDER BY o.rowid LIMIT :limit;

-- name: see_to_post(province_id, post_id, at)!
UPDATE outbox SET seen_to_at = :at WHERE province_id = :province_id AND id = :post_id;

-- name: queue_instead(province_id, post_id, person_id, message, instead_of, at)!
-- The unique key of instead_of decides: each post has one in its place.
INSERT INTO outbox (province_id, id, person_id, kind, message, not_before, created_at, instead_of)
VALUES (:province_id, :post_id, :person_id, 'weekly', :message, 0, :at, :instead_of) ON CONFLICT DO NOTHING;

-- name: claim_report(province_id, edition, period, unit_id, person_id, post_id, at)^
-- The unique key decides: whoever gets no row back is late.
INSERT INTO report (province_id, edition, period, unit_id, recipient_id, outbox_id, created_at)
VALUES (:province_id, :edition, :period, :unit_id, :person_id, :post_id, :at)
ON CONFLICT DO NOTHING RETURNING period;

-- name: reported(province_id, edition, unit_id, person_id)
SELECT period FROM report
WHERE province_id = :province_id AND edition = :edition AND unit_id = :unit_id AND recipient_id = :person_id;

-- name: decide(province_id, edition, period, unit_id, person_id, decided, at)!
INSERT INTO decision (province_id, edition, period, unit_id, person_id, decided, at)
VALUES (:province_id, :edition, :period, :unit_id, :person_id, :decided, :at)
ON CONFLICT (province_id, edition, period, unit_id) DO UPDATE SET
  person_id = excluded.person_id, decided = excluded.decided, at = excluded.at;

-- name: decision_on(province_id, edition, period, unit_id)^
SELECT decided, at FROM decision
WHERE province_id = :province_id AND edition = :edition AND period = :period AND unit_id = :unit_id;

-- name: recipients(province_id, edition, period, unit_id, until)
-- Who was written a report: what became of it in the end, whether that was at her second account (`s`), and whether she asked
-- anything within a week of getting it.
SELECT r.recipient_id, coalesce(s.state, o.state), EXISTS (
    SELECT 1 FROM audit a WHERE a.province_id = r.province_id AND a.actor IN (r.recipient_id, s.person_id)
      AND a.outcome = 'read'
      AND a.at >= coalesce(s.settled_at, o.settled_at) AND a.at < coalesce(s.settled_at, o.settled_at) + :until
  ) AS looked, s.id IS NOT NULL
FROM report r LEFT JOIN outbox o ON o.province_id = r.province_id AND o.id = r.outbox_id
LEFT JOIN outbox s ON s.province_id = o.province_id AND s.instead_of = o.id
WHERE r.province_id = :province_id AND r.edition = :edition AND r.period = :period AND r.unit_id = :unit_id;

-- name: take_back_letters(province_id, now)
-- A clock that was ahead wrote summaries of weeks to come: what it has not sent is taken back, so that those weeks get
-- their own in time.
DELETE FROM outbox WHERE province_id = :province_id AND kind = 'weekly' AND state = 'queued' AND created_at > :now
  AND instead_of IS NULL RETURNING id;

-- name: take_back_reports(province_id, post_id)!
DELETE FROM report WHERE province_id = :province_id AND outbox_id = :post_id;

-- name: due_posts(now, beyond, paused, limit)
-- What may go out now, oldest first; and what a clock that was ahead has put off beyond every pause. `paused`: a JSON
-- array of channels that may not be used yet; what waits for them must not fill the limit.
SELECT o.province_id, o.id, o.message, o.attempts, o.created_at, p.id AS person_id, p.channel, p.address, o.kind
FROM outbox o
JOIN person p ON p.province_id = o.province_id AND p.id = o.person_id
WHERE o.state = 'queued' AND (o.not_before <= :now OR o.not_before > :beyond AND o.created_at <= :now)
  AND p.channel NOT IN (SELECT value FROM json_each(:paused))
ORDER BY o.not_before LIMIT :limit;

-- name: claim_post(province_id, post_id)^
UPDATE outbox SET state = 'sending', attempts = attempts + 1
WHERE province_id = :province_id AND id = :post_id AND state = 'queued' RETURNING attempts;

-- name: settle_post(province_id, post_id, state, receipt, reason, at)!
UPDATE outbox SET state = :state, receipt = :receipt, reason = :reason, settled_at = :at
WHERE province_id = :province_id AND id = :post_id;

-- name: requeue_post(province_id, post_id, not_before, reason)!
UPDATE outbox SET state = 'queued', not_before = :not_before, reason = :reason
WHERE province_id = :province_id AND id = :post_id;

-- name: orphaned_posts(at)!
-- Found at start: a send that was under way when the process died may or may not have arrived.
UPDATE outbox SET state = 'unknown', reason = 'the program stopped while sending', settled_at = :at WHERE state = 'sending';

-- name: keep_posts_from(province_id, person_id, at)!
UPDATE outbox SET state = 'failed', reason = 'the second account was unlinked', settled_at = :at
WHERE province_id = :province_id AND person_id = :person_id AND state = 'queued' AND instead_of IS NOT NULL;

-- name: drop_posts_of(province_id, person_id)!
-- Reminders and their like; an official's summaries stay, with the ledger of who was sent what. Not those that an account got
-- in another's place: once it is nobody's second account, nothing needs its address.
DELETE FROM outbox WHERE province_id = :province_id AND person_id = :person_id AND (
  kind <> 'weekly' OR instead_of IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM second_account s WHERE s.province_id = outbox.province_id AND s.second_id = outbox.person_id));

-- name: forget_posts(province_id, before, limit)!
-- Reminders that came to an end: they say who was where. Summaries stay, with the ledger of who was sent what.
DELETE FROM outbox WHERE rowid IN (
  SELECT rowid FROM outbox WHERE province_id = :province_id AND kind <> 'weekly' AND settled_at < :before LIMIT :limit);

-- name: forget_replies(before, limit)!
-- A repeat comes within a day; two days are kept.
UPDATE inbox SET reply = NULL, address = NULL
WHERE rowid IN (SELECT rowid FROM inbox WHERE at < :before AND reply IS NOT NULL LIMIT :limit);

-- name: forget_replies_to(province_id, channel, address)!
-- An erasure takes what was shown to her, too.
UPDATE inbox SET reply = NULL, address = NULL
WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: forget_web_updates(before, limit)!
-- A web page's update ids hold its address, and nobody sends them again after a day.
DELETE FROM inbox
WHERE rowid IN (SELECT rowid FROM inbox WHERE channel IN ('web', 'kiosk') AND at < :before LIMIT :limit);

-- name: forget_updates(before, limit)!
DELETE FROM inbox WHERE rowid IN (SELECT rowid FROM inbox WHERE at < :before LIMIT :limit);

-- name: doubt_posts(at)!
-- In a restored database: the machine that was lost may have sent these, or sent them on to a second account.
UPDATE outbox SET state = 'unknown', reason = 'restored from a backup; it may have been sent', settled_at = :at
WHERE state IN ('queued', 'sending')
  OR state = 'failed' AND kind = 'weekly' AND seen_to_at IS NULL AND instead_of IS NULL;
