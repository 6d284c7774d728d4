-- name: offices_of(province_id, person_id, today)
-- The offices of a person that are in force today, or of whoever's second account she is; a deputy's ends with her
-- principal's.
SELECT o.id, o.person_id, o.unit_id, o.role, o.deputy_of, o.until_day FROM official o
LEFT JOIN official p ON p.province_id = o.province_id AND p.id = o.deputy_of
WHERE o.province_id = :province_id AND o.revoked_at IS NULL AND o.person_id IN (:person_id, (
    SELECT s.first_id FROM second_account s WHERE s.province_id = :province_id AND s.second_id = :person_id))
  AND (o.until_day IS NULL OR o.until_day >= :today) AND p.revoked_at IS NULL ORDER BY o.created_at;

-- name: get_official(province_id, official_id)^
SELECT id, person_id, unit_id, role, deputy_of, until_day FROM official
WHERE province_id = :province_id AND id = :official_id AND revoked_at IS NULL;

-- name: all_officials(province_id, today)
SELECT o.id, o.person_id, o.unit_id, o.role, o.deputy_of, o.until_day FROM official o
LEFT JOIN official p ON p.province_id = o.province_id AND p.id = o.deputy_of
WHERE o.province_id = :province_id AND o.revoked_at IS NULL
  AND (o.until_day IS NULL OR o.until_day >= :today) AND p.revoked_at IS NULL ORDER BY o.created_at;

-- name: add_official(province_id, official_id, person_id, unit_id, role, deputy_of, until_day, at)!
INSERT INTO official (province_id, id, person_id, unit_id, role, deputy_of, until_day, created_at)
VALUES (:province_id, :official_id, :person_id, :unit_id, :role, :deputy_of, :until_day, :at);

-- name: revoke_official(province_id, official_id, at)^
UPDATE official SET revoked_at = :at WHERE province_id = :province_id AND id = :official_id AND revoked_at IS NULL
RETURNING id;

-- name: add_invite(province_id, digest, unit_id, role, deputy_of, until_day, created_by, at, expires_at)!
INSERT INTO invite (province_id, code_digest, unit_id, role, deputy_of, until_day, created_by, created_at, expires_at)
VALUES (:province_id, :digest, :unit_id, :role, :deputy_of, :until_day, :created_by, :at, :expires_at);

-- name: get_invite(province_id, digest)^
SELECT unit_id, role, deputy_of, until_day, expires_at, used_at FROM invite
WHERE province_id = :province_id AND code_digest = :digest;

-- name: use_invite(province_id, digest, official_id, at)!
UPDATE invite SET used_at = :at, official_id = :official_id
WHERE province_id = :province_id AND code_digest = :digest AND used_at IS NULL;

-- name: use_page_link(province_id, channel, name, at)^
-- A row where the link is used for the first time, none where it was used before.
INSERT INTO inbox (province_id, channel, update_id, state, at) VALUES (:province_id, :channel, :name, 'done', :at)
ON CONFLICT DO NOTHING RETURNING update_id;

-- name: count_misses(province_id, since)^
SELECT count(*) FROM invite_miss WHERE province_id = :province_id AND at > :since;

-- name: count_misses_of(province_id, person_id, since)^
SELECT count(*) FROM invite_miss WHERE province_id = :province_id AND person_id = :person_id AND at > :since;

-- name: add_miss(province_id, miss_id, person_id, at)!
INSERT INTO invite_miss (province_id, id, person_id, at) VALUES (:province_id, :miss_id, :person_id, :at);

-- name: drop_old_misses(before)!
DELETE FROM invite_miss WHERE at < :before;

-- name: subscribe(province_id, official_id, edition, since_day)!
INSERT INTO subscription (province_id, official_id, edition, since_day) VALUES (:province_id, :official_id, :edition, :since_day)
ON CONFLICT (province_id, official_id, edition) DO UPDATE SET
  since_day = CASE WHEN subscription.ended_at IS NULL THEN subscription.since_day ELSE excluded.since_day END,
  ended_at = NULL;

-- name: unsubscribe(province_id, official_id, at)!
UPDATE subscription SET ended_at = :at WHERE province_id = :province_id AND official_id = :official_id AND ended_at IS NULL;

-- name: subscribed(province_id, today)
SELECT o.id, o.person_id, o.unit_id, o.role, o.deputy_of, o.until_day, s.since_day, s.edition
FROM subscription s JOIN official o ON o.province_id = s.province_id AND o.id = s.official_id
LEFT JOIN official p ON p.province_id = o.province_id AND p.id = o.deputy_of
WHERE s.province_id = :province_id AND s.ended_at IS NULL AND o.revoked_at IS NULL
  AND (o.until_day IS NULL OR o.until_day >= :today) AND p.revoked_at IS NULL ORDER BY o.created_at, s.edition;
