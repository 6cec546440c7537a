-- A row is found by its part and its id, as on a sharded cluster: ids are hashes,
-- and an index of them alone is touched on another page by every row that is
-- planned, marked or settled. What is planned or sent together is of one part.
ALTER TABLE ledger RENAME TO ledger_before;
CREATE TABLE ledger (
  id TEXT NOT NULL, part INTEGER NOT NULL,
  rule TEXT NOT NULL, occurrence TEXT NOT NULL, recipient TEXT NOT NULL, round INTEGER NOT NULL,
  unit TEXT NOT NULL, class TEXT NOT NULL, channel TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, error TEXT NOT NULL,
  due INTEGER NOT NULL, wish INTEGER NOT NULL, not_before INTEGER NOT NULL, until INTEGER NOT NULL,
  basis_occurrence INTEGER NOT NULL, basis_recipient INTEGER NOT NULL,
  told_status TEXT NOT NULL, told_seat TEXT NOT NULL, told_start INTEGER NOT NULL, told_end INTEGER NOT NULL,
  told_zone TEXT NOT NULL, told_place TEXT NOT NULL, told_ver INTEGER NOT NULL, told_seat_ver INTEGER NOT NULL,
  contact TEXT NOT NULL, main_contact TEXT NOT NULL, grp TEXT NOT NULL,
  batch TEXT NOT NULL, fence INTEGER NOT NULL, sending_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
  try INTEGER NOT NULL, resend INTEGER NOT NULL, was_unknown INTEGER NOT NULL, unknowns INTEGER NOT NULL,
  message_id TEXT NOT NULL, gen INTEGER NOT NULL,
  budget INTEGER NOT NULL DEFAULT 0, told_offer_until INTEGER NOT NULL DEFAULT 0,
  handed INTEGER NOT NULL DEFAULT 0, room BLOB NOT NULL DEFAULT x''
) STRICT;
INSERT INTO ledger SELECT * FROM ledger_before ORDER BY rowid;
DROP TABLE ledger_before;
CREATE UNIQUE INDEX ledger_id ON ledger (part, id);
CREATE INDEX ledger_no_reply ON ledger (part, id) WHERE state = 'unknown' AND reason = 'no_reply';
CREATE INDEX ledger_recipient ON ledger (recipient, occurrence);
CREATE INDEX ledger_message ON ledger (message_id, id) WHERE message_id <> '';
CREATE INDEX ledger_waiting ON ledger (unit, class, due, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_waiting_until ON ledger (until, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_printed ON ledger (unit, id) WHERE state = 'printed';
CREATE INDEX ledger_printed_until ON ledger (until, id) WHERE state = 'printed';
CREATE INDEX ledger_due ON ledger (part, channel, class, due, grp, id, unit) WHERE state = 'planned';
CREATE INDEX ledger_occurrence ON ledger (occurrence, id, rule);
CREATE INDEX ledger_open ON ledger (occurrence, state, id, rule, reason) WHERE state NOT IN ('sending', 'sent');
CREATE INDEX ledger_sending ON ledger (part) WHERE state = 'sending';
CREATE INDEX ledger_handed ON ledger (main_contact, id) WHERE budget = 1 AND handed = 1;
-- What ends within one second stands together in the order in which it was
-- planned: by ids, each result of a commit was on a page of its own. Ties are
-- sorted where rows are taken.
CREATE INDEX ledger_ended ON ledger (ended_at)
  WHERE recipient <> '' AND state <> 'planned' AND state <> 'sending' AND state <> 'printed';
