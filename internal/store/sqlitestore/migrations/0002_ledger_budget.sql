-- Budgets count rows that are in them only, and what was once unknown wherever
-- it stands; rows that share a mail are found by its Message-ID.
ALTER TABLE ledger ADD COLUMN budget INTEGER NOT NULL DEFAULT 0;
DROP INDEX ledger_handed;
CREATE INDEX ledger_handed ON ledger (main_contact, id) WHERE budget = 1 AND (state IN ('sending', 'sent') OR was_unknown = 1);
CREATE INDEX ledger_message ON ledger (message_id, id) WHERE message_id <> '';
