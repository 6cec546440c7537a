-- The unit is there so that rows of held ones are passed over without a look
-- at them.
DROP INDEX ledger_due;
CREATE INDEX ledger_due ON ledger (part, channel, class, due, grp, id, unit) WHERE state = 'planned';
