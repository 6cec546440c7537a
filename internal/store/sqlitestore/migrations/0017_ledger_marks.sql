-- A mark writes as little as can be. What counts for a budget is found among all
-- rows of a contact that may count: an index of what was handed over alone was
-- written by every mark, for each row on another page. And a row stands under its
-- occurrence from its planning on, where it comes beside the one before it, as
-- ids begin with the occurrence and the recipient now. Programs from before give
-- rows other ids, and are to plan none beside this one.
DROP INDEX ledger_handed;
CREATE INDEX ledger_budget ON ledger (main_contact, id) WHERE budget = 1;
DROP INDEX ledger_done;
CREATE INDEX ledger_occurrence ON ledger (occurrence, id, rule);
DROP INDEX ledger_open;
CREATE INDEX ledger_open ON ledger (occurrence, state, id, rule, reason) WHERE state NOT IN ('sending', 'sent');
