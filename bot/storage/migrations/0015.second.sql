-- Two accounts of one official: the second gets the summaries that cannot be delivered to the first. While nobody has typed
-- the code there is no second yet, and the code is known only by its digest.
CREATE TABLE second_account (
  province_id TEXT NOT NULL,
  first_id TEXT NOT NULL,
  second_id TEXT,
  since_day TEXT,
  code_digest TEXT,
  expires_at INTEGER,
  PRIMARY KEY (province_id, first_id),
  UNIQUE (province_id, second_id),
  UNIQUE (province_id, code_digest),
  FOREIGN KEY (province_id, first_id) REFERENCES person (province_id, id),
  FOREIGN KEY (province_id, second_id) REFERENCES person (province_id, id),
  CHECK (second_id IS NULL OR second_id <> first_id),
  CHECK ((second_id IS NULL) = (code_digest IS NOT NULL))
) STRICT;

-- instead_of: the post that could not be delivered to her first account. seen_to_at: when a post that was not delivered was
-- sent on, or the operator told. What failed before there was a second account is seen to.
ALTER TABLE outbox ADD COLUMN instead_of TEXT;
ALTER TABLE outbox ADD COLUMN seen_to_at INTEGER;
UPDATE outbox SET seen_to_at = coalesce(settled_at, created_at) WHERE state = 'failed';
CREATE UNIQUE INDEX outbox_instead ON outbox (province_id, instead_of) WHERE instead_of IS NOT NULL;
CREATE INDEX outbox_undelivered ON outbox (province_id, kind) WHERE state = 'failed' AND seen_to_at IS NULL;
