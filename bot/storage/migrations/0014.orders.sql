-- Orders: what a superior unit told an office to do by a day, and what became of it. Nobody's name is kept here: the
-- units are, and the audit knows who acted.

CREATE TABLE given_order (
  province_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  digest TEXT NOT NULL,
  words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 1000),
  lead_id TEXT NOT NULL,
  given_by_id TEXT NOT NULL,
  given_on TEXT NOT NULL,
  deadline TEXT,
  source TEXT NOT NULL CHECK (length(source) <= 200),
  aim TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'reported', 'done', 'withdrawn')),
  changed_on TEXT NOT NULL,
  PRIMARY KEY (province_id, number),
  FOREIGN KEY (province_id, lead_id) REFERENCES unit (province_id, id),
  FOREIGN KEY (province_id, given_by_id) REFERENCES unit (province_id, id)
) STRICT;
CREATE UNIQUE INDEX given_order_once ON given_order (province_id, digest);
CREATE INDEX given_order_by_deadline ON given_order (province_id, state, deadline);
CREATE INDEX given_order_by_change ON given_order (province_id, changed_on);
CREATE INDEX given_order_by_lead ON given_order (province_id, lead_id);
CREATE INDEX given_order_by_giver ON given_order (province_id, given_by_id);

CREATE TABLE order_support (
  province_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  unit_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (province_id, number, place),
  FOREIGN KEY (province_id, number) REFERENCES given_order (province_id, number),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_support_by_unit ON order_support (province_id, unit_id);

-- An order with its supporting units: "0 id|1 id", to be sorted by whoever reads it.
CREATE VIEW order_told AS
SELECT o.province_id, o.number, o.words, o.lead_id, o.given_by_id, o.given_on, o.deadline, o.source, o.aim, o.state,
  o.digest, o.changed_on, (
    SELECT group_concat(s.place || ' ' || s.unit_id, '|') FROM order_support s
    WHERE s.province_id = o.province_id AND s.number = o.number
  ) AS supporting
FROM given_order o;

-- unit_id: the office of whoever acted; NULL for the operator.
CREATE TABLE order_deed (
  province_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  place INTEGER NOT NULL CHECK (place > 0),
  deed TEXT NOT NULL CHECK (deed IN ('given', 'reported', 'accepted', 'returned', 'withdrawn')),
  day TEXT NOT NULL,
  unit_id TEXT,
  note TEXT NOT NULL CHECK (length(note) <= 500),
  link TEXT NOT NULL CHECK (length(link) <= 300),
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, number, place),
  FOREIGN KEY (province_id, number) REFERENCES given_order (province_id, number),
  FOREIGN KEY (province_id, unit_id) REFERENCES unit (province_id, id)
) STRICT, WITHOUT ROWID;

-- Which reminder of an order went out: each once, written with the posts it stands for.
CREATE TABLE order_notice (
  province_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  notice TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (province_id, number, notice),
  FOREIGN KEY (province_id, number) REFERENCES given_order (province_id, number)
) STRICT, WITHOUT ROWID;
