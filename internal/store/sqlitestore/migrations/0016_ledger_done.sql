-- Every row that is planned had two entries under its occurrence, and one of them
-- was for later: what was handed over. A row comes there with its mark now, so
-- that planning writes one index less. What is counted in both is known by handed.
DROP INDEX ledger_occurrence;
CREATE INDEX ledger_done ON ledger (occurrence, id, rule) WHERE handed = 1;
DROP INDEX ledger_open;
CREATE INDEX ledger_open ON ledger (occurrence, state, id, rule, reason, handed) WHERE state NOT IN ('sending', 'sent');
