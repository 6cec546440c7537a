-- What is sent within one second stands together in the index of what ended, in
-- the order in which its rows were planned: by their ids, each result of a commit
-- was on a page of its own. Ties are sorted where rows are taken.
DROP INDEX ledger_ended;
CREATE INDEX ledger_ended ON ledger (ended_at)
  WHERE recipient <> '' AND state <> 'planned' AND state <> 'sending' AND state <> 'printed';
-- A contact has few rows that count for its budget: their order needs no index.
DROP INDEX ledger_handed;
CREATE INDEX ledger_handed ON ledger (main_contact) WHERE budget = 1 AND handed = 1;
