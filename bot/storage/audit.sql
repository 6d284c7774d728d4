-- name: audit_head(province_id)^
SELECT number, digest FROM audit WHERE province_id = :province_id AND number IS NOT NULL ORDER BY number DESC LIMIT 1;

-- name: write_audit(province_id, audit_id, at, actor, action, subject, outcome, previous, digest, number, seal)!
INSERT INTO audit (province_id, id, at, actor, action, subject, outcome, previous, digest, number, seal)
VALUES (:province_id, :audit_id, :at, :actor, :action, :subject, :outcome, :previous, :digest, :number, :seal);

-- name: strangers_noted(province_id, since)^
SELECT count(*) FROM audit WHERE province_id = :province_id AND at > :since AND outcome = 'stranger';

-- name: audit_lines(province_id)
SELECT id, at, actor, action, subject, outcome, previous, digest, number, seal FROM audit
WHERE province_id = :province_id AND number IS NOT NULL ORDER BY number;

-- name: unbound_audit(province_id)
-- Lines of a version before the chain, in the order in which they were written.
SELECT rowid, id, at, actor, action, subject, outcome FROM audit
WHERE province_id = :province_id AND number IS NULL ORDER BY rowid;

-- name: bind_audit(rowid, previous, digest, number, seal)!
UPDATE audit SET previous = :previous, digest = :digest, number = :number, seal = :seal
WHERE rowid = :rowid AND digest IS NULL;

-- name: audited_provinces()
SELECT id FROM province p WHERE EXISTS (SELECT 1 FROM audit a WHERE a.province_id = p.id);

-- name: last_seal(province_id)^
SELECT seal FROM audit WHERE province_id = :province_id AND number IS NOT NULL ORDER BY number DESC LIMIT 1;
