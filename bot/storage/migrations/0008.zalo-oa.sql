-- A Zalo Official Account. Its tokens are sealed under the secret key; the refresh token among them works once.
-- trouble: why a person must consent again, NULL while all is well.

CREATE TABLE zalo_oa_tokens (
  province_id TEXT NOT NULL REFERENCES province (id),
  app_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  refreshed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  trouble TEXT,
  PRIMARY KEY (province_id, app_id)
) STRICT, WITHOUT ROWID;

-- When a person last did something on a channel that may be written to for some days after that only. The inbox forgets
-- addresses after two days and does not know who only reads, so this is a table of its own; a row lives for eight days.

CREATE TABLE last_action (
  province_id TEXT NOT NULL REFERENCES province (id),
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, channel, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX last_action_by_age ON last_action (at);
