-- name: get_zalo_oa_tokens(app_id)^
SELECT sealed, refreshed_at, expires_at, trouble FROM zalo_oa_tokens
WHERE app_id = :app_id ORDER BY refreshed_at DESC LIMIT 1;

-- name: drop_zalo_oa_tokens(app_id)!
DELETE FROM zalo_oa_tokens WHERE app_id = :app_id;

-- name: put_zalo_oa_tokens(province_id, app_id, sealed, refreshed_at, expires_at)!
INSERT INTO zalo_oa_tokens (province_id, app_id, sealed, refreshed_at, expires_at)
VALUES (:province_id, :app_id, :sealed, :refreshed_at, :expires_at);

-- name: note_zalo_oa_trouble(app_id, trouble)!
UPDATE zalo_oa_tokens SET trouble = :trouble WHERE app_id = :app_id;

-- name: add_zalo_oa_trouble(province_id, app_id, trouble, at)!
-- Where nothing was ever stored: a row without tokens.
INSERT INTO zalo_oa_tokens (province_id, app_id, sealed, refreshed_at, expires_at, trouble)
VALUES (:province_id, :app_id, x'', :at, :at, :trouble);

-- name: put_last_action(province_id, channel, address, at, earlier)!
-- Only of somebody who is known, and not at every tap: what is a few minutes old is near enough.
INSERT INTO last_action (province_id, channel, address, at)
SELECT province_id, channel, address, :at FROM person
WHERE province_id = :province_id AND channel = :channel AND address = :address
ON CONFLICT (province_id, channel, address) DO UPDATE SET at = excluded.at WHERE last_action.at < :earlier;

-- name: get_last_action(province_id, channel, address)$
SELECT at FROM last_action WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: drop_last_action(province_id, channel, address)!
DELETE FROM last_action WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: forget_last_actions(before, limit)!
DELETE FROM last_action WHERE (province_id, channel, address) IN (
  SELECT province_id, channel, address FROM last_action WHERE at < :before LIMIT :limit
);

-- name: set_reachable_again(province_id, channel, address)!
UPDATE person SET reachable = 1
WHERE province_id = :province_id AND channel = :channel AND address = :address AND reachable = 0;
