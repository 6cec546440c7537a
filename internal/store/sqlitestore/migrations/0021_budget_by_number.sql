-- What counts for a contact's budget is found by a number that contacts have in
-- the order in which they came, and not by their ids: these are hashes, and each
-- row that was planned wrote another page of an index of them. People who signed
-- up one after another stand side by side now. Programs from before give rows no
-- such number, and may not open the file any more.
ALTER TABLE contacts RENAME TO contacts_before;
CREATE TABLE contacts (
  no INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  optout_hash TEXT NOT NULL
) STRICT;
INSERT INTO contacts (id, ver, op, outbox, doc, optout_hash)
  SELECT id, ver, op, outbox, doc, optout_hash FROM contacts_before ORDER BY rowid;
DROP TABLE contacts_before;
CREATE INDEX contacts_optout ON contacts (optout_hash) WHERE optout_hash <> '';
CREATE INDEX contacts_outbox ON contacts (id) WHERE outbox IS NOT NULL;
ALTER TABLE ledger ADD COLUMN budget_of INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET budget_of = coalesce((SELECT no FROM contacts WHERE id = main_contact), 0) WHERE budget = 1;
DROP INDEX ledger_budget;
CREATE INDEX ledger_budget ON ledger (budget_of) WHERE budget_of <> 0;
