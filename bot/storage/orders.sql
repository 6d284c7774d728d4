-- name: last_order(province_id)^
SELECT coalesce(max(number), 0) FROM given_order WHERE province_id = :province_id;

-- name: order_of_digest(province_id, digest)^
SELECT number, words, lead_id, given_by_id, given_on, deadline, source, aim, state, supporting
FROM order_told WHERE province_id = :province_id AND digest = :digest;

-- name: add_order(province_id, number, digest, words, lead, given_by, given_on, deadline, source, aim, changed_on)!
INSERT INTO given_order
  (province_id, number, digest, words, lead_id, given_by_id, given_on, deadline, source, aim, state, changed_on)
VALUES
  (:province_id, :number, :digest, :words, :lead, :given_by, :given_on, :deadline, :source, :aim, 'open', :changed_on);

-- name: add_order_support(province_id, number, unit_id, place)!
INSERT INTO order_support (province_id, number, unit_id, place) VALUES (:province_id, :number, :unit_id, :place);

-- name: add_order_deed(province_id, number, place, deed, day, unit_id, note, link, at)!
INSERT INTO order_deed (province_id, number, place, deed, day, unit_id, note, link, at)
VALUES (:province_id, :number, :place, :deed, :day, :unit_id, :note, :link, :at);

-- name: set_order_state(province_id, number, state, changed_on)!
UPDATE given_order SET state = :state, changed_on = :changed_on WHERE province_id = :province_id AND number = :number;

-- name: get_order(province_id, number)^
SELECT number, words, lead_id, given_by_id, given_on, deadline, source, aim, state, supporting
FROM order_told WHERE province_id = :province_id AND number = :number;

-- name: orders_of_state(province_id, state, limit)
-- The soonest deadline first; those without one come last.
SELECT number, words, lead_id, given_by_id, given_on, deadline, source, aim, state, supporting
FROM order_told WHERE province_id = :province_id AND state = :state
ORDER BY deadline IS NULL, deadline, number LIMIT :limit;

-- name: orders_due(province_id, first, last, limit)
-- Open ones with a deadline in those days.
SELECT number, words, lead_id, given_by_id, given_on, deadline, source, aim, state, supporting
FROM order_told WHERE province_id = :province_id AND state = 'open' AND deadline BETWEEN :first AND :last
ORDER BY deadline, number LIMIT :limit;

-- name: orders_changed(province_id, since, limit)
SELECT number, words, lead_id, given_by_id, given_on, deadline, source, aim, state, supporting
FROM order_told WHERE province_id = :province_id AND changed_on >= :since
ORDER BY changed_on, number LIMIT :limit;

-- name: order_deeds(province_id, number)
SELECT deed, day, unit_id, note, link FROM order_deed
WHERE province_id = :province_id AND number = :number ORDER BY place;

-- name: add_order_notice(province_id, number, notice, at)!
INSERT INTO order_notice (province_id, number, notice, at) VALUES (:province_id, :number, :notice, :at);

-- name: order_notices(province_id, number)
SELECT notice FROM order_notice WHERE province_id = :province_id AND number = :number;
