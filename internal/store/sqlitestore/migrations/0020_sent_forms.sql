-- Which forms were sent, of known people as of new ones.
CREATE TABLE forms (
  id TEXT PRIMARY KEY NOT NULL, ver INTEGER NOT NULL, op TEXT NOT NULL, outbox TEXT, doc TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX forms_event ON forms (event);
