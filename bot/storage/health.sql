-- name: waiting_posts()
-- What has not gone out, or is not known to have: few rows, found by their state.
SELECT state, count(*), min(created_at) FROM outbox
WHERE state IN ('queued', 'sending', 'unknown', 'failed') GROUP BY state;

-- name: troubled_posts(since)
-- What an operator has to look at: its office and week where it is a summary, never whom it was for.
SELECT o.state, o.kind, coalesce(o.reason, ''), coalesce(r.period, ''), coalesce(u.name, '') FROM outbox o
LEFT JOIN report r ON r.province_id = o.province_id AND r.recipient_id = o.person_id AND r.outbox_id = o.id
LEFT JOIN unit u ON u.province_id = r.province_id AND u.id = r.unit_id
WHERE o.state IN ('unknown', 'failed') AND o.settled_at >= :since ORDER BY o.settled_at DESC;

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
