-- Zalo's rating template, sent to the telephone number that a dossier came with. `id` is the tracking id that Zalo gives back:
-- random, it names nothing. `phone` is sealed under the secret key and stays only while it is to be sent; invitation.address
-- of channel 'phone' is the same before. unknown: Zalo may or may not have sent it; never repeated.
-- response_id: what she answered; until forget_at it can be told that a second answer is about the same visit.

CREATE TABLE rating_request (
  province_id TEXT NOT NULL,
  id TEXT NOT NULL,
  ref TEXT NOT NULL,
  phone TEXT,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed')),
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  msg_id TEXT,
  response_id TEXT,
  forget_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (province_id, id),
  UNIQUE (province_id, ref),
  FOREIGN KEY (province_id, ref) REFERENCES invitation (province_id, ref),
  FOREIGN KEY (province_id, response_id) REFERENCES response (province_id, id),
  CHECK ((state IN ('queued', 'sending')) = (phone IS NOT NULL))
) STRICT;
CREATE INDEX rating_request_to_send ON rating_request (province_id, not_before) WHERE state = 'queued';
CREATE INDEX rating_request_late ON rating_request (not_after) WHERE state = 'queued';
CREATE INDEX rating_request_unanswered ON rating_request (province_id, state) WHERE response_id IS NULL;
CREATE INDEX rating_request_by_message ON rating_request (province_id, msg_id) WHERE msg_id IS NOT NULL;
CREATE INDEX rating_request_by_age ON rating_request (province_id, forget_at) WHERE phone IS NULL;
CREATE INDEX invitation_by_phone ON invitation (ask_until) WHERE state = 'waiting' AND channel = 'phone';

-- How far the answers to a template were pulled (Unix ms).
CREATE TABLE rating_pull (
  province_id TEXT NOT NULL REFERENCES province (id),
  template_id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (province_id, template_id)
) STRICT, WITHOUT ROWID;
