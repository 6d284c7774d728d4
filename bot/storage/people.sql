-- name: get_person(province_id, channel, address)^
-- The person behind an address on a channel.
SELECT id, channel, address, language, choosing FROM person
WHERE province_id = :province_id AND channel = :channel AND address = :address;

-- name: get_person_by_id(province_id, person_id)^
SELECT id, channel, address, language, choosing FROM person
WHERE province_id = :province_id AND id = :person_id;

-- name: add_person(province_id, person_id, channel, address, language, at)!
INSERT INTO person (province_id, id, channel, address, language, created_at)
VALUES (:province_id, :person_id, :channel, :address, :language, :at);

-- name: set_language(province_id, person_id, language)!
UPDATE person SET language = :language WHERE province_id = :province_id AND id = :person_id;

-- name: set_choosing(province_id, person_id, choosing)!
UPDATE person SET choosing = :choosing WHERE province_id = :province_id AND id = :person_id;

-- name: drop_person(province_id, person_id)!
-- Her address and language. An official's stay: they are her way to what she may read, and so do those of a second account.
DELETE FROM person WHERE province_id = :province_id AND id = :person_id
  AND NOT EXISTS (SELECT 1 FROM official o WHERE o.province_id = person.province_id AND o.person_id = person.id)
  AND NOT EXISTS (SELECT 1 FROM second_account s WHERE s.province_id = person.province_id AND s.second_id = person.id);

-- name: drop_idle_people(province_id, before, limit)!
-- Addresses that nothing needs any more: no survey, no answer in its seven days, no office, no message.
DELETE FROM person WHERE (province_id, id) IN (
  SELECT p.province_id, p.id FROM person p WHERE p.province_id = :province_id AND p.created_at < :before
    AND NOT EXISTS (SELECT 1 FROM session s WHERE s.province_id = p.province_id AND s.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM response_link l WHERE l.province_id = p.province_id AND l.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM official o WHERE o.province_id = p.province_id AND o.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM second_account s WHERE s.province_id = p.province_id AND s.second_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.province_id = p.province_id AND b.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM report t WHERE t.province_id = p.province_id AND t.recipient_id = p.id)
  LIMIT :limit);

-- name: set_reachable(province_id, person_id, value)!
UPDATE person SET reachable = :value WHERE province_id = :province_id AND id = :person_id;
