-- Sheets of the paper channel; doc is all of a sheet, the columns are copies.
CREATE TABLE sheets (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, unit TEXT NOT NULL, village TEXT NOT NULL,
  state TEXT NOT NULL, until INTEGER NOT NULL, closed_at INTEGER NOT NULL, pending INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE INDEX sheets_unit ON sheets (unit, id);
CREATE INDEX sheets_open ON sheets (unit, id) WHERE state <> 'closed';
CREATE INDEX sheets_over ON sheets (until, id) WHERE state <> 'closed';
CREATE INDEX sheets_pending ON sheets (id) WHERE pending = 1;
CREATE INDEX sheets_closed ON sheets (closed_at, id) WHERE state = 'closed';

-- What a unit has to print, and what it has printed. Rows of other channels
-- are in none of them.
CREATE INDEX ledger_waiting ON ledger (unit, class, due, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_waiting_until ON ledger (until, id) WHERE state = 'planned' AND channel = 'paper';
CREATE INDEX ledger_printed ON ledger (unit, id) WHERE state = 'printed';
CREATE INDEX ledger_printed_until ON ledger (until, id) WHERE state = 'printed';
