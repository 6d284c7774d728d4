-- name: get_shown(province_id, channel, address)^
SELECT buttons, picks FROM shown WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: put_shown(province_id, channel, address, buttons, at)!
-- Only of somebody who is known: after an erasure nothing of her is kept.
INSERT INTO shown (province_id, channel, address, buttons, at)
SELECT province_id, channel, address, :buttons, :at FROM person
WHERE province_id = :province_id AND channel = :channel AND address = :address
ON CONFLICT (province_id, channel, address) DO UPDATE SET buttons = excluded.buttons, at = excluded.at;

-- name: put_picks(province_id, channel, address, picks)!
UPDATE shown SET picks = :picks WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: drop_shown(province_id, channel, address)!
DELETE FROM shown WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: forget_shown(before, limit)!
DELETE FROM shown WHERE (province_id, channel, address) IN (
  SELECT province_id, channel, address FROM shown WHERE at < :before LIMIT :limit
);
