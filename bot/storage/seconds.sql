-- name: offer_second(province_id, first_id, digest, expires_at)!
INSERT INTO second_account (province_id, first_id, code_digest, expires_at)
VALUES (:province_id, :first_id, :digest, :expires_at)
ON CONFLICT (province_id, first_id) DO UPDATE SET code_digest = excluded.code_digest, expires_at = excluded.expires_at
WHERE second_account.second_id IS NULL;

-- name: offered_second(province_id, digest)^
SELECT first_id, expires_at FROM second_account WHERE province_id = :province_id AND code_digest = :digest;

-- name: link_second(province_id, first_id, second_id, since_day)!
UPDATE second_account SET second_id = :second_id, since_day = :since_day, code_digest = NULL, expires_at = NULL
WHERE province_id = :province_id AND first_id = :first_id;

-- name: second_of(province_id, person_id)^
SELECT first_id, second_id, since_day FROM second_account
WHERE province_id = :province_id AND (first_id = :person_id OR second_id = :person_id) AND second_id IS NOT NULL;

-- name: end_second(province_id, person_id)!
DELETE FROM second_account WHERE province_id = :province_id AND (first_id = :person_id OR second_id = :person_id);

-- name: drop_spent_seconds(province_id, today, now)!
-- Codes that hold no more, and pairs whose first account holds no office any more: nothing is left to read.
DELETE FROM second_account WHERE province_id = :province_id AND (
  expires_at < :now OR NOT EXISTS (
    SELECT 1 FROM official o LEFT JOIN official p ON p.province_id = o.province_id AND p.id = o.deputy_of
    WHERE o.province_id = second_account.province_id AND o.person_id = second_account.first_id AND o.revoked_at IS NULL
      AND (o.until_day IS NULL OR o.until_day >= :today) AND p.revoked_at IS NULL));
