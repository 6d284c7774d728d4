-- Channels without buttons (or with few) show them as numbers: what stood on a person's last screen, so that "2" is a press
-- on it, also after a restart. picks: which of her last events meant which button, so that a repeated one means the same.

CREATE TABLE shown (
  province_id TEXT NOT NULL REFERENCES province (id),
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  buttons TEXT NOT NULL,
  picks TEXT NOT NULL DEFAULT '[]',
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, channel, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_by_age ON shown (at);
