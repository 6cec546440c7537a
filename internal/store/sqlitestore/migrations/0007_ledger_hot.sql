-- The end of a message moves as little as can be: what counts for budgets is a
-- column of its own, which does not change from sending to sent, and a row that
-- changes its state stays on its page of the index of an occurrence.
ALTER TABLE ledger ADD COLUMN handed INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET handed = 1 WHERE state IN ('sending', 'sent') OR was_unknown = 1;
DROP INDEX ledger_handed;
CREATE INDEX ledger_handed ON ledger (main_contact, id) WHERE budget = 1 AND handed = 1;
-- State, rule and reason are there to be counted without a look at the rows.
DROP INDEX ledger_state;
CREATE INDEX ledger_state ON ledger (occurrence, id, state, rule, reason);
