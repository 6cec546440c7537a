-- A hand-over moves a row in as few indexes as can be: what lists an occurrence
-- does not change at all, what is open leaves one with the mark, and what is
-- sent enters none but that of what ended.
DROP INDEX ledger_state;
CREATE INDEX ledger_occurrence ON ledger (occurrence, id, rule);
-- Counts are those of all rows less those that are open or under way.
CREATE INDEX ledger_open ON ledger (occurrence, state, id, rule, reason) WHERE state NOT IN ('sending', 'sent');
-- What is sending is little, and found by its part; a batch needs no index.
DROP INDEX ledger_sending;
CREATE INDEX ledger_sending ON ledger (part) WHERE state = 'sending';
-- A list of more than two words is a table that SQLite makes for every row that
-- an index with it in its condition may have to hold: comparisons are not.
DROP INDEX ledger_ended;
CREATE INDEX ledger_ended ON ledger (ended_at, id)
  WHERE recipient <> '' AND state <> 'planned' AND state <> 'sending' AND state <> 'printed';
-- Rows are packed as they are planned, and grow by their batch and times with
-- the mark: without this room every page would be split then.
ALTER TABLE ledger ADD COLUMN room BLOB NOT NULL DEFAULT x'';
