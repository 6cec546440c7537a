-- What counts for a budget is found among all rows of a contact that may count.
-- An index of what was handed over alone was written by every mark, for each row
-- on another page; planning writes it once. Programs from before give rows other
-- ids, and are to plan none beside this one.
DROP INDEX ledger_handed;
CREATE INDEX ledger_budget ON ledger (main_contact, id) WHERE budget = 1;
