-- name: waiting_posts()
-- What has not gone out, or is not known to have: few rows, found by their state. What was sent on to a second account counts
-- by what became of it there.
SELECT state, count(*), min(created_at) FROM outbox
WHERE state IN ('queued', 'sending', 'unknown', 'failed') AND NOT EXISTS (
    SELECT 1 FROM outbox s WHERE s.province_id = outbox.province_id AND s.instead_of = outbox.id
  ) GROUP BY state;

-- name: lost_summaries()$
-- Summaries that reached neither account of their reader.
SELECT count(*) FROM outbox WHERE state = 'failed' AND kind = 'weekly' AND NOT EXISTS (
  SELECT 1 FROM outbox s WHERE s.province_id = outbox.province_id AND s.instead_of = outbox.id);

-- name: troubled_posts(since)
-- What an operator has to look at: where it is a summary its office, newest week and official (as `sipas official list` names
-- her); else never whom it was for. `f` is the post to her first account.
SELECT o.state, o.kind, coalesce(o.reason, ''), coalesce(max(r.period), ''), coalesce(u.name, ''), coalesce((
    SELECT e.id FROM official e WHERE e.province_id = f.province_id AND e.person_id = f.person_id AND e.unit_id = r.unit_id
    ORDER BY e.revoked_at IS NOT NULL, e.created_at DESC LIMIT 1), ''),
  CASE WHEN o.instead_of IS NOT NULL THEN coalesce(f.reason, '') END
FROM outbox o
JOIN outbox f ON f.province_id = o.province_id AND f.id = coalesce(o.instead_of, o.id)
LEFT JOIN report r ON r.province_id = f.province_id AND r.recipient_id = f.person_id AND r.outbox_id = f.id
LEFT JOIN unit u ON u.province_id = r.province_id AND u.id = r.unit_id
WHERE o.state IN ('unknown', 'failed') AND o.settled_at >= :since AND NOT EXISTS (
    SELECT 1 FROM outbox s WHERE s.province_id = o.province_id AND s.instead_of = o.id)
GROUP BY o.rowid ORDER BY o.settled_at DESC;

-- name: newest_update()$
SELECT max(at) FROM inbox;

-- name: newest_audit(action)$
-- From the end backwards: the newest is near it, and the audit grows for ever.
SELECT at FROM audit WHERE action = :action ORDER BY rowid DESC LIMIT 1;

-- name: newest_summary(province_id)^
SELECT period, count(DISTINCT recipient_id), max(created_at) FROM report
WHERE province_id = :province_id AND edition = 'weekly' GROUP BY period ORDER BY period DESC LIMIT 1;

-- name: responses_before(province_id, unit_id, today, month)
-- How many of the whole province are counted for local days that are over; months that are over stand for their days.
SELECT disposition, sum(n) FROM moments
WHERE province_id = :province_id AND unit_id = :unit_id AND scope = 'all' AND factor = '*'
  AND ((length(period) = 7 AND period < :month) OR (length(period) = 10 AND period >= :month AND period < :today))
GROUP BY disposition;

-- name: released_of_others(province_id, survey_id)
-- Released figures of other questionnaires than the index one: nobody is shown them.
SELECT survey_id, count(*) FROM cell WHERE province_id = :province_id AND survey_id <> :survey_id GROUP BY survey_id;
