-- What every minute's tick looks for, found without walking past what stays: a chat's rows of 35 days on the way to the few of
-- web pages (two days), people of this week on the way to those whom nothing needs any more.
CREATE INDEX inbox_of_pages ON inbox (at) WHERE channel IN ('web', 'kiosk');
CREATE INDEX person_by_age ON person (province_id, created_at);
