-- Results that are durable and not in their rows yet: those of many connections
-- share one entry here, and those of a mark are written into its rows together,
-- which stand side by side. Whoever reads a row writes them into the rows first,
-- so programs from before may not open the file any more.
CREATE TABLE ledger_results (
  id INTEGER PRIMARY KEY NOT NULL, ends TEXT NOT NULL
) STRICT;
