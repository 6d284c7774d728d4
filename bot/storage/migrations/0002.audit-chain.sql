-- The audit becomes a chain: each line is numbered, bound to the one before it by its digest, and sealed with the
-- secret key (bot/storage/audit.py). Lines are never changed and never deleted; only the sample's may be wiped.
-- Lines of an older version are bound at the next start: until then they have no digest and may still be written once.

ALTER TABLE audit ADD COLUMN number INTEGER;
ALTER TABLE audit ADD COLUMN seal TEXT;
CREATE UNIQUE INDEX audit_in_order ON audit (province_id, number);
CREATE INDEX audit_of_strangers ON audit (province_id, at) WHERE outcome = 'stranger';

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit WHEN OLD.digest IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'lines of the audit are never changed');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM province WHERE id = OLD.province_id AND sample = 1)
BEGIN
  SELECT RAISE(ABORT, 'lines of the audit are never deleted');
END;
