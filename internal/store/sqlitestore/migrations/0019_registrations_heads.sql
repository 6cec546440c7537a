-- People of events without a limit are counted from the index of states alone: it
-- has slot and party of each registration now. Programs from before leave them out.
ALTER TABLE registrations ADD COLUMN slot TEXT NOT NULL DEFAULT '';
ALTER TABLE registrations ADD COLUMN party INTEGER NOT NULL DEFAULT 0;
UPDATE registrations SET slot = coalesce(json_extract(doc, '$.slot'), ''), party = coalesce(json_extract(doc, '$.party'), 0);
DROP INDEX registrations_state;
CREATE INDEX registrations_state ON registrations (event, state, id, slot, party);
